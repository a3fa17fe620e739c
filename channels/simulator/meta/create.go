package meta

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	phone  = regexp.MustCompile(`^\+?[1-9][0-9]{6,14}$`)
	userID = regexp.MustCompile(`^[A-Z]{2}\.[A-Za-z0-9.]{1,128}$`)
)

func (m *Simulator) create(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("number") != m.config.Number {
		refuse(w, http.StatusBadRequest, 100, "Object with ID does not exist")
		return
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil && bytes.Contains(raw, []byte(`"status"`)) {
		m.mark(w, raw)
		return
	}
	var b body
	if err == nil {
		err = strictly(raw, &b)
	}
	made := Message{Number: m.config.Number, At: m.config.Clock.Now(), Status: "accepted"}
	if err == nil {
		err = m.read(b, &made)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, 100, "(#100) "+err.Error())
		return
	}
	if !m.refusesTemplate(w, made) {
		m.take(w, made)
	}
}

// mark lets a customer see that their message, and what they wrote before it,
// was read.
func (m *Simulator) mark(w http.ResponseWriter, raw []byte) {
	var b struct {
		Product string `json:"messaging_product"`
		Status  string `json:"status"`
		ID      string `json:"message_id"`
	}
	if strictly(raw, &b) != nil || b.Product != "whatsapp" || b.Status != "read" {
		refuse(w, http.StatusBadRequest, 100, "(#100) status must be read, of a message_id")
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.faults) > 0 {
		f := m.faults[0]
		m.faults = m.faults[1:]
		w.WriteHeader(max(f.Status, http.StatusInternalServerError))
		return
	}
	until := slices.IndexFunc(m.messages, func(one *Message) bool { return one.Inbound && one.ID == b.ID })
	if until < 0 {
		refuse(w, http.StatusBadRequest, 131009, "(#131009) Parameter value is not valid")
		return
	}
	for _, one := range m.messages[:until+1] {
		if one.Inbound && one.To == m.messages[until].To && one.Status != "failed" {
			one.Status = "read"
		}
	}
	m.marked++
	m.tell()
	answer(w, map[string]any{"success": true})
}

// Marked is how often a message was marked as read.
func (m *Simulator) Marked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.marked
}

// take takes the message, or lets it go wrong.
func (m *Simulator) take(w http.ResponseWriter, made Message) {
	m.mu.Lock()
	taken, closed, status, code, after := true, false, 0, 0, ""
	switch made.To {
	case "+15005556056":
		taken, status, code = false, http.StatusTooManyRequests, 131056
	case "+15005559429":
		taken, status, code, after = false, http.StatusTooManyRequests, 130429, "1"
	case "+15005559500":
		taken, status, code = false, http.StatusInternalServerError, 131000
	case "+15005559502":
		taken, status = false, http.StatusBadGateway
	case "+15005559601":
		taken, closed = false, true
	case "+15005559602":
		closed = true
	}
	if len(m.faults) > 0 {
		f := m.faults[0]
		m.faults = m.faults[1:]
		taken, closed, status = f.Taken, f.Status == 0, f.Status
	}
	if taken {
		made.ID = "wamid.out" + rand.Text()
		m.messages = append(m.messages, &made)
		m.untold = append(m.untold, &made)
		m.tell()
	}
	m.mu.Unlock()
	if taken {
		m.soon()
	}
	switch {
	case closed:
		panic(http.ErrAbortHandler)
	case code != 0:
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		refuse(w, status, code, fmt.Sprintf("(#%d) as asked for", code))
	case status != 0:
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html><h1>an error</h1></html>")
	default:
		answer(w, map[string]any{
			"messaging_product": "whatsapp", "contacts": []any{map[string]any{"input": made.To, "wa_id": strings.TrimPrefix(made.To, "+")}},
			"messages": []any{map[string]any{"id": made.ID, "message_status": "accepted"}},
		})
	}
}

// windowOpen reports whether the customer wrote or called within the 24 hours
// before the message. The caller holds m.mu.
func (m *Simulator) windowOpen(one *Message) bool {
	if slices.ContainsFunc(m.calls, func(c *Call) bool { return c.From == one.To && c.Began.After(one.At.Add(-24*time.Hour)) }) {
		return true
	}
	return slices.ContainsFunc(m.messages, func(heard *Message) bool {
		return heard.Inbound && heard.To == one.To && heard.At.After(one.At.Add(-24*time.Hour))
	})
}
