package backup_test

import (
	"bytes"
	"encoding/base64"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"ringback/cmd/backup"
	"ringback/settings"
)

// made is what a backup of the world with that key held.
func (w *world) made(key string) backup.Done {
	w.Helper()
	quick, err := age.NewScryptRecipient(words)
	require.NoError(w, err)
	quick.SetWorkFactor(10)
	done, err := backup.Write(w.Context(), backup.Source{DB: w.db, Blobs: w.blobs, Key: key, At: noon}, new(bytes.Buffer), quick)
	require.NoError(w, err)
	return done
}

// TestABackupSaysWhichFilesItLacks: another store than the server's has none of them. What
// went since, and a part of an upload that never came, are not missing.
func TestABackupSaysWhichFilesItLacks(t *testing.T) {
	w := newWorld(t)
	w.exec(`insert into uploads (company_id, id, request_id, name, size, parts, created_at) select company_id, gen_random_uuid(), id, '', 10, 2, now() from media`)
	require.Zero(t, w.made("").Missing)
	w.blobs = store(t)
	done := w.made("")
	require.Equal(t, 1, done.Missing)
	require.Zero(t, done.Files)
	w.exec(`update media set state = 'failed'`)
	require.Zero(t, w.made("").Missing)
}

// TestABackupSaysThatItsKeyIsAnother: or that it has none, where there is something sealed.
func TestABackupSaysThatItsKeyIsAnother(t *testing.T) {
	w := newWorld(t)
	require.False(t, w.made("").Keyless, "nothing is sealed")
	raw := bytes.Repeat([]byte{7}, 32)
	key, err := settings.NewSecretKey(raw)
	require.NoError(t, err)
	w.exec(`insert into accounts (company_id, id, provider, account, secrets) values ($1, gen_random_uuid(), 'twilio', 'AC1', $2)`, w.team.CompanyID, key.Seal([]byte(`["token"]`), "twilio/AC1"))
	require.False(t, w.made(base64.StdEncoding.EncodeToString(raw)).Keyless)
	for _, other := range []string{"", "no key", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{8}, 32))} {
		require.True(t, w.made(other).Keyless, other)
	}
}
