package console_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestADatabaseInTrouble: a page says that it may work in a moment, and when.
func TestADatabaseInTrouble(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	_, err := b.db.Exec(`create function in_trouble() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '57014'; end $$`)
	require.NoError(t, err)
	_, err = b.db.Exec(`create trigger in_trouble before insert on api_keys execute function in_trouble()`)
	require.NoError(t, err)
	said := b.ask("POST", "/keys", url.Values{"name": {"mine"}, "scopes": {"tickets:read"}})
	require.Equal(t, http.StatusServiceUnavailable, said.status)
	require.Contains(t, said.text, "The database does not answer as it should.")
	require.Equal(t, "5", said.header.Get("Retry-After"))
}

// lines is what is logged, by whoever logs it.
type lines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(line)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// TestAOneTimeLinkIsNotLogged: whoever opens it first chooses a password, and whoever
// reads the log is not to be the first.
func TestAOneTimeLinkIsNotLogged(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	said, before := &lines{}, slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(said, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	_, err := b.db.Exec(`alter table sign_in_links rename to out_of_reach`)
	require.NoError(t, err)
	const token = "5LJ1W0qkqUoCgEaVxg5YVoVTtGYQS6w0Lj2dYH8nB3A"
	for _, path := range []string{"/set-password/", "/welcome/"} {
		require.Equal(t, http.StatusInternalServerError, b.ask("GET", path+token, nil).status)
		require.Equal(t, http.StatusInternalServerError, b.ask("POST", path+token, url.Values{"password": {"a horse, a battery"}}).status)
		require.Contains(t, said.String(), path+":token", "which page it was is logged")
	}
	require.NotContains(t, said.String(), token)
}
