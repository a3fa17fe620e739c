package meta

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	Link     string `json:"link"`
	Caption  string `json:"caption"`
	Filename string `json:"filename"` // of a document alone
}

// strictly reads JSON in which nothing else may stand.
func strictly(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
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
		if b.Type == "audio" && file.Caption != "" || b.Type != "document" && file.Filename != "" {
			return fmt.Errorf("type %q has no such field", b.Type)
		}
		if utf8.RuneCountInString(file.Caption) > 1024 {
			return errors.New("caption must have 1 to 1024 characters")
		}
		made.Link, made.Text, made.Filename = file.Link, file.Caption, file.Filename
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
