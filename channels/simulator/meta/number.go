package meta

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// number is the phone number to those whose token may see it. A proof that
// another app's secret made is refused.
func (m *Simulator) number(w http.ResponseWriter, r *http.Request) {
	proof := hmac.New(sha256.New, []byte(m.config.AppSecret))
	_, _ = proof.Write([]byte(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))) // never fails
	if shown := r.URL.Query().Get("appsecret_proof"); shown != "" && shown != hex.EncodeToString(proof.Sum(nil)) {
		refuse(w, http.StatusBadRequest, 100, "Invalid appsecret_proof provided in the API argument")
		return
	}
	answer(w, map[string]any{"id": m.config.Number})
}
