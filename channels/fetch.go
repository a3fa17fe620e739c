package channels

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Fetcher is a provider at which the files of messages and calls still lie.
type Fetcher interface {
	// Fetch opens a file that the provider told us of. The error is a
	// *FetchError. Where the file lies is the provider's word and may be
	// anything: it is fetched from the provider's own hosts alone, and the
	// account's secrets are shown to its API alone.
	Fetch(ctx context.Context, account Account, media Media) (*File, error)
}

// File is a file on its way from a provider. Whoever gets it closes it.
type File struct {
	io.ReadCloser
	Size        int64  // bytes as announced; -1: not announced
	ContentType string // as claimed
	Name        string // empty: it has none
}

// FetchReason is why a file could not be fetched, in one stable word.
type FetchReason string

// What keeps a file from being fetched.
const (
	FetchForeign     FetchReason = "foreign_host" // it does not lie at the provider
	FetchAddress     FetchReason = "bad_address"  // it lies nowhere
	FetchCredentials FetchReason = "credentials"  // the provider refused the account
	FetchMissing     FetchReason = "not_found"    // not there, or not yet
	FetchUnavailable FetchReason = "provider_unavailable"
)

// Final reports whether asking again would be answered the same.
func (r FetchReason) Final() bool { return r == FetchForeign || r == FetchAddress }

// FetchError is a file that was not fetched.
type FetchError struct {
	Reason FetchReason
	After  time.Duration // not before this has passed; 0: our own backoff
	Err    error         // what happened, in words; holds no secret
}

func (e *FetchError) Error() string { return fmt.Sprintf("%s: %v", e.Reason, e.Err) }

func (e *FetchError) Unwrap() error { return e.Err }

// Eraser is a provider that deletes a file when it is asked to.
type Eraser interface {
	// Erase deletes a file that the provider told us of; one that is not there
	// any more is no error. The error is a *FetchError.
	Erase(ctx context.Context, account Account, media Media) error
}

// ByKind are the providers among these that can do what T asks for, by the
// kinds of senders that they carry. Who is called at a number carries calls.
func ByKind[T any](all []Channel) map[Kind]T {
	able := map[Kind]T{}
	for _, channel := range all {
		can, ok := channel.(T)
		if !ok {
			continue
		}
		for _, kind := range channel.Kinds() {
			able[kind] = can
		}
		if _, calls := channel.(Caller); calls {
			able[Voice] = can
		}
	}
	return able
}
