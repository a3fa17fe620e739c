package media

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"ringback/channels"
	"ringback/gateway/queue"
)

// Why a file is refused or was given up, beside channels.FetchReason.
const (
	tooLarge    = "too_large"
	notAllowed  = "type_not_allowed"
	empty       = "empty"
	interrupted = "interrupted"   // its content broke off, or came too slowly
	nowhere     = "not_fetchable" // no provider here gives such files
	noRoom      = "not_stored"    // our own store did not take it
)

// tries is how often a file is asked for before it is given up.
const tries = 8

// waits are 5 seconds, then three times as long each time, up to an hour.
var waits = queue.Waits{
	5 * time.Second, 15 * time.Second, 45 * time.Second, 135 * time.Second, 405 * time.Second, 1215 * time.Second, time.Hour,
}

// refusal is a file that will not be taken.
type refusal string

func (r refusal) Error() string { return "refused: " + string(r) }

// fetchOne fetches a file, and notes what came of it. When Stop ends it
// meanwhile the file is left for the next who looks.
func (a *Archive) fetchOne(ctx context.Context, c claimed, _ *queue.Lease) error {
	defer a.Changed(c.CompanyID, c.TeamID, c.ID)
	if c.Attempts > tries { // it never came so far as to say why
		return a.settle(ctx, c, giveUp, Failed, interrupted)
	}
	limited, cancel := context.WithTimeout(ctx, a.Patience)
	defer cancel()
	kept, err := a.fetch(limited, c)
	switch {
	case ctx.Err() != nil && err != nil:
		return err
	case err != nil:
		return a.failed(ctx, c, err)
	}
	return a.settle(context.WithoutCancel(ctx), c, keep, kept.kind, kept.size, clip(kept.name), kept.thumbnail, a.Transcribed, a.Clock.Queue())
}

// failed plans the next try, or ends the matter with a word.
func (a *Archive) failed(ctx context.Context, c claimed, err error) error {
	var refused refusal
	var told *channels.FetchError
	var after time.Duration
	reason := interrupted
	switch {
	case errors.As(err, &refused):
		a.Log.Warn("a file was refused", "media", c.ID, "reason", string(refused))
		return a.settle(ctx, c, giveUp, Refused, string(refused))
	case errors.As(err, &told) && told.Reason.Final():
		a.Log.Warn("a file was refused", "media", c.ID, "reason", told.Reason, "error", told.Err)
		return a.settle(ctx, c, giveUp, Refused, string(told.Reason))
	case errors.As(err, &told):
		reason, after = string(told.Reason), told.After
	case errors.Is(err, errStore):
		reason = noRoom
	}
	a.Log.Warn("a file could not be fetched", "media", c.ID, "attempt", c.Attempts, "error", err)
	if c.Attempts >= tries {
		return a.settle(ctx, c, giveUp, Failed, reason)
	}
	return a.settle(ctx, c, again, reason, a.Clock.Queue(), max(after, waits.After(c.Attempts)).Milliseconds())
}

// fetch brings one file from its provider into the store.
func (a *Archive) fetch(ctx context.Context, c claimed) (content, error) {
	fetcher, ok := a.fetchers[c.Kind]
	if !ok {
		return content{}, refusal(nowhere)
	}
	var lies channels.Media
	if err := json.Unmarshal(c.Source, &lies); err != nil {
		return content{}, fmt.Errorf("media %s: %w", c.ID, err)
	}
	account, err := a.Accounts.Find(ctx, c.Kind, c.Account)
	if err != nil {
		return content{}, &channels.FetchError{Reason: channels.FetchCredentials, Err: err}
	}
	from, err := fetcher.Fetch(ctx, account, lies)
	if err != nil {
		return content{}, err
	}
	defer from.Close()
	if from.Size > a.Limit {
		return content{}, refusal(tooLarge)
	}
	stored := file(c.CompanyID, c.ID)
	kept, err := a.write(ctx, stored, from, cmp.Or(lies.Name, from.Name), func(kind string) (int64, error) {
		if !slices.Contains(fetched, kind) {
			return 0, refusal(notAllowed)
		}
		return a.Limit, nil
	})
	if err != nil {
		return kept, err
	}
	return a.look(ctx, a.others, stored, kept, false)
}

// content is what is known of a file once it is in the store.
type content struct {
	kind      string
	size      int64
	name      string
	thumbnail bool
}

// errStore is our own store that failed, not what was read.
var errStore = errors.New("the store did not take the file")

// write puts what is read into the store, as the file of that name. allowed
// says how many bytes a file of a type may have, or refuses.
func (a *Archive) write(ctx context.Context, file string, from io.Reader, name string, allowed func(kind string) (int64, error)) (content, error) {
	head := make([]byte, headSize)
	n, err := io.ReadFull(from, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return content{}, fmt.Errorf("read: %w", err)
	}
	if n == 0 {
		return content{}, refusal(empty)
	}
	c := content{kind: sniff(head[:n], name), name: name}
	limit, err := allowed(c.kind)
	if err != nil {
		return c, err
	}
	counted := &counting{from: io.MultiReader(bytes.NewReader(head[:n]), from), left: limit}
	if err := a.Blobs.Put(ctx, file, counted); err != nil {
		if counted.err == nil {
			err = errors.Join(errStore, err)
		}
		return c, err
	}
	c.size = counted.read
	return c, nil
}

// counting reads no more than it may, and remembers why it ended.
type counting struct {
	from       io.Reader
	left, read int64
	err        error
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.left, c.read = c.left-int64(n), c.read+int64(n)
	if c.left < 0 {
		n, err = 0, refusal(tooLarge)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}
