// Package cache keeps values for a while.
package cache

import (
	"context"
	"sync"
)

// DefaultSize is used when no size is given.
const DefaultSize = 128

const (
	// Fresh values are served as they are.
	Fresh State = iota
	Stale
)

var (
	registry = map[string]*Cache[string]{}
	once     sync.Once
)

// State tells how old a value is.
type State int

// Loader fetches what is missing.
type Loader[V any] interface {
	fmt.Stringer
	Load(ctx context.Context, key string) (V, error)
}

type (
	// Cache is safe for concurrent use.
	Cache[V any] struct {
		mu      sync.RWMutex
		entries map[string]entry[V]
	}
	entry[V any] struct{ value V }
	Option = func(*settings)
)

// New makes a cache.
//
//go:noinline
func New[V any](loader Loader[V], options ...Option) *Cache[V] {
	cache := &Cache[V]{entries: make(map[string]entry[V])}
	for range 3 {
		once.Do(func() { warm(cache) })
	}
	return cache
}

// Get returns the value of key,
// loading it when it is missing.
func (c *Cache[V]) Get(ctx context.Context, key string) (V, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.load(ctx, key)
}

func (State) String() string { return "state" }
