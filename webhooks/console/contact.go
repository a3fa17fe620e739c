package console

import (
	"net/url"
	"strings"

	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/webhooks/web/i18n"
)

type contactPage struct {
	Words string // evidence that was typed and not taken
	contacts.Card
	Open   []inbox.OpenTicket
	Story  []scene         // the newest first
	Older  string          // where the rest of it is; empty: nowhere
	Claims []inbox.Ticket  // not proven to be theirs
	Others []contacts.Card // found to be merged with
	Search string
	Fault  string
	Faults map[string]string
}

// First is the first of the contact's addresses, by which one without a name is called.
func (c contactPage) First() string {
	if len(c.Addresses) == 0 {
		return ""
	}
	return c.Addresses[0].Address
}

// visitors is the kind of the marks by which the website's chat knows its visitors,
// which nobody types.
const visitors = "visitor"

// Lines are the contact's addresses as a text of lines, but for marks of visitors.
func (c contactPage) Lines() string {
	var lines []string
	for _, a := range c.Addresses {
		line := a.Address
		if a.Kind == visitors {
			continue
		}
		if a.Kind != "phone" {
			line = a.Kind + ":" + a.Address
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// addressesOf reads the lines again.
func addressesOf(lines string) contacts.AddressList {
	read := contacts.AddressList{}
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		kind, rest, found := strings.Cut(line, ":")
		if !found {
			kind, rest = "phone", line
		}
		read = append(read, contacts.Address{Kind: kind, Address: rest})
	}
	return read
}

// Languages that a contact may have, in the reader's order.
func (contactPage) Languages() []string { return i18n.Tags }

func (v *View) readContact(id string) (contactPage, error) {
	var page contactPage
	var err error
	desk, ctx := v.console.Inbox, v.ctx()
	if page.Card, err = desk.Contact(ctx, v.Who, v.Team.ID, id); err != nil {
		return page, err
	}
	if v.Who.MayCall("contact-timeline") {
		if err := v.readStory(&page); err != nil {
			return page, err
		}
	}
	if v.Who.MayCall("list-tickets") {
		if page.Open, err = desk.OpenTickets(ctx, v.Who, id); err != nil {
			return page, err
		}
		if page.Claims, err = desk.Tickets(ctx, v.Who, v.Team.ID, inbox.TicketFilter{Claimed: id}, inbox.Place{}, 20); err != nil {
			return page, err
		}
	}
	if page.Search = v.Query("merge"); page.Search != "" {
		found, err := desk.SearchContacts(ctx, v.Who, v.Team.ID, page.Search, 10)
		if err != nil {
			return page, err
		}
		for _, c := range found {
			if c.ID != id {
				page.Others = append(page.Others, c)
			}
		}
	}
	return page, nil
}

// readStory reads a page of what happened with the customer.
func (v *View) readStory(page *contactPage) error {
	list, err := listedFrom(v, inbox.Entry.Place, func(after inbox.Place, limit int) ([]inbox.Entry, error) {
		return v.console.Inbox.ContactTimeline(v.ctx(), v.Who, page.ID, after, limit)
	})
	if err != nil {
		return err
	}
	staff, err := v.colleagues()
	names := map[string]string{}
	for _, m := range staff {
		names[m.ID] = m.Name
	}
	for _, e := range list.Items {
		one := scene{Entry: e, Assignee: assignee(e, names)}
		if e.Ticket != nil {
			one.Home = v.ticketHome(e.Team, *e.Ticket)
		}
		page.Story = append(page.Story, one)
	}
	if list.Next != nil {
		page.Older = "?" + url.Values{"cursor": {*list.Next}}.Encode()
	}
	return err
}

// contact is one customer.
func (v *View) contact() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	page, err := v.readContact(id)
	if err != nil {
		return err
	}
	return v.Show("contact.html", page)
}

// changeContact saves the form; what is refused stays typed.
func (v *View) changeContact() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	typed := contacts.Card{
		ID: id, Name: v.Form("name"), Language: v.Form("language"), OptedOut: v.Form("opted_out") != "",
		Words: v.Form("words"), Addresses: addressesOf(v.Form("addresses")),
	}
	for n := range typed.Addresses {
		a := &typed.Addresses[n]
		if a.Kind != "phone" {
			continue
		}
		if a.Address, err = v.dialed(v.Team.ID, a.Address); err != nil {
			return err
		}
	}
	_, err = v.console.Inbox.ChangeContact(v.ctx(), v.Who, v.Team.ID, id, func(c *contacts.Card) error {
		typed.Blocked = c.Blocked // that has a button of its own
		for _, a := range c.Addresses {
			if a.Kind == visitors {
				typed.Addresses = append(typed.Addresses, a)
			}
		}
		*c = typed
		return nil
	})
	if err == nil {
		return v.goSaved("/teams/"+v.Team.ID+"/contacts/"+id, "details")
	}
	faults, ok := v.Faults(err)
	if !ok {
		return err
	}
	page, err := v.readContact(id)
	if err != nil {
		return err
	}
	typed.CreatedAt = page.CreatedAt
	page.Card, page.Faults, page.Words = typed, byForm(faults), typed.Words
	return v.ShowFault("contact.html", page)
}

// byForm brings the faults of single addresses to the one box they stand in.
func byForm(faults map[string]string) map[string]string {
	for field, words := range faults {
		if strings.HasPrefix(field, "addresses") {
			faults["addresses"] = words
		}
	}
	return faults
}

// blockContact blocks a customer or lets them through again, in one press.
func (v *View) blockContact() error {
	id, err := v.ID()
	if err == nil {
		err = v.block(id)
	}
	return v.afterContact(id, "blocking", err)
}

func (v *View) block(id string) error {
	_, err := v.console.Inbox.ChangeContact(v.ctx(), v.Who, v.Team.ID, id, func(c *contacts.Card) error {
		c.Blocked = v.Form("blocked") == "yes"
		return nil
	})
	return err
}

// mergeContact makes one of two that are one person; the one shown stays.
func (v *View) mergeContact() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	_, err = v.console.Inbox.MergeContact(v.ctx(), v.Who, v.Team.ID, id, "", v.Form("from"))
	return v.afterContact(id, "merging", err)
}

// afterContact shows the customer again, with what was refused.
func (v *View) afterContact(id, part string, err error) error {
	if err == nil {
		return v.goSaved("/teams/"+v.Team.ID+"/contacts/"+id, part)
	}
	said, refused := v.refusal(err)
	if !refused {
		return err
	}
	page, err := v.readContact(id)
	if err != nil {
		return err
	}
	page.Fault = said
	return v.ShowFault("contact.html", page)
}
