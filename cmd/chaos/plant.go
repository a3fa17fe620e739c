package main

import (
	"context"
	"errors"
	"io"
)

func plant(context.Context, options, io.Writer) (bool, error) {
	return false, errors.New("not yet")
}
