package console

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"ringback/webhooks/api"
)

// happening is one thing on a ticket's timeline.
type happening struct {
	ID, Type, Author, Text, Change string
	Channel                        string
	At                             time.Time
	Media                          []attachment
	Delivery, State                *string
	Step                           string
	Waited                         *int `json:"waited_seconds"`
	Automation                     *string
	Outcome, Reason                string
	Request                        *string
	Detail                         string // of a request: its kind, or its answer in a word; of assigned: to whom
	Who                            string // which advisor wrote
}

// attachment is a photo, a recording or another file.
type attachment struct {
	ID, URL, Name, State string
	Type                 string `json:"content_type"`
}

// Kind is how a browser shows it: image, audio, video or file.
func (a attachment) Kind() string {
	kind, _, _ := strings.Cut(a.Type, "/")
	if slices.Contains([]string{"image", "audio", "video"}, kind) {
		return kind
	}
	return "file"
}

type request struct {
	ID, Kind, State string
	Answer          json.RawMessage
}

type rating struct {
	Score   int
	Comment string
	Advisor *string
}

type ticketPage struct {
	ticket
	Typing   bool
	Timeline []happening
	Requests []request
	Rating   *rating

	Team  []colleague       // who can be assigned
	Names map[string]string // of staff, by id
	Seen  string            // what the timeline was drawn from
	Draft string            // a reply that was refused
	Fault string            // why
	Ask   asking            // a request that was refused
}

func (v *View) readTicket() (ticketPage, error) {
	var page ticketPage
	id, err := v.ID()
	if err != nil {
		return page, err
	}
	if err := v.Get(v.In("/tickets/"+id), &page); err != nil {
		return page, err
	}
	staff, err := v.colleagues()
	page.Names = map[string]string{}
	for _, m := range staff {
		page.Names[m.ID] = m.Name
		if m.Active {
			page.Team = append(page.Team, m)
		}
	}
	drawn, _ := json.Marshal([]any{page.ticket, page.Typing, page.Timeline, page.Requests, page.Rating}) // it came from JSON
	sum := sha256.Sum256(drawn)
	page.Seen = hex.EncodeToString(sum[:8])
	return page, err
}

// ticket is one conversation.
func (v *View) ticket() error {
	page, err := v.readTicket()
	if err != nil {
		return err
	}
	return v.Show("ticket.html", page)
}

// ticketLive answers the conversation anew when it is not what was seen.
func (v *View) ticketLive() error {
	page, err := v.readTicket()
	if err != nil {
		return err
	}
	if page.Seen == v.Query("seen") {
		v.g.Status(http.StatusNoContent)
		return nil
	}
	return v.Part("ticket-live", page)
}

// typeInTicket lets the customer see that somebody is writing.
func (v *View) typeInTicket() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.Send(http.MethodPost, v.In("/tickets/"+id+"/typing"), nil, nil); err != nil {
		return err
	}
	v.g.Status(http.StatusNoContent)
	return nil
}

// haveReadTicket lets the customer see that somebody has read what they wrote.
func (v *View) haveReadTicket() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.Send(http.MethodPost, v.In("/tickets/"+id+"/read"), nil, nil); err != nil {
		return err
	}
	v.g.Status(http.StatusNoContent)
	return nil
}

// LastHeard is the newest message of the customer; empty: there is none.
func (p ticketPage) LastHeard() string {
	for _, one := range slices.Backward(p.Timeline) {
		if one.Type == "message" && one.Author == "customer" {
			return one.ID
		}
	}
	return ""
}

// replyToTicket sends what an advisor wrote. What is refused stays in the box.
func (v *View) replyToTicket() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	text := strings.TrimSpace(v.Form("text"))
	header := http.Header{"Idempotency-Key": {v.Form("key")}}
	if v.Form("key") == "" {
		header = nil
	}
	_, err = v.Ask(http.MethodPost, v.In("/tickets/"+id+"/messages"), map[string]any{"text": text}, nil, header)
	return v.afterTicket(id, text, err)
}

// changeTicket closes, reopens or hands over a ticket.
func (v *View) changeTicket() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	change := map[string]any{}
	if status := v.Form("status"); status != "" {
		change["status"] = status
	}
	if v.Form("resolved") == "no" {
		change["resolved"] = false
	}
	if to, ok := v.g.GetPostForm("assignee"); ok {
		change["assignee"] = to
		if to == "" {
			change["assignee"] = nil
		}
	}
	return v.afterTicket(id, "", v.Send(http.MethodPatch, v.In("/tickets/"+id), change, nil))
}

// afterTicket shows the ticket again, with what was refused.
func (v *View) afterTicket(id, draft string, err error) error {
	var refused *api.Problem
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/tickets/" + id)
	}
	if !errors.As(err, &refused) || refused.Status == http.StatusNotFound || refused.Status >= http.StatusInternalServerError {
		return err
	}
	page, err := v.readTicket()
	if err != nil {
		return err
	}
	page.Draft, page.Fault = draft, refused.Detail
	return v.ShowFault("ticket.html", page)
}
