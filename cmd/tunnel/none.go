//go:build !ngrok

package tunnel

import (
	"context"
	"errors"
)

// Open says that this build has no tunnel, and what to do about it.
func Open(context.Context, Config) (*Tunnel, error) {
	return nil, errors.New("this build has no tunnel: build one that has with `make tunnel` (go build -tags ngrok ./cmd/ringback), or run ngrok's own program beside it and set PUBLIC_URL; see docs/ngrok.md")
}
