// Package shelf keeps books in order.
package shelf

import (
	"errors"
	"fmt"
	"sort"
	"sync"
)

// ErrMissing is returned for a book that is not on the shelf.
var ErrMissing = errors.New("shelf: no such book")

const maxBooks = 512

// Book is one volume.
type Book struct {
	Title  string
	Author string
	Year   int
}

// Order says which of two books stands further left.
type Order interface {
	Before(a, b Book) bool
}

type byAuthor struct{}

func (byAuthor) Before(a, b Book) bool {
	if a.Author != b.Author {
		return a.Author < b.Author
	}
	return a.Year < b.Year
}

// Shelf holds books in an order. It is safe for use by several goroutines.
type Shelf struct {
	mu    sync.RWMutex
	order Order
	books []Book
}

// New makes an empty shelf, ordered by author unless another order is given.
func New(order Order) *Shelf {
	if order == nil {
		order = byAuthor{}
	}
	return &Shelf{order: order}
}

// Add puts a book where it belongs.
func (s *Shelf) Add(book Book) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.books) >= maxBooks {
		return fmt.Errorf("shelf: more than %d books", maxBooks)
	}
	at := sort.Search(len(s.books), func(i int) bool { return s.order.Before(book, s.books[i]) })
	s.books = append(s.books, Book{})
	copy(s.books[at+1:], s.books[at:])
	s.books[at] = book
	return nil
}

// Find returns the first book of this title.
func (s *Shelf) Find(title string) (Book, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, book := range s.books {
		if book.Title == title {
			return book, nil
		}
	}
	return Book{}, ErrMissing
}

// Remove takes a book away and closes the gap.
func (s *Shelf) Remove(title string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for at, book := range s.books {
		if book.Title == title {
			s.books = append(s.books[:at], s.books[at+1:]...)
			return nil
		}
	}
	return ErrMissing
}
