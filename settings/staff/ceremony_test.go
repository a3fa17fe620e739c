package staff

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"testing"
	"time"

	"ringback/migrations/testdb"
	"ringback/settings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/stretchr/testify/require"
)

// FuzzPasskey: what somebody sends for a passkey's answer is read or refused, and is
// never taken without a signature.
func FuzzPasskey(f *testing.F) {
	f.Add([]byte(`{"id":"AQ","rawId":"AQ","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUA"}}`))
	f.Add([]byte(`{"id":"AQ","rawId":"AQ","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}`))
	f.Add([]byte(`{`))
	w, err := webauthn.New(&webauthn.Config{RPID: "localhost", RPDisplayName: "Ringback", RPOrigins: []string{"http://localhost"}})
	if err != nil {
		f.Fatal(err)
	}
	_, session, err := w.BeginDiscoverableLogin()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if said, err := protocol.ParseCredentialRequestResponseBytes(raw); err == nil {
			if _, _, err := w.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return nil, ErrPasskey }, *session, said); err == nil {
				t.Error("it is taken")
			}
		}
		_, _ = protocol.ParseCredentialCreationResponseBytes(raw)
	})
}

// TestAnAnswerIsTakenOnceAndInTime, and by whom it was asked of alone.
func TestAnAnswerIsTakenOnceAndInTime(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	secret, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	g := Gate{DB: db, Key: secret, PublicURL: func() string { return "https://texts.example.com" }}
	taken := func(staff string, until time.Time) error {
		kept, err := json.Marshal(begun{webauthn.SessionData{Challenge: rand.Text()}, "ann", until})
		require.NoError(t, err)
		token := base64.RawURLEncoding.EncodeToString(secret.Seal(kept, aboutPasskey))
		look := func(*webauthn.WebAuthn, webauthn.SessionData) error { return nil }
		first := g.answer(t.Context(), token, staff, look)
		require.ErrorIs(t, g.answer(t.Context(), token, staff, look), ErrPasskey, "once more")
		return first
	}
	now := testdb.Now(t, db)
	require.NoError(t, taken("ann", now.Add(PasskeyFor)))
	require.ErrorIs(t, taken("ann", now), ErrPasskey, "too late")
	require.ErrorIs(t, taken("ben", now.Add(PasskeyFor)), ErrPasskey)
}
