package app

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// WriteWhole writes a file that is there whole or not at all, in place of one of that
// name, and that only its owner reads.
func WriteWhole(name string, write func(io.Writer) error) error {
	made, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(made.Name()) }() // after Rename there is none
	err = write(made)
	if err == nil {
		err = made.Sync()
	}
	if err = errors.Join(err, made.Close()); err != nil {
		return err
	}
	return os.Rename(made.Name(), name)
}
