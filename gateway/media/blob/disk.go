package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Disk is a folder.
type Disk struct {
	// Reserve is how many bytes of its disk stay free: the database may lie on
	// the same one, and stops where there is no room.
	Reserve uint64
	root    *os.Root
	folder  string
}

const (
	reserve = 1 << 30
	inWrite = 16 << 20 // bytes that are written before it is looked again how many are free
)

// NewDisk opens a folder, made if it is not there. Nothing outside it is ever
// read or written, whatever links lie in it.
func NewDisk(folder string) (*Disk, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for media: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("the folder for media: %w", err)
	}
	d, ctx, trial := &Disk{Reserve: reserve, root: root, folder: folder}, context.Background(), "trial."+strings.ToLower(rand.Text())
	if err := errors.Join(d.Put(ctx, trial, strings.NewReader("")), d.Delete(ctx, trial)); err != nil && !errors.Is(err, ErrFull) {
		return nil, fmt.Errorf("the folder for media cannot be written to: %w", errors.Join(err, root.Close()))
	}
	return d, nil
}

// Put writes under another name first and renames: a crash leaves a file that
// nobody asks for.
func (d *Disk) Put(_ context.Context, name string, content io.Reader) error {
	if err := check(name); err != nil {
		return err
	}
	if err := d.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return fmt.Errorf("file %s: %w", name, err)
	}
	half := name + "." + rand.Text() + ".half"
	if err := d.write(half, &roomy{disk: d, from: content}); err != nil {
		return errors.Join(err, d.root.Remove(half))
	}
	if err := d.root.Rename(half, name); err != nil {
		return fmt.Errorf("file %s: %w", name, errors.Join(err, d.root.Remove(half)))
	}
	return d.sync(path.Dir(name))
}

func (d *Disk) write(name string, content io.Reader) error {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("file %s: %w", name, err)
	}
	_, err = io.Copy(f, content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// sync makes a new name in the folder outlive a loss of power.
func (d *Disk) sync(folder string) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return fmt.Errorf("folder %s: %w", folder, err)
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open opens the file.
func (d *Disk) Open(_ context.Context, name string) (io.ReadSeekCloser, error) {
	if err := check(name); err != nil {
		return nil, err
	}
	f, err := d.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("file %s: %w", name, ErrNone)
	}
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", name, err)
	}
	return f, nil
}

// Delete removes the file.
func (d *Disk) Delete(_ context.Context, name string) error {
	if err := check(name); err != nil {
		return err
	}
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("file %s: %w", name, err)
	}
	return nil
}
