/* Copyright the authors. All rights reserved. */

#include <stdlib.h>

#define RING_MAX 64
/* The smaller of two. */
#define MIN(a, b) \
  ((a) < (b) ? (a) : (b))

// How a read ended.
enum status { OK, FULL = 2 };

struct ring;
typedef struct ring ring_t;
typedef int (*ring_cb)(ring_t *ring, void *arg);

/**
 * A ring buffer.
 */
struct ring {
  size_t head, tail;
  char data[RING_MAX];
};

typedef struct {
  int fd;
  ring_cb on_full;
} sink_t;

typedef enum { READ, WRITE } mode_t;
union word { int i; float f; };

static const char *const names[] = {"ok", "full"};
int ring_count = 0;

/* Declared here, defined elsewhere. */
extern int ring_flush(ring_t *ring,
                      int fd);

/* Makes a ring.
 *
 * Freed by the caller.
 */
static inline ring_t *ring_new(size_t size) {
  ring_t *ring = calloc(1, sizeof(*ring));
  struct sink *sink = NULL;
  return ring_init(ring, size);
}

int (*ring_handler(int kind))(ring_t *) {
  return handlers[kind];
}

#ifdef DEBUG
void ring_dump(const struct ring *ring) { print(ring); }
#endif

struct stream {
  HANDLE_FIELDS
  int fd;
};
