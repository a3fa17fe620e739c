package console

import (
	"net/url"
	"strconv"
	"time"

	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/webhooks/api"
)

type ticketsPage struct {
	api.List[inbox.Ticket]
	Filter  inbox.TicketFilter
	Status  string // as it was chosen; all: any
	Contact string // of one alone
	Staff   map[string]string
	Team    []colleague // who can be assigned
	Labels  []inbox.Label
	First   bool // this is the list's first page, on which what is new appears
	Older   string
	Undo    undoing         // of what was changed just now
	Refused []refusedTicket // and these were not
	Fault   string          // why none was
	kept    url.Values      // what was chosen, for the page that follows
}

// refusedTicket is one of several that stays as it was.
type refusedTicket struct{ Ticket, Why string }

var ticketStates = []string{"open", "done", "closed", "all"}

// Named is what one of the staff is called; empty: nobody, or somebody whom
// one may not see.
func (p ticketsPage) Named(id *string) string {
	if id == nil {
		return ""
	}
	return p.Staff[*id]
}

// States, Channels, Kinds and Sorts are what a list can be narrowed to, and sorted by.
func (ticketsPage) States() []string { return ticketStates }

func (ticketsPage) Channels() []string {
	return []string{"sms", "voice", "whatsapp_twilio", "whatsapp_cloud", "webchat"}
}

func (ticketsPage) Kinds() []string {
	return []string{"message", "missed_call", "voicemail", "call", "web"}
}

func (ticketsPage) Sorts() []string {
	return []string{inbox.SortActivity, inbox.SortWaiting, inbox.SortCreated}
}

// Narrowed reports whether more than the view was chosen.
func (p ticketsPage) Narrowed() bool {
	return p.Filter.Channel != "" || p.Filter.Kind != "" || p.Filter.Label != "" || p.Contact != ""
}

// Views are the tabs above the list. A key is nobody, and has nothing of its own.
func (v *View) Views() []string {
	if v.Who.StaffID == "" {
		return []string{inbox.ViewUnassigned, inbox.ViewWaiting, inbox.ViewAll}
	}
	return []string{inbox.ViewMine, inbox.ViewUnassigned, inbox.ViewWaiting, inbox.ViewAll}
}

// Tab is the address of a view, with what else was chosen.
func (p ticketsPage) Tab(view string) string {
	q := url.Values{"view": {view}}
	for _, name := range []string{"channel", "kind", "label", "contact"} {
		if value := p.kept.Get(name); value != "" {
			q.Set(name, value)
		}
	}
	return "?" + q.Encode()
}

// chosen reads the page's address.
func (v *View) chosenTickets() ticketsPage {
	page := ticketsPage{Contact: v.Query("contact"), Status: v.Query("status"), First: v.Query("cursor") == "", kept: url.Values{}}
	page.Filter = inbox.TicketFilter{View: v.Query("view"), Channel: v.Query("channel"), Kind: v.Query("kind"), Label: v.Query("label"), Sort: v.Query("sort")}
	if page.Filter.View == "" {
		page.Filter.View = inbox.ViewAll
	}
	if page.Status == "" || page.Filter.View != inbox.ViewAll {
		page.Status = "open"
	}
	if page.Status != "all" {
		page.Filter.Status = page.Status
	}
	page.Filter.Contact, page.Filter.Address = inbox.IDOr(page.Contact)
	for name, value := range map[string]string{
		"view": page.Filter.View, "status": page.Status, "channel": page.Filter.Channel, "kind": page.Filter.Kind,
		"label": page.Filter.Label, "sort": page.Filter.Sort, "contact": page.Contact,
	} {
		if value != "" {
			page.kept.Set(name, value)
		}
	}
	return page
}

func (v *View) readTickets() (ticketsPage, error) {
	page := v.chosenTickets()
	var err error
	page.List, err = listedFrom(v, page.Filter.Place, func(after inbox.Place, limit int) ([]inbox.Ticket, error) {
		return v.console.Inbox.Tickets(v.ctx(), v.Who, v.Team.ID, page.Filter, after, limit)
	})
	if err != nil {
		return page, err
	}
	if page.Next != nil {
		older := url.Values{"cursor": {*page.Next}}
		for name, value := range page.kept {
			older[name] = value
		}
		page.Older = "?" + older.Encode()
	}
	if page.Labels, err = v.console.Inbox.Labels(v.ctx(), v.Who, v.Team.ID); err != nil {
		return page, err
	}
	staff, err := v.colleagues()
	page.Staff = map[string]string{}
	for _, m := range staff {
		page.Staff[m.ID] = m.Name
		if m.Active {
			page.Team = append(page.Team, m)
		}
	}
	return page, err
}

