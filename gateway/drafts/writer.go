// Package drafts has an answer to a customer suggested by a server that the operator
// runs or pays: one of the staff reads it, changes it, and sends it or does not.
//
// The hard decision: the customer writes most of what the server reads, and may write
// for the server instead of for us. So nothing comes of an answer by itself, nothing of
// it is stored, what was said goes there as data and not within our own words, and a
// link is left standing only where we had sent it before.
package drafts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"ringback/channels/fit"
	"ringback/channels/model"
)

// ErrNone is that there is no suggestion this time.
var ErrNone = errors.New("no answer is suggested")

// patience is for somebody who waits before a page.
const patience = 20 * time.Second

// Writer asks for suggestions.
type Writer struct {
	Server   *model.Server // nil: there is none, and nothing is suggested
	Patience time.Duration // for one suggestion; 0: twenty seconds
}

// Off reports whether there is nobody to ask.
func (w *Writer) Off() bool { return w == nil || w.Server == nil }

// Suggest returns an answer to what was said last, of at most so many characters, or
// an error that is ErrNone.
func (w *Writer) Suggest(ctx context.Context, t Thread, room int) (string, error) {
	if w.Off() || !t.Heard() || room <= 0 {
		return "", ErrNone
	}
	limited, cancel := context.WithTimeout(ctx, cmp.Or(w.Patience, patience))
	defer cancel()
	text, err := w.Server.Complete(limited, t.messages(room), room)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	text = fit.Text(t.withoutLinks(text), room)
	if text == "" {
		return "", fmt.Errorf("%w: the server answered nothing", ErrNone)
	}
	return text, nil
}
