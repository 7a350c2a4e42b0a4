module example.com/shop/orders

go 1.22

require (
	github.com/spf13/cobra v1.8.0
	golang.org/x/sync v0.7.0 // indirect
)

replace example.com/shop/money => ../money

exclude golang.org/x/net v1.2.3
