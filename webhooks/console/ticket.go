package console

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"ringback/gateway/inbox"
	"ringback/gateway/media"
	"ringback/settings"
)

// FileKind is how a browser shows a file: image, audio, video or file.
func (v *View) FileKind(contentType string) string {
	return media.Shown(contentType)
}

// IsPicture reports whether a file is a picture, shown by browsers or not.
func (v *View) IsPicture(contentType string) bool { return strings.HasPrefix(contentType, "image/") }

// request is what the customer was asked for.
type request struct{ inbox.Request }

type ticketPage struct {
	inbox.TicketWithTimeline
	Requests []request

	Home    string            // the address of the page
	Team    []colleague       // who can be assigned
	Names   map[string]string // of staff, by id
	Seen    string            // what the timeline was drawn from
	Undo    undoing           // of what was changed just now
	Fault   string            // why something was refused
	Compose compose           // what stands in the box
	Ask     asking            // a request that was refused
	Ending  ending            // what is asked before it ends
	Blocked bool              // the customer is
	CanCall bool              // the customer can be called back
	Suggest bool              // an answer can be suggested
	Replies []settings.Reply  // saved
}

func (v *View) readTicket() (ticketPage, error) {
	var page ticketPage
	id, err := v.ID()
	if err != nil {
		return page, err
	}
	if err := v.console.Inbox.Seen(v.ctx(), v.Who, v.Team.ID, id); err != nil {
		return page, err
	}
	if page.TicketWithTimeline, err = v.console.Inbox.Ticket(v.ctx(), v.Who, v.Team.ID, id); err != nil {
		return page, err
	}
	page.Suggest = !v.console.Inbox.Drafts.Off() && page.Heard()
	page.Home = v.ticketHome(v.Team.ID, id)
	for _, one := range page.TicketWithTimeline.Requests {
		page.Requests = append(page.Requests, request{one})
	}
	staff, err := v.colleagues()
	page.Names = map[string]string{}
	for _, m := range staff {
		page.Names[m.ID] = m.Name
		if m.Active {
			page.Team = append(page.Team, m)
		}
	}
	drawn, _ := json.Marshal(page.TicketWithTimeline) // it is plain values
	sum := sha256.Sum256(drawn)
	page.Seen = hex.EncodeToString(sum[:8])
	if err == nil && page.Rings() != "" && v.Who.MayCall("call-back") {
		page.CanCall, err = v.canCall()
	}
	if err != nil || v.Partial() {
		return page, err
	}
	customer, err := v.console.Inbox.Contact(v.ctx(), v.Who, v.Team.ID, page.Contact)
	if errors.Is(err, settings.ErrNotFound) { // erased
		err = nil
	}
	if page.Blocked = customer.Blocked; err == nil {
		page.Replies, err = settings.ListReplies(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID)
	}
	return page, err
}

// ticketHome is the address of a ticket's page.
func (*View) ticketHome(team, id string) string { return "/teams/" + team + "/tickets/" + id }

// ticket is one conversation.
func (v *View) ticket() error {
	page, err := v.readTicket()
	if err != nil {
		return err
	}
	page.Undo = v.undoOfTicket(page.Home)
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
	if err := v.console.Inbox.Type(v.ctx(), v.Who, v.Team.ID, id); err != nil {
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
	if err := v.console.Inbox.Read(v.ctx(), v.Who, v.Team.ID, id); err != nil {
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

// changeTicket closes, reopens or hands over a ticket.
func (v *View) changeTicket() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	after, err := v.console.Inbox.ChangeTicket(v.ctx(), v.Who, v.Team.ID, id, func(_ inbox.Ticket, c *inbox.TicketChange) error {
		if status := v.Form("status"); status != "" {
			c.Status = status
		}
		if ask := v.Form("ask"); ask != "" {
			yes := ask == "yes"
			c.Ask = &yes
		}
		if v.Form("resolved") == "no" {
			c.Resolved = new(bool)
		}
		if to, ok := v.g.GetPostForm("assignee"); ok {
			if c.Assignee = &to; to == "" {
				c.Assignee = nil
			}
		}
		return nil
	})
	return v.afterChange(id, after, err)
}

// ticketOfPath is the ticket whose id stands in the path.
func (v *View) ticketOfPath() (inbox.TicketWithTimeline, error) {
	id, err := v.ID()
	if err != nil {
		return inbox.TicketWithTimeline{}, err
	}
	return v.console.Inbox.Ticket(v.ctx(), v.Who, v.Team.ID, id)
}

// blockCustomer blocks the ticket's customer, or takes that back.
func (v *View) blockCustomer() error {
	t, err := v.ticketOfPath()
	if err != nil {
		return err
	}
	return v.afterTicket(t.ID, v.block(t.Contact))
}

// joinCustomer says that who wrote the ticket is whom they say they are.
func (v *View) joinCustomer() error {
	t, err := v.ticketOfPath()
	if err != nil {
		return err
	}
	if t.Unproven != nil {
		_, err = v.console.Inbox.MergeContact(v.ctx(), v.Who, v.Team.ID, t.Contact, t.Unproven.Contact, "")
	}
	return v.afterTicket(t.ID, err)
}

// afterChange shows the ticket again, and offers to set it back where that can be.
func (v *View) afterChange(id string, after inbox.Ticket, err error) error {
	if err != nil || after.Undo == nil {
		return v.afterTicket(id, err)
	}
	_, err = v.goUndo(v.ticketHome(v.Team.ID, id), []inbox.Undo{*after.Undo}) // one fits
	return err
}

// afterTicket shows the ticket again, with what was refused.
func (v *View) afterTicket(id string, err error) error {
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/tickets/" + id)
	}
	said, refused := v.refusal(err)
	if !refused || errors.Is(err, settings.ErrNotFound) {
		return err
	}
	page, err := v.readTicket()
	if err != nil {
		return err
	}
	page.Fault = said
	return v.ShowFault("ticket.html", page)
}
