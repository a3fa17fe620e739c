package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ringback/webhooks/api"
	"ringback/webhooks/web/i18n"
)

// consent is one line of evidence: an opt-out or an opt-in.
type consent struct {
	At                 time.Time
	OptedOut           bool `json:"opted_out"`
	Source, Words, Who string
	Sender             *string
}

type contactPage struct {
	Words string // evidence that was typed and not taken
	contact
	Consents []consent
	Tickets  []ticket
	Others   []contact // found to be merged with
	Search   string
	Saved    bool
	Fault    string
	Faults   map[string]string
}

// Lines are the contact's addresses as a text of lines.
func (c contact) Lines() string {
	var lines []string
	for _, a := range c.Addresses {
		line := a.Address
		if a.Kind != "phone" {
			line = a.Kind + ":" + a.Address
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// addressesOf reads the lines again.
func addressesOf(lines string) []address {
	read := []address{}
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		kind, rest, found := strings.Cut(line, ":")
		if !found {
			kind, rest = "phone", line
		}
		read = append(read, address{Kind: kind, Address: rest})
	}
	return read
}

// Languages that a contact may have, in the reader's order.
func (contactPage) Languages() []string { return i18n.Tags }

func (v *View) readContact(id string) (contactPage, error) {
	var page contactPage
	if err := v.Get(v.In("/contacts/"+id), &page.contact); err != nil {
		return page, err
	}
	var evidence struct{ Items []consent }
	if err := v.Get(v.In("/contacts/"+id+"/consents"), &evidence); err != nil {
		return page, err
	}
	var theirs struct{ Items []ticket }
	if err := v.Get(v.In("/tickets?limit=20&contact="+id), &theirs); err != nil {
		return page, err
	}
	page.Consents, page.Tickets = evidence.Items, theirs.Items
	if page.Search = v.Query("merge"); page.Search != "" {
		var found struct{ Items []contact }
		if err := v.Get(v.In("/contacts?limit=10&q="+url.QueryEscape(page.Search)), &found); err != nil {
			return page, err
		}
		for _, c := range found.Items {
			if c.ID != id {
				page.Others = append(page.Others, c)
			}
		}
	}
	return page, nil
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
	page.Saved = v.Query("saved") != ""
	return v.Show("contact.html", page)
}

// changeContact saves the form; what is refused stays typed.
func (v *View) changeContact() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	typed := contact{
		ID: id, Name: v.Form("name"), Language: v.Form("language"), Blocked: v.Form("blocked") != "", OptedOut: v.Form("opted_out") != "",
		Addresses: addressesOf(v.Form("addresses")),
	}
	change := map[string]any{
		"name": typed.Name, "language": typed.Language, "blocked": typed.Blocked, "opted_out": typed.OptedOut,
	}
	addresses := []map[string]string{}
	for _, a := range typed.Addresses {
		addresses = append(addresses, map[string]string{"kind": a.Kind, "address": a.Address})
	}
	change["addresses"] = addresses
	if said := v.Form("words"); said != "" {
		change["words"] = said
	}
	err = v.Send(http.MethodPatch, v.In("/contacts/"+id), change, nil)
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/contacts/" + id + "?saved=1")
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
	page.contact, page.Faults, page.Words = typed, byForm(faults), v.Form("words")
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

// mergeContact makes one of two that are one person; the one shown stays.
func (v *View) mergeContact() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	err = v.Send(http.MethodPost, v.In("/contacts/"+id+"/merge"), map[string]string{"from": v.Form("from")}, nil)
	var refused *api.Problem
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/contacts/" + id + "?saved=1")
	}
	if !errors.As(err, &refused) || refused.Status >= http.StatusInternalServerError {
		return err
	}
	page, err := v.readContact(id)
	if err != nil {
		return err
	}
	page.Fault = refused.Detail
	return v.ShowFault("contact.html", page)
}
