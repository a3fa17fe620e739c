package transcripts_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/channels/model"
	"ringback/channels/simulator"
	played "ringback/channels/simulator/model"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/gateway/transcripts"
	"ringback/migrations/testdb"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// world is a transcriber that works when a test says so, and the server that it asks.
type world struct {
	*transcripts.Transcriber
	t      *testing.T
	db     *sqlx.DB
	clock  *clock.Clock
	blobs  blob.Store
	server *played.Simulator
	log    bytes.Buffer
	told   int // that a file is another
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{t: t, db: testdb.New(t), clock: clocktest.StoppedAt(noon), server: played.New("sk-key")}
	var err error
	w.blobs, err = blob.NewDisk(t.TempDir())
	require.NoError(t, err)
	url, err := w.server.Listen(simulator.Loopback)
	require.NoError(t, err)
	t.Cleanup(w.server.Close)
	w.Transcriber = transcripts.New(transcripts.Config{
		DB: w.db, Clock: w.clock, Log: slog.New(slog.NewTextHandler(&w.log, nil)), Patience: time.Minute,
		Server: model.New(model.Config{URL: url, Key: "sk-key", Model: "whisper-1"}),
		Media: media.New(media.Config{
			DB: w.db, Blobs: w.blobs, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Changed: func(string, string, string) { w.told++ },
		}),
	})
	return w
}

// recorded stores a company's recording that is due.
func (w *world) recorded(company, says string) (id string) {
	w.t.Helper()
	id = uuid.Must(uuid.NewV7()).String()
	_, err := w.db.Exec(`insert into media (company_id, id, team_id, call_id, state, content_type, size, transcript_due_at)
		values ($1, $2, $2, $2, 'stored', 'audio/wav', $3, $4)`, company, id, len(says), w.clock.Now())
	require.NoError(w.t, err)
	require.NoError(w.t, w.blobs.Put(w.t.Context(), company+"/"+id[len(id)-2:]+"/"+id, strings.NewReader(says)))
	return id
}

type row struct {
	Transcript string
	Due        *time.Time `db:"transcript_due_at"`
	Attempts   int        `db:"transcript_attempts"`
}

// later does what is due so much later, and returns what is known of the recording.
func (w *world) later(by time.Duration, id string) row {
	w.t.Helper()
	w.clock.Stop(w.clock.Now().Add(by))
	require.NoError(w.t, w.Work(w.t.Context()))
	var r row
	require.NoError(w.t, w.db.Get(&r, `select transcript, transcript_due_at, transcript_attempts from media where id = $1`, id))
	return r
}

func company() string { return uuid.Must(uuid.NewV7()).String() }

func TestWhatIsSaidIsStored(t *testing.T) {
	w := newWorld(t)
	w.server.Says("The valve leaks.")
	id := w.recorded(company(), "RIFF sound")
	require.Equal(t, row{"The valve leaks.", nil, 1}, w.later(0, id))
	require.Len(t, w.server.Asked(), 1)
	require.Equal(t, "RIFF sound", string(w.server.Asked()[0].File))
	require.Equal(t, "recording.wav", w.server.Asked()[0].Name, "nothing of whose it is")
	require.Equal(t, 1, w.told)
	w.later(time.Hour, id)
	require.Len(t, w.server.Asked(), 1, "once")
	require.Empty(t, w.log.String())
}

// TestAServerThatIsAway is asked again with growing waits, a few times, and the log says
// so once.
func TestAServerThatIsAway(t *testing.T) {
	w := newWorld(t)
	w.server.Fails(http.StatusServiceUnavailable)
	id := w.recorded(company(), "sound")
	w.later(0, id)
	r := w.later(30*time.Second, id)
	require.Equal(t, 1, r.Attempts)
	r = w.later(time.Minute, id)
	require.Equal(t, 2, r.Attempts)
	for range 10 {
		r = w.later(24*time.Hour, id)
	}
	require.Equal(t, row{"", nil, 6}, r)
	require.Equal(t, 1, strings.Count(w.log.String(), "\n"), w.log.String())
	require.Contains(t, w.log.String(), "503")
	require.NotContains(t, w.log.String(), "sk-key")
	require.Zero(t, w.told)
}

func TestAServerThatComesBack(t *testing.T) {
	w := newWorld(t)
	w.server.Fails(http.StatusTooManyRequests)
	id := w.recorded(company(), "sound")
	w.later(0, id)
	w.server.Says("Hello.")
	require.Equal(t, row{"Hello.", nil, 2}, w.later(5*time.Minute, id))
}

// TestWhatIsRefused is not asked again.
func TestWhatIsRefused(t *testing.T) {
	w := newWorld(t)
	w.server.Fails(http.StatusBadRequest)
	id := w.recorded(company(), "no sound")
	require.Equal(t, row{"", nil, 1}, w.later(0, id))
	require.Equal(t, 1, strings.Count(w.log.String(), "\n"), w.log.String())
}

// TestAnothersRecordings: whoever has a month of them keeps nobody waiting, also while
// the server answers nothing.
func TestAnothersRecordings(t *testing.T) {
	w := newWorld(t)
	many, few := make(chan struct{}, 9), make(chan struct{})
	w.server.Answers(func(_ http.ResponseWriter, r *http.Request) {
		if r.MultipartForm.File["file"][0].Size == 4 {
			many <- struct{}{}
			<-r.Context().Done()
			return
		}
		close(few)
	})
	first := company()
	for range 8 {
		w.recorded(first, "many")
	}
	w.clock.Stop(noon.Add(time.Second))
	w.Start()
	t.Cleanup(w.Stop)
	<-many
	<-many
	w.recorded(company(), "another's")
	<-few
	require.Empty(t, many, "two of its own at once")
}

// TestWhoIsErasedMeanwhile leaves nothing behind.
func TestWhoIsErasedMeanwhile(t *testing.T) {
	w := newWorld(t)
	id := w.recorded(company(), "sound")
	w.server.Answers(func(rw http.ResponseWriter, _ *http.Request) {
		if _, err := w.db.Exec(`delete from media where id = $1`, id); err != nil {
			panic(err)
		}
		_, _ = io.WriteString(rw, `{"text": "The valve leaks."}`)
	})
	require.NoError(t, w.Work(t.Context()))
	var left int
	require.NoError(t, w.db.Get(&left, `select count(*) from media`))
	require.Zero(t, left)
}
