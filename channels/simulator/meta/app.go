package meta

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
)

// Fields under which Meta tells of a number that is in use in the WhatsApp Business
// app as well.
const (
	AppEchoes = "smb_message_echoes"
	History   = "history"
)

// Answer lets one of the staff write to a customer in the WhatsApp Business app: a
// phone number, or a user id of somebody who shows none. Item has the message's type
// and what belongs to it; an id or a timestamp in it goes before the present ones. It
// returns the message's id and the HTTP status of the answer.
func (m *Simulator) Answer(ctx context.Context, door, to string, item Object) (string, int, error) {
	m.mu.Lock()
	now := m.config.Clock.Now()
	whole := Object{"id": "wamid.app" + rand.Text(), "from": display, "timestamp": seconds(now)}
	if number, found := strings.CutPrefix(to, "+"); found {
		whole["to"] = number
	} else {
		whole["to_user_id"] = to
	}
	for name, value := range item {
		whole[name] = value
	}
	said := &Message{ID: fmt.Sprint(whole["id"]), Number: m.config.Number, To: to, Type: fmt.Sprint(item["type"]), Status: "sent", At: now}
	known := slices.ContainsFunc(m.messages, func(one *Message) bool { return one.ID == said.ID })
	if !known && !slices.Contains([]string{"edit", "revoke", "reaction"}, said.Type) {
		m.hear(said, item)
		m.messages = append(m.messages, said)
		m.tell()
	}
	m.mu.Unlock()
	status, err := m.postOf(ctx, door, AppEchoes, Object{"contacts": []any{m.person(to)}, "message_echoes": []any{whole}})
	return said.ID, status, err
}

// TellHistory tells what was said in the app before the number came to the Cloud API:
// a conversation of two messages, and the photo of one of them by itself.
func (m *Simulator) TellHistory(ctx context.Context, door, customer, words string) (int, error) {
	number, at := strings.TrimPrefix(customer, "+"), seconds(m.config.Clock.Now())
	theirs := Object{"from": number, "id": "wamid.old1" + number, "timestamp": at, "type": "text", "text": Object{"body": words}, "history_context": Object{"status": "read"}}
	ours := Object{"from": display, "to": number, "id": "wamid.old2" + number, "timestamp": at, "type": "text", "text": Object{"body": words}, "history_context": Object{"status": "sent"}}
	photo := Object{"from": number, "id": "wamid.old3" + number, "timestamp": at, "type": "image", "image": Object{"id": "1", "mime_type": "image/png"}}
	status, err := m.postOf(ctx, door, History, Object{History: []any{Object{
		"metadata": Object{"phase": 0, "chunk_order": 1, "progress": 100},
		"threads":  []any{Object{"id": number, "messages": []any{theirs, ours}}},
	}}})
	if err != nil || status/100 != 2 {
		return status, err
	}
	return m.postOf(ctx, door, History, Object{"contacts": []any{m.person(customer)}, "messages": []any{photo}})
}
