package gateway

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/events"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// RequestDraft is what an advisor asks the customer of a ticket for.
type RequestDraft struct {
	Ticket    tickets.Ticket   // locked
	Request   requests.Request // its kind, words, files and money
	Who       string           // as the timeline names who asks
	Staff     string           // their id; empty: an API key
	At        time.Time
	PublicURL string
	Links     requests.Links
}

// Make writes the wish down; whether and how it goes out is decided when its
// event is handled. What forbids it is a *settings.Conflict.
func (w RequestDraft) Make(ctx context.Context, tx *sqlx.Tx, team *settings.Snapshot) (requests.Request, error) {
	t, r := w.Ticket, w.Request
	_, line, err := t.CheckReachable(ctx, tx, team)
	if err != nil {
		return r, err
	}
	r.CompanyID, r.TeamID, r.ID, r.ContactID, r.TicketID = t.CompanyID, t.TeamID, uuid.Must(uuid.NewV7()).String(), t.Person(), t.ID
	r.TokenHash, r.State, r.Channel, r.Who = requests.Hash(w.Links.Token(r.ID)), requests.Open, string(line.Sender.Kind), w.Who
	r.AskedAt, r.ExpiresAt = w.At, w.At.Add(requests.Life)
	if w.Staff != "" {
		r.StaffID = &w.Staff
	}
	if r.Advisor = t.Assignee; r.Advisor == nil {
		r.Advisor = r.StaffID
	}
	if err := r.MayAsk(ctx, tx); err != nil {
		return r, err
	}
	if err := r.Insert(ctx, tx); err != nil {
		return r, err
	}
	return r, events.InternalEvent{
		CompanyID: t.CompanyID, TeamID: t.TeamID, Name: RequestEvent(r.ID), At: w.At,
		Payload: events.Request{
			Ask:     events.Ask{Contact: t.Person(), Ticket: t.ID, For: r.Kind},
			Request: r.ID, Link: requests.Placeholder(w.PublicURL, r.ID), Message: r.Message,
		},
	}.Raise(ctx, tx)
}

// RequestEvent is the name of the event that sends a request.
func RequestEvent(id string) string { return "request/" + id }

// ContactPageShare is a team's contact page on its way to a customer.
type ContactPageShare struct {
	CompanyID, TeamID, ContactID string
	At                           time.Time
	PublicURL                    string
}

// Make has the page sent, on the channel where the customer was last heard. It
// returns an id, by which its event is named, and the page's address. The
// contact's standing has to be locked already.
func (s ContactPageShare) Make(ctx context.Context, tx *sqlx.Tx, team *settings.Snapshot) (id, url string, err error) {
	t, err := tickets.Newest(ctx, tx, s.CompanyID, s.TeamID, s.ContactID)
	if errors.Is(err, settings.ErrNotFound) {
		t, err = tickets.Ticket{CompanyID: s.CompanyID, TeamID: s.TeamID, ContactID: s.ContactID}, nil
	}
	if err != nil {
		return "", "", err
	}
	if _, _, err := t.CheckReachable(ctx, tx, team); err != nil {
		return "", "", err
	}
	id, url = uuid.Must(uuid.NewV7()).String(), strings.TrimSuffix(s.PublicURL, "/")+"/c/"+s.TeamID
	return id, url, events.InternalEvent{
		CompanyID: s.CompanyID, TeamID: s.TeamID, Name: "share/" + id, At: s.At,
		Payload: events.PageShared{Ask: events.Ask{Contact: s.ContactID, Ticket: t.ID, For: rules.AskVoiceHub}, Link: url},
	}.Raise(ctx, tx)
}
