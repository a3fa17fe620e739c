package meta

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Object is a JSON object.
type Object = map[string]any

// Text lets a customer write: a phone number, or a user id of somebody who
// shows none. It returns the message's id and the HTTP status of the answer.
func (m *Simulator) Text(ctx context.Context, door, from, words string) (string, int, error) {
	return m.Say(ctx, door, from, Object{"type": "text", "text": Object{"body": words}})
}

// Say lets a customer send any kind of message; item has its type and what
// belongs to it. It returns what Text does.
func (m *Simulator) Say(ctx context.Context, door, from string, item Object) (string, int, error) {
	m.mu.Lock()
	id := "wamid.in" + rand.Text()
	now := m.config.Clock.Now()
	said := &Message{ID: id, Number: m.config.Number, To: from, Inbound: true, Type: fmt.Sprint(item["type"]), Status: "sent", At: now}
	m.hear(said, item)
	m.messages = append(m.messages, said)
	m.tell()
	m.mu.Unlock()
	whole := Object{"id": id, "timestamp": seconds(now)}
	if number, found := strings.CutPrefix(from, "+"); found {
		whole["from"] = number
	} else {
		whole["from_user_id"] = from
	}
	for name, value := range item {
		whole[name] = value
	}
	status, err := m.post(ctx, door, Object{"contacts": []any{m.person(from)}, "messages": []any{whole}})
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err != nil || status != http.StatusOK:
		said.Status = "failed"
	case said.Status != "read":
		said.Status = "delivered"
	}
	m.tell()
	return id, status, err
}

// person is a customer as a webhook names them.
func (m *Simulator) person(of string) Object {
	person := Object{"profile": Object{"name": m.name(of)}}
	if number, found := strings.CutPrefix(of, "+"); found {
		person["wa_id"] = number
	} else {
		person["user_id"] = of
	}
	return person
}

// hear shows a customer's message on their own phone. The caller holds m.mu.
func (m *Simulator) hear(said *Message, item Object) {
	part := func(of any, name string) Object { inner, _ := of.(Object)[name].(Object); return inner }
	word := func(of Object, name string) string { text, _ := of[name].(string); return text }
	content := part(item, said.Type)
	switch said.Type {
	case "text":
		said.Text = word(content, "body")
	case "interactive":
		said.Text = cmp.Or(word(part(content, "button_reply"), "title"), word(part(content, "list_reply"), "title"))
	case "location":
		said.Text = word(content, "name")
	case "reaction":
		for _, one := range m.messages {
			if one.ID == word(content, "message_id") {
				one.Reaction = word(content, "emoji")
			}
		}
	default:
		said.Text, said.Link = word(content, "caption"), word(content, "id")
	}
}

// Deliver tells of everything that was taken how it fared, and returns how many
// webhooks that took. A status that nobody thanks for is an error.
func (m *Simulator) Deliver(ctx context.Context, door string) (int, error) {
	m.mu.Lock()
	untold := m.untold
	m.untold = nil
	m.mu.Unlock()
	made := 0
	for _, one := range untold {
		for _, status := range m.fate(one) {
			code, err := m.post(ctx, door, Object{"statuses": []any{status}})
			if err != nil || code != http.StatusOK {
				return made, fmt.Errorf("status of %s: %d: %w", one.ID, code, err)
			}
			made++
		}
	}
	return made, nil
}

// firstTo reports whether a message is the first to its customer. The caller holds m.mu.
func (m *Simulator) firstTo(one *Message) bool {
	return m.messages[slices.IndexFunc(m.messages, func(m *Message) bool { return !m.Inbound && m.To == one.To })] == one
}

// fate is what is told of a message, in order.
func (m *Simulator) fate(one *Message) []Object {
	m.mu.Lock()
	defer m.mu.Unlock()
	words := []string{"sent", "delivered", "read"}
	switch one.To {
	case "+15005556047":
		if one.Template == "" {
			one.Code = 131047
		}
	case "+15005556053":
		if one.Link != "" {
			one.Code = 131053
		}
	case "+15005556026":
		one.Code = 131026
	case "+15005556049":
		one.Code = 131049
	case "+15005551000":
		if m.firstTo(one) {
			one.Code = 131000
		}
	case "+15005559001":
		words = []string{"sent", "sent", "delivered", "delivered", "read", "read"}
	case "+15005559002":
		words = []string{"read", "delivered", "sent"}
	case "+15005559003":
		words = nil
	case "+15005559004":
		words = []string{"sent", "read"}
	default:
		if one.Template == "" && m.config.Hook == nil && !m.windowOpen(one) {
			one.Code = 131047
		}
	}
	if one.Code != 0 {
		words = []string{"failed"}
	}
	var told []Object
	for _, word := range words {
		status := Object{"id": one.ID, "status": word, "timestamp": strconv.FormatInt(m.config.Clock.Now().Unix(), 10)}
		if number, found := strings.CutPrefix(one.To, "+"); found {
			status["recipient_id"] = number
		} else {
			status["recipient_user_id"] = one.To
		}
		if one.Delivery != "" {
			status["biz_opaque_callback_data"] = one.Delivery
		}
		if one.Code != 0 {
			status["errors"] = []any{Object{"code": one.Code, "title": "as asked for"}}
		} else if word == "sent" {
			status["pricing"] = Object{"billable": true, "pricing_model": "PMP", "category": "service", "type": "regular"}
		}
		one.Status = word
		m.tell()
		told = append(told, status)
	}
	return told
}

// name is a customer's profile name.
func (m *Simulator) name(of string) string { return cmp.Or(m.config.Names[of], "Customer") }

// display is the number as people know it.
const display = "15550783881"

// post tells what happened to messages.
func (m *Simulator) post(ctx context.Context, door string, value Object) (int, error) {
	return m.postOf(ctx, door, "messages", value)
}

// postOf wraps what happened at the number, and posts it.
func (m *Simulator) postOf(ctx context.Context, door, field string, value Object) (int, error) {
	value["messaging_product"] = "whatsapp"
	value["metadata"] = Object{"display_phone_number": display, "phone_number_id": m.config.Number}
	return m.postAll(ctx, door, Object{"id": business, "changes": []any{Object{"field": field, "value": value}}})
}

// postAll signs an entry and posts it, twice when that is asked for.
func (m *Simulator) postAll(ctx context.Context, door string, entry Object) (int, error) {
	raw, err := json.Marshal(Object{"object": "whatsapp_business_account", "entry": []any{entry}})
	if err != nil {
		return 0, err
	}
	status, err := m.once(ctx, door, raw)
	if err == nil && m.config.Twice {
		status, err = m.once(ctx, door, raw)
	}
	return status, err
}

func (m *Simulator) once(ctx context.Context, door string, raw []byte) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, door, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	mac := hmac.New(sha256.New, []byte(m.config.AppSecret))
	mac.Write(raw)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	response, err := m.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	return response.StatusCode, nil
}

// Handshake asks the door for the challenge, as Meta's console does when its
// address is saved, and reports whether it came back.
func (m *Simulator) Handshake(ctx context.Context, door, token string) (bool, error) {
	const challenge = "1158201444"
	query := url.Values{"hub.mode": {"subscribe"}, "hub.challenge": {challenge}, "hub.verify_token": {token}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, door+"?"+query.Encode(), nil)
	if err != nil {
		return false, err
	}
	response, err := m.client.Do(request)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, 1024))
	return err == nil && response.StatusCode == http.StatusOK && string(said) == challenge, err
}
