// Package blob keeps files: in a folder, or in a bucket of an S3 service.
//
// The hard decision: a file is seen whole or not at all, and its name never
// says what it is. A name is made of ids alone, so that no customer's word can
// lead out of the folder, and writing the same name twice is harmless.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
)

// ErrNone is a name under which there is no file.
var ErrNone = errors.New("there is no such file")

// Store keeps files by name. A name is one to four parts of lower-case letters,
// digits, dots and dashes with a slash between them, like "company/id.thumb".
type Store interface {
	// Put writes a file, or replaces it. When reading fails nothing is written,
	// and the error is the reader's.
	Put(ctx context.Context, name string, content io.Reader) error
	// Open returns the file for reading, or ErrNone.
	Open(ctx context.Context, name string) (io.ReadSeekCloser, error)
	// Delete removes the file; one that is not there is no error.
	Delete(ctx context.Context, name string) error
}

// Open opens the store of an address: file:///folder, or
// s3://bucket/prefix?endpoint=https://host&region=name. An error says what to
// write instead.
func Open(address string) (Store, error) {
	u, err := parse(address)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "file" {
		return NewDisk(u.Path)
	}
	return newS3(u)
}

// Check reports what is wrong with an address by itself. Nothing is opened.
func Check(address string) error {
	u, err := parse(address)
	if err == nil && u.Scheme == "s3" {
		_, err = newS3(u)
	}
	return err
}

func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("is not an address like file:///var/lib/ringback/media or s3://bucket/prefix")
	}
	if u.Scheme != "file" && u.Scheme != "s3" {
		return nil, fmt.Errorf("%q begins with neither file:// nor s3://", address)
	}
	if u.Scheme == "file" && (u.Host != "" || u.Path == "" || u.RawQuery != "") {
		return nil, fmt.Errorf("%q: a folder is written with three slashes, like file:///var/lib/ringback/media", address)
	}
	return u, nil
}

var part = regexp.MustCompile(`^[0-9a-z][0-9a-z.-]{0,99}$`)

func check(name string) error {
	parts := strings.Split(name, "/")
	for _, p := range parts {
		if len(parts) > 4 || !part.MatchString(p) {
			return fmt.Errorf("file %q: not a name made of ids", name)
		}
	}
	return nil
}
