package erasures_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/gateway/contacts"
	"ringback/gateway/erasures"
	"ringback/gateway/media/blob"
	"ringback/migrations/testdb"
	"ringback/settings"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// provider notes what it is asked to delete.
type provider struct {
	asked []string
	fault error
}

func (*provider) Kinds() []channels.Kind { return []channels.Kind{channels.SMS} }
func (*provider) Hooks() []channels.Hook { return nil }
func (*provider) Send(context.Context, channels.Account, channels.Outgoing) (channels.Receipt, error) {
	return channels.Receipt{}, nil
}

func (p *provider) Erase(_ context.Context, account channels.Account, m channels.Media) error {
	p.asked = append(p.asked, account.ID+" "+m.URL)
	return p.fault
}

type world struct {
	*testing.T
	db       *sqlx.DB
	clock    *clock.Clock
	blobs    blob.Store
	company  string
	person   string
	provider *provider
	eraser   *erasures.Eraser
}

// newWorld has somebody erased whose file lies in the store and at the provider.
func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, db: testdb.New(t), clock: clocktest.StoppedAt(noon), provider: &provider{}, person: uuid.NewString()}
	company, err := settings.EnsureCompany(t.Context(), w.db, "GVE")
	require.NoError(t, err)
	w.company = company.ID
	w.blobs, err = blob.NewDisk(filepath.Join(t.TempDir(), "media"))
	require.NoError(t, err)
	vault := &settings.Vault{Environment: map[string]channels.Account{settings.Twilio: {ID: "AC1", Secrets: []string{"secret"}}}}
	w.eraser = erasures.New(erasures.Config{
		DB: w.db, Blobs: w.blobs, Clock: w.clock, Channels: []channels.Channel{w.provider},
		Accounts: settings.Accounts{Vault: vault, DB: w.db}, Log: slog.New(slog.DiscardHandler),
	})
	media := uuid.NewString()
	require.NoError(t, w.blobs.Put(t.Context(), w.file(media), strings.NewReader("a photo")))
	w.exec(`insert into contacts (company_id, id) values ($1, $2)`, w.company, w.person)
	w.exec(`insert into media (company_id, id, team_id, contact_id, kind, account, origin, state, source)
		values ($1, $2, $1, $3, 'sms', 'AC1', 'message/1/0', 'stored', '{"url": "https://api.twilio.com/ME1", "name": "Zygmunt.jpg"}')`, w.company, media, w.person)
	require.NoError(t, contacts.Erase(t.Context(), w.db, contacts.Actor{CompanyID: w.company, Who: "Ann", At: noon}, w.person))
	_, err = w.blobs.Open(t.Context(), w.file(media))
	require.NoError(t, err, "the store is asked afterwards")
	t.Cleanup(func() {
		_, err := w.blobs.Open(context.Background(), w.file(media))
		require.ErrorIs(t, err, blob.ErrNone)
	})
	return w
}

func (w *world) file(id string) string { return w.company + "/" + id[len(id)-2:] + "/" + id }

func (w *world) exec(query string, args ...any) {
	w.Helper()
	_, err := w.db.ExecContext(w.Context(), query, args...)
	require.NoError(w, err)
}

func (w *world) count(query string) (n int) {
	w.Helper()
	require.NoError(w, w.db.Get(&n, query))
	return n
}

func TestFilesOfTheErasedGo(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.eraser.Work(t.Context()))
	require.Equal(t, []string{"AC1 https://api.twilio.com/ME1"}, w.provider.asked)
	require.Zero(t, w.count(`select count(*) from erased_files`))
}

// TestAProviderThatIsAwayIsAskedAgain: for a week; then people are told.
func TestAProviderThatIsAwayIsAskedAgain(t *testing.T) {
	w := newWorld(t)
	w.provider.fault = &channels.FetchError{Reason: channels.FetchUnavailable, Err: errors.New("away")}
	require.NoError(t, w.eraser.Work(t.Context()))
	require.NoError(t, w.eraser.Work(t.Context()))
	require.Len(t, w.provider.asked, 1, "not at once")
	for range 48 {
		w.clock.Stop(w.clock.Now().Add(7 * time.Hour)) // the longest wait and its tenth
		require.NoError(t, w.eraser.Work(t.Context()))
	}
	require.Len(t, w.provider.asked, 32)
	require.Equal(t, 1, w.count(`select count(*) from erased_files where error like '%away%' and due_at is null`))
	require.Equal(t, 1, w.count(`select count(*) from history where what = 'erasure_failed'`))
}

func TestWhatIsNowhereIsGivenUpAtOnce(t *testing.T) {
	w := newWorld(t)
	w.provider.fault = &channels.FetchError{Reason: channels.FetchForeign, Err: errors.New("elsewhere")}
	require.NoError(t, w.eraser.Work(t.Context()))
	require.Equal(t, 1, w.count(`select count(*) from history where what = 'erasure_failed'`))
}

func TestWhatCameLateGoesTwoDaysLater(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.eraser.Work(t.Context()))
	require.NoError(t, w.eraser.Late(t.Context()))
	require.Equal(t, 1, w.count(`select count(*) from erasures where due_at is not null`))
	w.clock.Stop(noon.Add(49 * time.Hour))
	require.NoError(t, w.eraser.Late(t.Context()))
	require.Zero(t, w.count(`select count(*) from erasures where due_at is not null`))
}
