package progress

import "io"

// reader tells a line how much of it was read.
type reader struct {
	io.Reader
	line *Line
	read int64
}

// Reading reads from there, and tells the line of each byte.
func (l *Line) Reading(from io.Reader) io.Reader {
	if l == nil {
		return from
	}
	return &reader{Reader: from, line: l}
}

// Read reads on.
func (r *reader) Read(into []byte) (int, error) {
	n, err := r.Reader.Read(into)
	r.read += int64(n)
	r.line.At(r.read)
	return n, err
}
