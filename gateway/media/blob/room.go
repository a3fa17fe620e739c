package blob

import (
	"errors"
	"io"
)

// ErrFull is a disk that has no room for more files.
var ErrFull = errors.New("the disk for files is nearly full")

// Room is ErrFull when the disk has none for more files.
func (d *Disk) Room() error {
	// A disk that does not say how much is free is no reason to take nothing.
	if free, err := freeBytes(d.folder); err == nil && free < d.Reserve {
		return ErrFull
	}
	return nil
}

// roomy reads as long as the disk has room for what is read.
type roomy struct {
	disk    *Disk
	from    io.Reader
	left    int // bytes until it is looked again
	checked bool
}

func (r *roomy) Read(b []byte) (int, error) {
	if r.left <= 0 || !r.checked {
		if err := r.disk.Room(); err != nil {
			return 0, err
		}
		r.left, r.checked = inWrite, true
	}
	n, err := r.from.Read(b)
	r.left -= n
	return n, err
}
