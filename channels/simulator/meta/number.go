package meta

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// appID is the app that is told of the business account.
const appID = "67084"

// number is the phone number to those whose token may see it. A proof that
// another app's secret made is refused.
func (m *Simulator) number(w http.ResponseWriter, r *http.Request, id string) {
	proof := hmac.New(sha256.New, []byte(m.config.AppSecret))
	_, _ = proof.Write([]byte(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))) // never fails
	if shown := r.URL.Query().Get("appsecret_proof"); shown != "" && shown != hex.EncodeToString(proof.Sum(nil)) {
		refuse(w, http.StatusBadRequest, 100, "Invalid appsecret_proof provided in the API argument")
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	found := map[string]any{"id": id}
	if r.URL.Query().Get("fields") == "webhook_configuration" {
		found["webhook_configuration"] = map[string]any{"application": m.callback}
	}
	answer(w, found)
}

// Subscribe sets which app is told of the business account, none when it is empty,
// and where what comes to the number is brought.
func (m *Simulator) Subscribe(app, callback string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.app, m.callback = app, callback
}

// Fields sets the webhook fields that the app subscribes to; none: it does not say.
func (m *Simulator) Fields(names ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fields = names
}

// subscriptions are the app's, which it alone may see.
func (m *Simulator) subscriptions(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+appID+"|"+m.config.AppSecret || m.fields == nil {
		refuse(w, http.StatusUnauthorized, 190, "Invalid OAuth access token")
		return
	}
	fields := []any{}
	for _, name := range m.fields {
		fields = append(fields, map[string]any{"name": name, "version": "v23.0"})
	}
	answer(w, map[string]any{"data": []any{map[string]any{"object": "whatsapp_business_account", "callback_url": m.callback, "active": true, "fields": fields}}})
}

// Calls sets whether customers can call the number, and within call hours alone; the
// words are Meta's: ENABLED, DISABLED.
func (m *Simulator) Calls(status, hours string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calling, m.hours.Status = status, hours
}

func (m *Simulator) subscribedApps(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []any{}
	if m.app != "" {
		all = append(all, map[string]any{"whatsapp_business_api_data": map[string]any{"id": appID, "link": "https://www.facebook.com/games/?app_id=" + appID, "name": m.app}})
	}
	answer(w, map[string]any{"data": all})
}
