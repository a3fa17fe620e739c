package i18n

import "sync"

// Each is a thing that there is one of in each language, such as the templates of a set
// of pages. It is made when somebody first reads that language, since of seven a server
// rarely speaks more than two, and each takes memory and time.
type Each[T any] struct{ in map[string]func() (T, error) }

// MakeEach prepares one. The first language's is made at once: what is wrong with all of
// them is known from the start.
func MakeEach[T any](c *Catalog, one func(*Language) (T, error)) (Each[T], error) {
	e := Each[T]{in: map[string]func() (T, error){}}
	for tag, l := range c.languages {
		e.in[tag] = sync.OnceValues(func() (T, error) { return one(l) })
	}
	_, err := e.in[Tags[0]]()
	return e, err
}

// In is the language's.
func (e Each[T]) In(l *Language) (T, error) { return e.in[l.Tag]() }
