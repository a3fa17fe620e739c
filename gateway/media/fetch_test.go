package media_test

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/settings"
)

func TestAFileIsFetchedOnce(t *testing.T) {
	w := newWorld(t)
	photo := jpegOf(picture(900, 600))
	w.gives(photo)
	m := w.expect(w.url + lies)
	require.Equal(t, media.Waiting, m.State)
	_, err := w.Open(t.Context(), w.origin.CompanyID, m, false)
	require.ErrorIs(t, err, settings.ErrNotFound)

	m = w.work()
	require.Equal(t, media.Stored, m.State)
	require.Equal(t, "image/jpeg", m.ContentType)
	require.EqualValues(t, len(photo), m.Size)
	require.Equal(t, photo, w.content(m, false), "what a customer sent is kept as it came")
	small, err := jpeg.Decode(bytes.NewReader(w.content(m, true)))
	require.NoError(t, err)
	require.Equal(t, 400, small.Bounds().Dx())
	require.Equal(t, 266, small.Bounds().Dy())

	w.expect(w.url + lies) // a callback that comes again
	w.later(24 * time.Hour)
	require.EqualValues(t, 1, w.asked.Load())
	_, err = media.Find(t.Context(), w.db, w.origin.CompanyID, w.origin.MessageID, m.ID)
	require.ErrorIs(t, err, settings.ErrNotFound, "another team's")
	_, err = media.Find(t.Context(), w.db, w.origin.TeamID, w.origin.TeamID, m.ID)
	require.ErrorIs(t, err, settings.ErrNotFound, "another company's")
}

