# Builds the site.
PYTHON ?= python3
SOURCES := $(wildcard src/*.md)
PAGES = $(patsubst src/%.md,build/%.html,$(SOURCES))

.PHONY: all clean

all: $(PAGES)

# One page.
build/%.html: src/%.md | build
	@echo "building $@"
	$(PYTHON) render.py $< > $@

build:
	mkdir -p $@

define announce
echo "done: $(1)"
endef

ifeq ($(DEBUG),1)
CFLAGS += -g
endif

clean:
	rm -rf build
