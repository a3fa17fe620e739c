package whatsapp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"ringback/channels"
)

// signatureHeader carries the signature of every request that Meta makes.
const signatureHeader = "X-Hub-Signature-256"

// Sign is Meta's signature: "sha256=" and the lower-case hexadecimal
// HMAC-SHA256 of the body's raw bytes with the app secret.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Verify returns channels.ErrSignature unless one of the app secrets signed
// the body. An empty secret signs nothing.
func Verify(r channels.Request, secrets []string) error {
	signature := []byte(r.Header.Get(signatureHeader))
	for _, secret := range secrets {
		if secret != "" && hmac.Equal(signature, []byte(Sign(secret, r.Body))) {
			return nil
		}
	}
	return channels.ErrSignature
}
