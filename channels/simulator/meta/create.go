package meta

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// body is what the messages endpoint takes; nothing else may stand in it.
type body struct {
	Product   string `json:"messaging_product"`
	Kind      string `json:"recipient_type"`
	To        string `json:"to"`
	Recipient string `json:"recipient"`
	Type      string `json:"type"`
	Ours      string `json:"biz_opaque_callback_data"`
	Text      *struct {
		Body    string `json:"body"`
		Preview bool   `json:"preview_url"`
	} `json:"text"`
	Template *struct {
		Name     string `json:"name"`
		Language struct {
			Code string `json:"code"`
		} `json:"language"`
		Components []struct {
			Type       string `json:"type"`
			Parameters []struct {
				Type string `json:"type"`
				Text string `json:"text"`
			} `json:"parameters"`
		} `json:"components"`
	} `json:"template"`
	Interactive *struct {
		Type string `json:"type"`
		Body struct {
			Text string `json:"text"`
		} `json:"body"`
		Action struct {
			Button  string `json:"button"`
			Buttons []struct {
				Type  string `json:"type"`
				Reply choice `json:"reply"`
			} `json:"buttons"`
			Sections []struct {
				Rows []choice `json:"rows"`
			} `json:"sections"`
		} `json:"action"`
	} `json:"interactive"`
	Image    *attachment `json:"image"`
	Video    *attachment `json:"video"`
	Audio    *attachment `json:"audio"`
	Document *attachment `json:"document"`
}

type choice struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type attachment struct {
	Link    string `json:"link"`
	Caption string `json:"caption"`
}

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
	m.take(w, made)
}

// strictly reads JSON in which nothing else may stand.
func strictly(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
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

func (m *Simulator) read(b body, made *Message) error {
	made.To, made.Type, made.Delivery = b.To, b.Type, b.Ours
	if b.To == "" {
		made.To = b.Recipient
	}
	switch {
	case b.Product != "whatsapp":
		return errors.New("messaging_product must be whatsapp")
	case b.Kind != "individual":
		return errors.New("recipient_type must be individual")
	case b.To == "" && !userID.MatchString(b.Recipient), b.To != "" && !phone.MatchString(b.To):
		return errors.New("to must be a phone number, or recipient a user id")
	case len(b.Ours) > 512:
		return errors.New("biz_opaque_callback_data is too long")
	}
	var err error
	switch {
	case b.Type == "text" && b.Text != nil:
		made.Text, err = b.Text.Body, bounded("text.body", b.Text.Body, 4096)
	case b.Type == "template" && b.Template != nil:
		err = m.readTemplate(b, made)
	case b.Type == "interactive" && b.Interactive != nil:
		err = readInteractive(b, made)
	default:
		var file *attachment
		switch b.Type {
		case "image":
			file = b.Image
		case "video":
			file = b.Video
		case "audio":
			file = b.Audio
		case "document":
			file = b.Document
		}
		if file == nil || !strings.HasPrefix(file.Link, "http") {
			return fmt.Errorf("type %q has no content of its own", b.Type)
		}
		made.Link, made.Text = file.Link, file.Caption
	}
	return err
}

func (m *Simulator) readTemplate(b body, made *Message) error {
	made.Template = b.Template.Name
	if !slices.Contains(m.config.Templates, b.Template.Name) || b.Template.Language.Code == "" {
		return errors.New("template name does not exist in the translation")
	}
	for _, part := range b.Template.Components {
		if part.Type != "body" {
			return errors.New("only body parameters are known here")
		}
		for _, p := range part.Parameters {
			if p.Type != "text" || p.Text == "" || strings.ContainsAny(p.Text, "\n\t") || strings.Contains(p.Text, "    ") {
				return errors.New("a parameter is empty, or has line breaks, tabs or more than 3 spaces")
			}
			made.Values = append(made.Values, p.Text)
		}
	}
	return nil
}

func readInteractive(b body, made *Message) error {
	i := b.Interactive
	made.Text, made.Opens = i.Body.Text, i.Action.Button
	if err := bounded("interactive.body.text", i.Body.Text, 1024); err != nil {
		return err
	}
	most, longest := 3, 20
	var all []choice
	for _, button := range i.Action.Buttons {
		if button.Type != "reply" {
			return errors.New("buttons are of type reply")
		}
		all = append(all, button.Reply)
	}
	if i.Type == "list" {
		most, longest = 10, 24
		for _, section := range i.Action.Sections {
			all = append(all, section.Rows...)
		}
		if err := bounded("action.button", i.Action.Button, 20); err != nil {
			return err
		}
	} else if i.Type != "button" {
		return fmt.Errorf("interactive type %q", i.Type)
	}
	if len(all) == 0 || len(all) > most {
		return errors.New("too few or too many choices")
	}
	for _, c := range all {
		if bounded("id", c.ID, 256) != nil || bounded("title", c.Title, longest) != nil || slices.Contains(made.Choices, c.ID) {
			return errors.New("a choice's id or title is missing, too long or there twice")
		}
		made.Choices, made.Titles = append(made.Choices, c.ID), append(made.Titles, c.Title)
	}
	return nil
}

func bounded(field, text string, limit int) error {
	if n := utf8.RuneCountInString(text); n == 0 || n > limit {
		return fmt.Errorf("%s must have 1 to %d characters", field, limit)
	}
	return nil
}

// windowOpen reports whether the customer wrote within the 24 hours before the
// message. The caller holds m.mu.
func (m *Simulator) windowOpen(one *Message) bool {
	return slices.ContainsFunc(m.messages, func(heard *Message) bool {
		return heard.Inbound && heard.To == one.To && heard.At.After(one.At.Add(-24*time.Hour))
	})
}
