package console_test

import (
	"net/http"
	"net/url"
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
