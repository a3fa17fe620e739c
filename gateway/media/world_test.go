package media_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/channels/twilio"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/migrations/testdb"
	"ringback/settings"
)

const (
	account = "AC00000000000000000000000000000001"
	token   = "an auth token for tests"
	lies    = "/2010-04-01/Accounts/" + account + "/Messages/MM1/Media/ME1"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// world is an archive and a provider that answers what a test says.
type world struct {
	*media.Archive
	t       *testing.T
	db      *sqlx.DB
	config  media.Config
	origin  media.Origin
	asked   atomic.Int32
	answers http.HandlerFunc
	url     string
}

func newWorld(t *testing.T, changes ...func(*media.Config)) *world {
	t.Parallel()
	w := &world{t: t, db: testdb.New(t)}
	provider := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.asked.Add(1)
		w.answers(rw, r)
	}))
	t.Cleanup(provider.Close)
	w.url = provider.URL
	base, err := url.Parse(provider.URL)
	require.NoError(t, err)
	blobs, err := blob.NewDisk(t.TempDir())
	require.NoError(t, err)
	now := clocktest.StoppedAt(noon)
	w.config = media.Config{
		DB: w.db, Blobs: blobs, Clock: now, Channels: []channels.Channel{twilio.New(twilio.Config{BaseURL: base})},
		Accounts:  settings.Accounts{Vault: &settings.Vault{Environment: map[string]channels.Account{settings.Twilio: {ID: account, Secrets: []string{token}}}}},
		PublicURL: func() string { return "https://texts.example.com" }, Key: bytes.Repeat([]byte{7}, 32),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, change := range changes {
		change(&w.config)
	}
	w.Archive = media.New(w.config)
	id := func() string { return uuid.Must(uuid.NewV7()).String() }
	w.origin = media.Origin{CompanyID: id(), TeamID: id(), ContactID: id(), TicketID: id(), MessageID: id(), Kind: channels.SMS, Account: account}
	return w
}

// gives lets the provider answer this.
func (w *world) gives(content []byte) {
	w.answers = func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(content) }
}

// expect writes a message's file down, twice, and returns its row.
func (w *world) expect(address string) media.Media {
	w.t.Helper()
	for range 2 {
		require.NoError(w.t, w.origin.Expect(w.t.Context(), w.db, []channels.Media{{URL: address, ContentType: "image/jpeg"}}, w.Clock.Queue()))
	}
	return w.only()
}

// work does what is due now.
func (w *world) work() media.Media {
	w.t.Helper()
	require.NoError(w.t, w.Work(w.t.Context()))
	return w.only()
}

// later moves the clock and does what is due then.
func (w *world) later(by time.Duration) media.Media {
	w.t.Helper()
	w.Clock.Stop(w.Clock.Now().Add(by))
	return w.work()
}

func (w *world) only() media.Media {
	w.t.Helper()
	var ids []string
	require.NoError(w.t, w.db.Select(&ids, `select id from media`))
	require.Len(w.t, ids, 1)
	m, err := media.Find(w.t.Context(), w.db, w.origin.CompanyID, w.origin.TeamID, ids[0])
	require.NoError(w.t, err)
	return m
}

func (w *world) content(m media.Media, small bool) []byte {
	w.t.Helper()
	f, err := w.Open(w.t.Context(), w.origin.CompanyID, m, small)
	require.NoError(w.t, err)
	defer f.Close()
	content, err := io.ReadAll(f)
	require.NoError(w.t, err)
	return content
}

// picture is a photo whose left half is red and whose right half is blue.
func picture(width, height int) image.Image {
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p.Set(x, y, color.RGBA{R: 255, A: 255})
			if x >= width/2 {
				p.Set(x, y, color.RGBA{B: 255, A: 255})
			}
		}
	}
	return p
}

func jpegOf(p image.Image) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, p, nil)
	return b.Bytes()
}

func pngOf(p image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, p)
	return b.Bytes()
}
