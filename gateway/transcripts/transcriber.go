// Package transcripts has what callers leave on the voicemail put down in writing, by
// a server that the operator runs or pays.
//
// The hard decision: a transcript is a comfort. Nothing waits for one, and that there is
// none is nobody's to see to: the recording plays as ever, the page says nothing, and the
// log says once why. What is asked for is what is recorded while a server is set; nobody
// is surprised by a year of voicemails that leave the house at once.
package transcripts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/model"
	"ringback/gateway/media"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
)

// Config is what a transcriber stands on.
type Config struct {
	DB     *sqlx.DB
	Clock  *clock.Clock
	Media  *media.Archive
	Server *model.Server // nil: there is none, and nothing is asked
	Log    *slog.Logger
	Rounds *rounds.Rounds // hears when its work comes round; may be nil

	Patience time.Duration // for one recording; 0: two minutes
}

// Transcriber asks for what is due.
type Transcriber struct {
	Config
	due *queue.Queue[recording]
}

// Recordings that are heard at once, of them of one company, how often to look for new
// ones, and how often each is tried.
const (
	slots = 4
	each  = 2
	poll  = 2 * time.Second
	tries = 6
)

// waits are for a server that is away an hour, or a night.
var waits = queue.Waits{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 8 * time.Hour}

// New returns a transcriber that stands still until Start.
func New(c Config) *Transcriber {
	if c.Patience == 0 {
		c.Patience = 2 * time.Minute
	}
	t := &Transcriber{Config: c}
	t.due = queue.New(queue.Config[recording]{
		Name: "writing down voicemails", Log: c.Log, Rounds: c.Rounds, Slots: slots, Each: each, Poll: poll, Lease: lease,
		Claim: t.claim, Renew: t.renew, Panicked: t.failed,
		Key:  func(r recording) string { return r.CompanyID },
		Work: func(ctx context.Context, r recording, _ *queue.Lease) error { return t.write(ctx, r) },
	})
	return t
}

// Start sets the transcriber to work until Stop, if there is a server to ask.
func (t *Transcriber) Start() {
	if t.Server != nil {
		t.due.Start()
	}
}

// Stop ends the work. What it cuts off is asked again, here or elsewhere.
func (t *Transcriber) Stop() { t.due.Stop() }

// Work asks for what is due, one after the other.
func (t *Transcriber) Work(ctx context.Context) error { return t.due.Drain(ctx) }

// write has one recording heard, and stores what it says.
func (t *Transcriber) write(ctx context.Context, r recording) error {
	if r.Attempts > tries { // it never came so far as to say why
		return t.settle(ctx, r, giveUp)
	}
	limited, cancel := context.WithTimeout(ctx, t.Patience)
	defer cancel()
	text, err := t.hear(limited, r)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err() // the lease runs out, and it is asked again
	case err != nil:
		return t.failed(ctx, r, err)
	}
	if err := t.settle(ctx, r, keep, text); err != nil {
		return err
	}
	t.Media.Changed(r.CompanyID, r.TeamID, r.ID)
	return nil
}

func (t *Transcriber) hear(ctx context.Context, r recording) (string, error) {
	file, err := t.Media.Open(ctx, r.CompanyID, media.Media{ID: r.ID, State: media.Stored}, false)
	if err != nil {
		return "", fmt.Errorf("the recording: %w", err)
	}
	defer file.Close()
	return t.Server.Transcribe(ctx, model.Recording{
		Reader: file, Size: r.Size, ContentType: r.ContentType, Name: media.SavedAs("recording", r.ContentType),
	})
}

// failed plans the next try, or lets the matter rest. The log says why, once a recording.
func (t *Transcriber) failed(ctx context.Context, r recording, fault error) error {
	last := errors.Is(fault, model.ErrRefused) || r.Attempts >= tries
	if r.Attempts == 1 {
		t.Log.Warn("a voicemail is not put down in writing", "media", r.ID, "tried again", !last, "error", fault)
	}
	if last {
		return t.settle(ctx, r, giveUp)
	}
	return t.settle(ctx, r, again, t.Clock.Queue(), waits.After(r.Attempts).Milliseconds())
}
