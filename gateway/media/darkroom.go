package media

import (
	"context"
	"errors"
	"io"
	"time"
)

// ErrBusy is a picture that found no room: too many are being read, or it took
// too long. Whoever sent it may try again in a moment.
var ErrBusy = errors.New("too many pictures are read at once")

// A darkroom is where pictures are read: one at a time, a few in front of the
// door, and none that is heavier than the room bears. Strangers have one of
// their own, so that whatever they bring keeps nobody of the staff waiting.
type darkroom struct {
	bears  int64 // bytes of memory for a picture
	inside chan struct{}
	queue  chan struct{}
}

const (
	strangersBear = 128 << 20 // a photo of 48 megapixels from a phone takes 72
	staffBear     = 320 << 20
	inFront       = 16               // pictures that wait
	developing    = 20 * time.Second // for one, waiting included
)

func newDarkroom(bears int64) darkroom {
	return darkroom{bears: bears, inside: make(chan struct{}, 1), queue: make(chan struct{}, inFront+1)}
}

// enter waits until there is room in memory for a picture. The context that it
// returns ends when the picture's time is over.
func (d darkroom) enter(ctx context.Context) (limited context.Context, leave func(), err error) {
	select {
	case d.queue <- struct{}{}:
	default:
		return nil, nil, ErrBusy
	}
	limited, cancel := context.WithTimeoutCause(ctx, developing, ErrBusy)
	select {
	case d.inside <- struct{}{}:
		return limited, func() { <-d.inside; <-d.queue; cancel() }, nil
	case <-limited.Done():
		err := context.Cause(limited)
		<-d.queue
		cancel()
		return nil, nil, err
	}
}

// timed is a reader, and a writer, until its context ends: a decoder that takes
// too long hears it at the next bytes that it asks for.
type timed struct {
	ctx context.Context
	r   io.Reader
	w   io.Writer
}

func (t timed) Read(b []byte) (int, error) {
	if t.ctx.Err() != nil {
		return 0, context.Cause(t.ctx)
	}
	return t.r.Read(b)
}

func (t timed) Write(b []byte) (int, error) {
	if t.ctx.Err() != nil {
		return 0, context.Cause(t.ctx)
	}
	return t.w.Write(b)
}
