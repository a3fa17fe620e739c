package console_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// device is an authenticator that recognizes its owner: one passkey of an elliptic
// curve (ES256), without an attestation.
type device struct {
	t      *testing.T
	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte
	count  uint32

	origin, party string // which it says, and would not for another page
	verified      bool
}

func (b *browser) device() *device {
	b.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(b.t, err)
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return &device{t: b.t, key: key, id: id, origin: b.base, party: "localhost", verified: true}
}

var bytesOf = base64.RawURLEncoding

// asked is what a page tells the browser to ask of a device.
type asked struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
		UserVerification string `json:"userVerification"`
	} `json:"publicKey"`
}

func (d *device) client(kind, challenge string) []byte {
	raw, err := json.Marshal(map[string]any{"type": "webauthn." + kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	require.NoError(d.t, err)
	return raw
}

// data is what the authenticator says of itself.
func (d *device) data(made bool) []byte {
	sum := sha256.Sum256([]byte(d.party))
	flags := byte(0x01)
	if d.verified {
		flags |= 0x04
	}
	if made {
		flags |= 0x40
	}
	d.count++
	out := append(sum[:], flags)
	out = binary.BigEndian.AppendUint32(out, d.count)
	if !made {
		return out
	}
	out = append(out, make([]byte, 16)...)
	out = binary.BigEndian.AppendUint16(out, uint16(len(d.id)))
	out = append(out, d.id...)
	public, err := d.key.PublicKey.ECDH()
	require.NoError(d.t, err)
	point := public.Bytes()
	cose, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	require.NoError(d.t, err)
	return append(out, cose...)
}

func (d *device) said(response map[string]any) string {
	raw, err := json.Marshal(map[string]any{
		"id": bytesOf.EncodeToString(d.id), "rawId": bytesOf.EncodeToString(d.id), "type": "public-key",
		"response": response, "clientExtensionResults": map[string]any{},
	})
	require.NoError(d.t, err)
	return string(raw)
}

// makes answers navigator.credentials.create.
func (d *device) makes(a asked) string {
	var err error
	d.handle, err = bytesOf.DecodeString(a.PublicKey.User.ID)
	require.NoError(d.t, err)
	attested, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": d.data(true)})
	require.NoError(d.t, err)
	return d.said(map[string]any{
		"clientDataJSON": bytesOf.EncodeToString(d.client("create", a.PublicKey.Challenge)), "attestationObject": bytesOf.EncodeToString(attested),
	})
}

// shows answers navigator.credentials.get.
func (d *device) shows(a asked) string {
	client, data := d.client("get", a.PublicKey.Challenge), d.data(false)
	sum := sha256.Sum256(client)
	digest := sha256.Sum256(append(data, sum[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	require.NoError(d.t, err)
	return d.said(map[string]any{
		"clientDataJSON": bytesOf.EncodeToString(client), "authenticatorData": bytesOf.EncodeToString(data),
		"signature": bytesOf.EncodeToString(signature), "userHandle": bytesOf.EncodeToString(d.handle),
	})
}

func (b *browser) asksPasskey(path string) asked {
	b.t.Helper()
	got := b.post(path)
	require.Equal(b.t, http.StatusOK, got.status, got.text)
	var a asked
	require.NoError(b.t, json.Unmarshal([]byte(got.text), &a))
	require.NotEmpty(b.t, a.PublicKey.Challenge)
	return a
}

// passkey adds one for who is signed in.
func (b *browser) passkey(name string) *device {
	b.t.Helper()
	d := b.device()
	done := b.post("/account/passkeys", "passkey", d.makes(b.asksPasskey("/account/passkeys/start")), "name", name)
	require.Less(b.t, done.status, 400, done.text)
	return d
}

// named is a console that is reached by a name, as passkeys want it.
func named(t *testing.T) *browser {
	b := newBrowser(t)
	b.named()
	b.begin()
	return b
}

func (b *browser) named() { b.base = strings.Replace(b.base, "127.0.0.1", "localhost", 1) }

func (b *browser) other() *browser {
	return &browser{Client: anew(b.t), t: b.t, base: b.base, db: b.db}
}

func TestOneSignsInByAPasskey(t *testing.T) {
	b := named(t)
	d := b.device()
	made := b.post("/account/passkeys", "passkey", d.makes(b.asksPasskey("/account/passkeys/start")), "name", "My phone")
	require.Equal(t, http.StatusOK, made.status, made.text)
	require.Len(t, recovery.FindAllString(made.text, -1), 10, "who loses it has a way in")
	require.Contains(t, b.get("/account/second-factor").text, "My phone")

	other := b.other()
	require.Contains(t, other.get("/sign-in").text, "Sign in with a passkey")
	shown := d.shows(other.asksPasskey("/sign-in/passkey/start"))
	other.post("/sign-in/passkey", "passkey", shown, "next", "/teams").leadsTo(t, "/teams")
	require.Contains(t, other.get("/account").text, maria)
	require.Contains(t, b.other().post("/sign-in/passkey", "passkey", shown).text, "This passkey is not taken here", "what was shown once is worth nothing elsewhere")
	require.Contains(t, other.post("/sign-in/passkey", "passkey", shown).text, "This passkey is not taken here", "nor again here")

	// A password alone is not enough any more; a recovery code beside it is.
	half := b.half()
	code := recovery.FindStringSubmatch(made.text)[1]
	require.Contains(t, half.get("/sign-in/code").text, "Sign in with a passkey")
	half.post("/sign-in/code", "code", code).leadsTo(t, "/")
	half = b.half()
	half.post("/sign-in/passkey", "passkey", d.shows(half.asksPasskey("/sign-in/passkey/start"))).leadsTo(t, "/")

	id := regexp.MustCompile(`/account/passkeys/([0-9a-f-]{36})/remove`).FindStringSubmatch(b.get("/account/second-factor").text)[1]
	b.post("/account/passkeys/"+id+"/remove").leadsTo(t, "/account/second-factor")
	gone := b.other()
	require.Contains(t, gone.post("/sign-in/passkey", "passkey", d.shows(gone.asksPasskey("/sign-in/passkey/start"))).text, "This passkey is not taken here")
	b.other().post("/sign-in", "email", maria, "password", password).leadsTo(t, "/")
	var left int
	require.NoError(t, b.db.Get(&left, `select count(*) from staff_recovery_codes`))
	require.Zero(t, left)
}

func TestAPasskeyIsForItsOwnPageAndOwner(t *testing.T) {
	b := named(t)
	d := b.passkey("phone")
	for what, change := range map[string]func(*device){
		"of another page":         func(d *device) { d.origin = "http://localhost.example.com" },
		"for another name":        func(d *device) { d.party = "example.com" },
		"of nobody in particular": func(d *device) { d.verified = false },
		"whose counter went back": func(d *device) { d.count = 0 },
		"of another key":          func(d *device) { d.key = b.device().key },
		"of somebody else":        func(d *device) { d.handle = make([]byte, 32) },
		"with a handle cut off":   func(d *device) { d.handle = d.handle[:16] },
		"that nobody has added":   func(d *device) { d.id = []byte("unknown-unknown!") },
	} {
		forged := *d
		forged.count = 100
		change(&forged)
		other := b.other()
		got := other.post("/sign-in/passkey", "passkey", forged.shows(other.asksPasskey("/sign-in/passkey/start")))
		require.Contains(t, got.text, "This passkey is not taken here", what)
		other.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	}
	for _, text := range []string{"", "{", `{"id":"x"}`, strings.Repeat("a", 1000)} {
		other := b.other()
		other.asksPasskey("/sign-in/passkey/start")
		require.Contains(t, other.post("/sign-in/passkey", "passkey", text).text, "This passkey is not taken here", text)
	}
	a := b.other().asksPasskey("/sign-in/passkey/start")
	require.Contains(t, b.other().post("/sign-in/passkey", "passkey", d.shows(a)).text, "This passkey is not taken here", "another browser was asked")

	// What was asked to look at one makes none, and who is not there any more has none.
	a = b.asksPasskey("/sign-in/passkey/start")
	require.Equal(t, http.StatusUnprocessableEntity, b.post("/account/passkeys", "passkey", b.device().makes(a)).status)
	_, err := b.db.Exec(`update staff set active = false`)
	require.NoError(t, err)
	other := b.other()
	require.Contains(t, other.post("/sign-in/passkey", "passkey", d.shows(other.asksPasskey("/sign-in/passkey/start"))).text, "This passkey is not taken here")
}

func TestOneProvesByAPasskey(t *testing.T) {
	b := named(t)
	d := b.passkey("phone")
	later := func() {
		_, err := b.db.Exec(`update sessions set proved_at = now() - interval '1 hour', created_at = now() - interval '1 hour'`)
		require.NoError(t, err)
	}
	later()
	require.Equal(t, http.StatusForbidden, b.post("/account/passkeys/start").status, "making another one wants it")
	page := b.post("/account/second-factor/recovery")
	require.Equal(t, http.StatusForbidden, page.status)
	require.Contains(t, page.text, "Use a passkey")
	again := b.ask("POST", "/account/second-factor/recovery", url.Values{"proof_passkey": {d.shows(b.asksPasskey("/sign-in/passkey/start"))}})
	require.Equal(t, http.StatusOK, again.status)
	require.Len(t, recovery.FindAllString(again.text, -1), 10)

	// Somebody else's is no proof.
	later()
	forged := b.ask("POST", "/account/second-factor/recovery", url.Values{"proof_passkey": {b.device().shows(b.asksPasskey("/sign-in/passkey/start"))}})
	require.Equal(t, http.StatusForbidden, forged.status)
	require.Contains(t, forged.text, "This passkey is not taken here")
}

func TestAPasskeyIsASecondFactorToTheCompany(t *testing.T) {
	b := named(t)
	d := b.passkey("phone")
	b.post("/second-factor", "required", "1").leadsTo(t, "/staff")
	require.Equal(t, http.StatusOK, b.get("/staff").status, "who has a passkey owes nothing")

	// An admin takes it away from who has lost it.
	m, err := settings.FindMemberByEmail(t.Context(), b.db, b.gate.Company, maria)
	require.NoError(t, err)
	b.post("/staff/" + m.ID + "/second-factor")
	other := b.other()
	require.Contains(t, other.post("/sign-in/passkey", "passkey", d.shows(other.asksPasskey("/sign-in/passkey/start"))).text, "This passkey is not taken here")
}
