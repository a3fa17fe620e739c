package twilio

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// approval is how WhatsApp stands to a content template.
type approval struct{ status, reason string }

// refusedContent are the codes with which a message fails whose template does not go
// out, by how WhatsApp stands to it.
var refusedContent = map[string]int{"rejected": 63040, "paused": 63041, "disabled": 63042}

// Content sets how WhatsApp stands to a content template, by its HX… id: approved as
// all are to begin with, paused, disabled, or rejected for a reason. Twilio tells
// nobody; whoever asks, or sends it, finds out.
func (s *Simulator) Content(sid, status, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.contents[sid] = approval{status, reason}
}

// fetchApproval serves GET /v1/Content/{sid}/ApprovalRequests.
func (s *Simulator) fetchApproval(w http.ResponseWriter, r *http.Request, _ string) {
	account, _, _ := r.BasicAuth()
	sid := r.PathValue("sid")
	s.mu.Lock()
	defer s.mu.Unlock()
	stands, set := s.contents[sid]
	if !set {
		stands.status = "approved"
	}
	write(w, http.StatusOK, map[string]any{
		"sid": sid, "account_sid": account, "url": "https://content.twilio.com/v1/Content/" + sid + "/ApprovalRequests",
		"whatsapp": map[string]any{
			"type": "whatsapp", "name": "simulated", "category": "UTILITY", "content_type": "twilio/text",
			"status": stands.status, "rejection_reason": stands.reason, "allow_category_change": true,
		},
	})
}

// content is what an account made to send: a message in several ways, of which a
// channel gets the richest that it knows.
type content struct {
	sid, account string
	gone         bool
	Name         string                     `json:"friendly_name"`
	Language     string                     `json:"language"`
	Variables    map[string]string          `json:"variables"`
	Types        map[string]json.RawMessage `json:"types"`
}

// part is one way of a content.
type part struct {
	Body    string `json:"body"`
	Actions []struct {
		Type  string `json:"type"`
		Title string `json:"title"`
		ID    string `json:"id"`
	} `json:"actions"`
}

// Contents are the ids of those that were made and not dropped, oldest first.
func (s *Simulator) Contents() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, one := range s.made {
		if !one.gone {
			all = append(all, one.sid)
		}
	}
	return all
}

// DropContents deletes what was made, as somebody may in the console.
func (s *Simulator) DropContents() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.made {
		one.gone = true
	}
}

// createContent serves POST /v1/Content.
func (s *Simulator) createContent(w http.ResponseWriter, r *http.Request, _ string) {
	account, _, _ := r.BasicAuth()
	made := &content{sid: newSID("HX"), account: account}
	if err := json.NewDecoder(r.Body).Decode(made); err != nil {
		writeError(w, 20001, err.Error())
		return
	}
	if made.Language == "" || len(made.Types) == 0 {
		writeError(w, 20001, "language and types are required")
		return
	}
	for kind, raw := range made.Types {
		var one part
		if err := json.Unmarshal(raw, &one); err != nil || one.Body == "" || kind == "twilio/card" && len(one.Actions) == 0 {
			writeError(w, 20001, kind)
			return
		}
		for _, a := range one.Actions {
			if a.Type != "QUICK_REPLY" || a.Title == "" || utf8.RuneCountInString(a.Title) > 25 || len(a.ID) > 200 {
				writeError(w, 20001, kind+": "+a.Title)
				return
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made = append(s.made, made)
	write(w, http.StatusCreated, made.resource())
}

// listContents serves GET /v2/Content, by a part of the name.
func (s *Simulator) listContents(w http.ResponseWriter, r *http.Request, _ string) {
	account, _, _ := r.BasicAuth()
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []map[string]any{}
	for _, one := range s.made {
		if !one.gone && one.account == account && strings.Contains(one.Name, r.URL.Query().Get("ContentName")) {
			found = append(found, one.resource())
		}
	}
	write(w, http.StatusOK, map[string]any{"contents": found, "meta": meta("contents")})
}

func (c *content) resource() map[string]any {
	return map[string]any{
		"sid": c.sid, "account_sid": c.account, "friendly_name": c.Name, "language": c.Language,
		"variables": c.Variables, "types": c.Types, "url": "https://content.twilio.com/v1/Content/" + c.sid,
	}
}

// madeContent is what a message's ContentSid names, if it was made here. The caller
// holds s.mu.
func (s *Simulator) madeContent(sid string) *content {
	if at := slices.IndexFunc(s.made, func(one *content) bool { return one.sid == sid }); at >= 0 {
		return s.made[at]
	}
	return nil
}

// refuseMade is why a content that was made here does not go out.
func (s *Simulator) refuseMade(account string, form url.Values) (int, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	made := s.madeContent(form.Get("ContentSid"))
	if made == nil {
		return 0, ""
	}
	if made.gone || made.account != account {
		return 21655, made.sid
	}
	var values map[string]string
	if err := json.Unmarshal([]byte(form.Get("ContentVariables")), &values); err != nil {
		return 21656, err.Error()
	}
	for name, value := range values {
		if strings.ContainsAny(value, "\n\r\t") || strings.Contains(value, "     ") || utf8.RuneCountInString(value) > maxCharacters {
			return 21656, name
		}
	}
	return 0, ""
}

// variable is a place in a content that a message fills.
var variable = regexp.MustCompile(`\{\{\w+\}\}`)

// show puts into a message what its content says on its channel. The caller holds s.mu.
func (s *Simulator) show(m *Message, form url.Values) {
	made := s.madeContent(m.ContentSID)
	if made == nil {
		return
	}
	values := maps.Clone(made.Variables)                              // the content keeps its samples
	_ = json.Unmarshal([]byte(form.Get("ContentVariables")), &values) // refuseMade has read it
	fill := func(in string) string {
		return variable.ReplaceAllStringFunc(in, func(name string) string { return values[strings.Trim(name, "{}")] })
	}
	kinds := []string{"twilio/text"}
	if onRCS(m.To) {
		kinds = []string{"twilio/card", "twilio/text"}
	}
	for _, kind := range kinds {
		var one part
		if raw, has := made.Types[kind]; !has || json.Unmarshal(raw, &one) != nil {
			continue
		}
		m.Body = fill(one.Body)
		for _, a := range one.Actions {
			m.Chips = append(m.Chips, Chip{ID: fill(a.ID), Title: fill(a.Title)})
		}
		return
	}
}