// tickets is the team's inbox.
func (v *View) tickets() error {
	page, err := v.readTickets()
	if err != nil {
		return err
	}
	page.Undo = v.undone()
	if changed, _ := strconv.Atoi(v.Query("changed")); changed > 0 && changed <= inbox.MaxAtOnce {
		page.changed(v, changed, v.undoable())
	}
	return v.Show("tickets.html", page)
}

// changed says that so many tickets are another by now, and offers to set back those
// of them that can be.
func (p *ticketsPage) changed(v *View, count int, all []inbox.Undo) {
	p.Undo = undoing{Said: v.T("tickets.changed", "N", count), All: all, Of: count, Next: v.Path + "?" + p.kept.Encode()}
}

// changeTickets closes several tickets, or hands them over, and tells of each that
// stays as it was.
func (v *View) changeTickets() error {
	to := v.Form("assignee")
	all, err := v.console.Inbox.ChangeTickets(v.ctx(), v.Who, v.Team.ID, v.g.PostFormArray("tickets"), func(_ inbox.Ticket, c *inbox.TicketChange) error {
		switch v.Form("do") {
		case "assign":
			if c.Assignee = &to; to == "" {
				c.Assignee = nil
			}
		case "close":
			c.Status = "closed"
		case "close_unsolved":
			c.Status, c.Resolved = "closed", new(bool)
		default:
			return settings.Refuse("do", "not_one_of", "List", []string{"assign", "close", "close_unsolved"})
		}
		return nil
	})
	said, refused := v.refusal(err)
	if err != nil && !refused {
		return err
	}
	page, failed := v.readTickets()
	if failed != nil {
		return failed
	}
	page.Fault = said
	var undo []inbox.Undo
	changed := 0
	for _, one := range all {
		if one.Err == nil {
			changed++
			if one.Ticket.Undo != nil {
				undo = append(undo, *one.Ticket.Undo)
			}
			continue
		}
		why, ok := v.refusal(one.Err)
		if !ok {
			return one.Err
		}
		page.Refused = append(page.Refused, refusedTicket{page.called(one.ID), why})
	}
	if changed > 0 {
		page.changed(v, changed, undo)
	}
	if err != nil || len(page.Refused) > 0 {
		return v.ShowFault("tickets.html", page)
	}
	gone, err := v.goUndo(page.Undo.Next+"&changed="+strconv.Itoa(changed), undo)
	if gone || err != nil {
		return err
	}
	return v.Show("tickets.html", page)
}

// called is a ticket as people name it.
func (p ticketsPage) called(id string) string {
	for _, t := range p.Items {
		if t.ID == id {
			return "#" + strconv.FormatInt(t.Number, 10) + " " + t.Name
		}
	}
	return id
}

// Waited is for how long somebody has waited, in words.
func (v *View) Waited(since *time.Time) string {
	if since == nil {
		return ""
	}
	switch waited := v.now.Sub(*since); {
	case waited < time.Hour:
		return v.T("tickets.waits_minutes", "N", max(0, int(waited.Minutes())))
	case waited < 24*time.Hour:
		return v.T("tickets.waits_hours", "N", int(waited.Hours()))
	default:
		return v.T("tickets.waits_days", "N", int(waited.Hours()/24))
	}
}

// Ahead reports whether a time is still to come.
func (v *View) Ahead(at *time.Time) bool { return at != nil && at.After(v.now) }

// Unread is how many tickets have something that whoever asks has not read, as one
// shows it; empty: none, or it cannot be said now, for which no page is missing.
func (v *View) Unread() string {
	count := 0
	if v.Who.MayCall("list-tickets") {
		count = v.railCounts().Unread
	}
	switch {
	case count == 0:
		return ""
	case count >= inbox.MaxUnread:
		return strconv.Itoa(inbox.MaxUnread-1) + "+"
	}
	return strconv.Itoa(count)
}

// colleague is one of the staff as lists name them.
type colleague struct {
	ID, Name string
	Active   bool
}

// colleagues are those who can have the team's tickets, and those who could;
// nobody, when one may not know.
func (v *View) colleagues() ([]colleague, error) {
	if !v.Who.MayCall("list-advisors") {
		return nil, nil
	}
	list, err := settings.ListAdvisors(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, "", most)
	found := make([]colleague, 0, len(list))
	for _, m := range list {
		found = append(found, colleague{m.ID, m.Name, m.Active})
	}
	return found, err
}
