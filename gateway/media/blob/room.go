package blob

import (
	"errors"
	"io"
)

// ErrFull is a disk that has no room for more files.
var ErrFull = errors.New("the disk for files is nearly full")

// roomy reads as long as the disk has room for what is read.
type roomy struct {
	disk    *Disk
	from    io.Reader
	left    int // bytes until it is looked again
	checked bool
}

func (r *roomy) Read(b []byte) (int, error) {
	if r.left <= 0 || !r.checked {
		// A disk that does not say how much is free is no reason to take nothing.
		if free, err := freeBytes(r.disk.folder); err == nil && free < r.disk.Reserve {
			return 0, ErrFull
		}
		r.left, r.checked = inWrite, true
	}
	n, err := r.from.Read(b)
	r.left -= n
	return n, err
}
