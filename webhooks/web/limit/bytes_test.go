package limit

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// TestBytesAreCountedAsTheyCome: whatever a body says of its length, and each
// name for itself.
func TestBytesAreCountedAsTheyCome(t *testing.T) {
	t.Parallel()
	b := New()
	pace := Pace{Burst: 10, Each: time.Hour}
	read := func(name string, n int) error {
		m := b.Meter(strings.NewReader(strings.Repeat("x", n)), Share{name, pace}, Share{"all", Pace{Burst: 25, Each: time.Hour}})
		_, err := io.Copy(io.Discard, struct{ io.Reader }{m})
		if (m.Spent() > 0) != errors.Is(err, ErrSpent) {
			t.Errorf("%s: %v, and %v is left to wait", name, err, m.Spent())
		}
		return err
	}
	for _, c := range []struct {
		name string
		n    int
		want error
	}{{"a", 6, nil}, {"a", 4, nil}, {"a", 1, ErrSpent}, {"b", 11, ErrSpent}, {"b", 10, nil}, {"c", 6, ErrSpent}, {"c", 0, nil}} {
		if got := read(c.name, c.n); !errors.Is(got, c.want) {
			t.Errorf("%s, %d bytes: %v, want %v", c.name, c.n, got, c.want)
		}
	}
}