// TestAForeignAddressIsNotAsked: refused for good, and seen.
func TestAForeignAddressIsNotAsked(t *testing.T) {
	for address, reason := range map[string]string{
		"http://169.254.169.254/latest/meta-data/": "foreign_host",
		"https://example.com/x.jpg":                "foreign_host",
		"file:///etc/passwd":                       "bad_address",
		"":                                         "bad_address",
	} {
		t.Run(address, func(t *testing.T) {
			w := newWorld(t)
			w.expect(address)
			m := w.work()
			require.Equal(t, media.Refused, m.State)
			require.Equal(t, reason, m.Reason)
			require.Zero(t, w.asked.Load())
			_, err := w.Retry(t.Context(), w.origin.CompanyID, w.origin.TeamID, m.ID)
			var conflict *settings.Conflict
			require.ErrorAs(t, err, &conflict, "asking again would be answered the same")
		})
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	endless := func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = rw.Write(jpegOf(picture(8, 8)))
		for range 100 {
			if _, err := rw.Write(make([]byte, 32<<10)); err != nil {
				return
			}
			rw.(http.Flusher).Flush() // so that no length is announced
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		reason string
	}{
		"too large, as it says": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Length", "2000001")
			_, _ = rw.Write(make([]byte, 100))
		}, "too_large"},
		"too large, as it turns out": {endless, "too_large"},
		"a page that calls itself a picture": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "image/jpeg")
			_, _ = io.WriteString(rw, "<html><script>alert(1)</script></html>")
		}, "type_not_allowed"},
		"a drawing with a script": {func(rw http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(rw, `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
		}, "type_not_allowed"},
		"a program": {func(rw http.ResponseWriter, _ *http.Request) {
			_, _ = rw.Write([]byte("MZ\x90\x00\x03" + strings.Repeat("\x00", 80)))
		}, "type_not_allowed"},
		"nothing": {func(http.ResponseWriter, *http.Request) {}, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *media.Config) { c.Limit = 2_000_000 })
			w.answers = c.answer
			w.expect(w.url + lies)
			m := w.work()
			require.Equal(t, media.Refused, m.State)
			require.Equal(t, c.reason, m.Reason)
			w.later(time.Hour)
			require.EqualValues(t, 1, w.asked.Load())
		})
	}
}

// TestAFileThatComesLate: not there, refused, or broken off at first.
func TestAFileThatComesLate(t *testing.T) {
	whole := jpegOf(picture(300, 200))
	for name, c := range map[string]struct {
		first  http.HandlerFunc
		reason string
	}{
		"not there yet": {func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNotFound) }, "not_found"},
		"no entry":      {func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnauthorized) }, "credentials"},
		"down":          {func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) }, "provider_unavailable"},
		"broken off": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Length", "100000")
			_, _ = rw.Write(whole)
			panic(http.ErrAbortHandler)
		}, "interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.answers = c.first
			w.expect(w.url + lies)
			m := w.work()
			require.Equal(t, media.Waiting, m.State)
			require.Equal(t, c.reason, m.Reason)
			w.gives(whole)
			w.later(4 * time.Second)
			require.EqualValues(t, 1, w.asked.Load(), "it is left alone for a moment")
			m = w.later(2 * time.Second)
			require.Equal(t, media.Stored, m.State)
			require.Empty(t, m.Reason)
			require.Equal(t, whole, w.content(m, false))
		})
	}
}

func TestAFileThatNeverComes(t *testing.T) {
	w := newWorld(t)
	w.answers = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNotFound) }
	w.expect(w.url + lies)
	m := w.work()
	for range 30 {
		m = w.later(10 * time.Minute)
	}
	require.EqualValues(t, 8, w.asked.Load())
	require.Equal(t, media.Failed, m.State)
	require.Equal(t, "not_found", m.Reason)

	w.gives(jpegOf(picture(8, 8)))
	m, err := w.Retry(t.Context(), w.origin.CompanyID, w.origin.TeamID, m.ID)
	require.NoError(t, err)
	require.Equal(t, media.Waiting, m.State)
	require.Equal(t, media.Stored, w.work().State)
	_, err = w.Retry(t.Context(), w.origin.CompanyID, w.origin.MessageID, m.ID)
	require.ErrorIs(t, err, settings.ErrNotFound, "another team's")
}

func TestRetryAfterIsHonored(t *testing.T) {
	w := newWorld(t)
	w.answers = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Retry-After", "600")
		rw.WriteHeader(http.StatusTooManyRequests)
	}
	w.expect(w.url + lies)
	w.work()
	w.later(9 * time.Minute)
	require.EqualValues(t, 1, w.asked.Load())
	w.later(2 * time.Minute)
	require.EqualValues(t, 2, w.asked.Load())
}

// TestASlowFileIsCutOff: a provider that sends a little now and then does not
// hold a worker for longer than its patience.
func TestASlowFileIsCutOff(t *testing.T) {
	// A real deadline of a real connection, which has begun to send by then.
	w := newWorld(t, func(c *media.Config) { c.Patience = 2 * time.Second })
	w.answers = func(rw http.ResponseWriter, r *http.Request) {
		_, _ = rw.Write([]byte{0xFF, 0xD8, 0xFF})
		rw.(http.Flusher).Flush()
		<-r.Context().Done() // until we hang up
	}
	w.expect(w.url + lies)
	m := w.work()
	require.Equal(t, media.Waiting, m.State)
	require.Equal(t, "interrupted", m.Reason)
}

// TestACrashBetweenFileAndRow: the file is there and the row does not know. When
// the lease runs out it is fetched again, over the same file.
func TestACrashBetweenFileAndRow(t *testing.T) {
	w := newWorld(t)
	photo := jpegOf(picture(8, 8))
	w.gives(photo)
	w.expect(w.url + lies)
	_, err := w.db.Exec(`update media set due_at = $1::timestamptz + interval '90 seconds', attempts = 1`, noon) // claimed, and never heard of again
	require.NoError(t, err)
	require.Equal(t, media.Waiting, w.later(80*time.Second).State)
	require.Zero(t, w.asked.Load())
	require.Equal(t, media.Stored, w.later(11*time.Second).State)
}

// TestAWorkerThatWasAwayTooLong changes nothing any more.
func TestAWorkerThatWasAwayTooLong(t *testing.T) {
	w := newWorld(t)
	other := media.New(w.config)
	w.answers = func(rw http.ResponseWriter, _ *http.Request) {
		if w.asked.Load() == 1 { // while the first is at it, its lease runs out and a second one gets the file
			w.Clock.Stop(noon.Add(10 * time.Minute))
			if err := other.Work(context.Background()); err != nil {
				panic(err)
			}
			rw.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = rw.Write(jpegOf(picture(8, 8)))
	}
	w.expect(w.url + lies)
	m := w.work()
	require.Equal(t, media.Stored, m.State)
	require.Empty(t, m.Reason)
}

// TestAStoreThatIsFull loses nothing: the file is asked for again later.
func TestAStoreThatIsFull(t *testing.T) {
	full := &fullStore{}
	w := newWorld(t, func(c *media.Config) { full.Store, c.Blobs = c.Blobs, full })
	w.gives(jpegOf(picture(8, 8)))
	full.full = true
	w.expect(w.url + lies)
	m := w.work()
	require.Equal(t, media.Waiting, m.State)
	require.Equal(t, "not_stored", m.Reason)
	full.full = false
	require.Equal(t, media.Stored, w.later(6*time.Second).State)
}

type fullStore struct {
	blob.Store
	full bool
}

func (f *fullStore) Put(ctx context.Context, name string, content io.Reader) error {
	if f.full {
		return errors.New("no space left on device")
	}
	return f.Store.Put(ctx, name, content)
}

// TestAFileThatNobodyCanCopeWith: a panic is its own failure. It is tried again
// later, given up in the end, and ends neither the process nor the others' work.
func TestAFileThatNobodyCanCopeWith(t *testing.T) {
	bad := &panickyStore{}
	w := newWorld(t, func(c *media.Config) { bad.Store, c.Blobs = c.Blobs, bad })
	w.gives(jpegOf(picture(8, 8)))
	bad.panics = true
	w.expect(w.url + lies)
	m := w.work()
	require.Equal(t, media.Waiting, m.State)
	require.Equal(t, "interrupted", m.Reason)
	for range 30 {
		m = w.later(10 * time.Minute)
	}
	require.Equal(t, media.Failed, m.State)
	require.EqualValues(t, 8, w.asked.Load())
	bad.panics = false
	_, err := w.Retry(t.Context(), w.origin.CompanyID, w.origin.TeamID, m.ID)
	require.NoError(t, err)
	require.Equal(t, media.Stored, w.work().State)
}

type panickyStore struct {
	blob.Store
	panics bool
}

func (p *panickyStore) Put(ctx context.Context, name string, content io.Reader) error {
	if p.panics {
		panic("a decoder that met what it did not expect")
	}
	return p.Store.Put(ctx, name, content)
}

// TestStopDoesNotWait: what is being fetched is left to the next who looks.
func TestStopDoesNotWait(t *testing.T) {
	w := newWorld(t)
	begun := make(chan struct{})
	w.answers = func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}
	w.expect(w.url + lies)
	w.Start()
	<-begun
	w.Stop()
	w.gives(jpegOf(picture(8, 8)))
	require.Equal(t, media.Stored, w.work().State)
}

// TestARecording: announced, it is asked for a little later; ready, at once; and
// of a call that led to another team, it is that team's.
func TestARecording(t *testing.T) {
	w := newWorld(t)
	sound := append([]byte("RIFF\x24\x00\x00\x00WAVEfmt "), make([]byte, 100)...)
	w.gives(sound)
	o := w.origin
	o.MessageID, o.ContactID, o.TicketID, o.CallID, o.Kind = "", "", "", w.origin.MessageID, channels.Voice
	recording := channels.Recording{ID: "RE1", URL: w.url + "/2010-04-01/Accounts/" + account + "/Recordings/RE1", Seconds: 8}
	require.NoError(t, o.ExpectRecording(t.Context(), w.db, recording, false, w.Clock.Queue()))
	require.Equal(t, media.Waiting, w.work().State)
	for range 2 {
		require.NoError(t, o.ExpectRecording(t.Context(), w.db, recording, true, w.Clock.Queue()))
	}
	m := w.work()
	require.Equal(t, media.Stored, m.State)
	require.Equal(t, "audio/wav", m.ContentType)
	require.NoError(t, media.Settled(t.Context(), w.db, o.CompanyID, o.CallID, w.origin.TicketID, w.origin.ContactID, ""))
	_, err := media.Find(t.Context(), w.db, o.CompanyID, w.origin.TicketID, m.ID)
	require.NoError(t, err)
}

func TestKindsThatNobodyFetches(t *testing.T) {
	w := newWorld(t)
	w.origin.Kind = channels.WebChat
	w.expect("https://example.com/x")
	m := w.work()
	require.Equal(t, media.Refused, m.State)
	require.Equal(t, "not_fetchable", m.Reason)
}
