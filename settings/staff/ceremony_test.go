package staff

import (
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
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
