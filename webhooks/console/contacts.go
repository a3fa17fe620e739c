package console

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"ringback/webhooks/api"
)

// contact is a customer as the pages show them.
type contact struct {
	ID, Name, Language string
	Blocked            bool
	OptedOut           bool `json:"opted_out"`
	Addresses          []address
	CreatedAt          time.Time `json:"created_at"`
	UpdatedAt          time.Time `json:"updated_at"`
}

type address struct {
	Kind        string `json:"kind"`
	Address     string `json:"address"`
	Unreachable bool   `json:"unreachable"`
}

type contactsPage struct {
	Items    []contact
	Search   string
	Next     *string
	Older    string
	New      contact // what was typed into the form for a new one
	Faults   map[string]string
	Fault    string
	Lines    []api.Fault // of a list that was refused
	Imported *imported
}

type imported struct {
	Lines, Created, Updated int
	OptedOut                int `json:"opted_out"`
}

func (v *View) readContacts() (contactsPage, error) {
	page := contactsPage{Search: v.Query("q")}
	asked := url.Values{"limit": {"50"}}
	if page.Search != "" {
		asked.Set("q", page.Search)
	}
	if cursor := v.Query("cursor"); cursor != "" {
		asked.Set("cursor", cursor)
	}
	if err := v.Get(v.In("/contacts?"+asked.Encode()), &page); err != nil {
		return page, err
	}
	if page.Next != nil {
		page.Older = "?" + url.Values{"cursor": {*page.Next}}.Encode()
	}
	return page, nil
}

// contacts is the customers that the team has met.
func (v *View) contacts() error {
	page, err := v.readContacts()
	if err != nil {
		return err
	}
	return v.Show("contacts.html", page)
}

// addContact adds one by hand.
func (v *View) addContact() error {
	typed := contact{Name: v.Form("name"), Addresses: []address{{Kind: "phone", Address: v.Form("address")}}}
	var made contact
	err := v.Send(http.MethodPost, v.In("/contacts"), map[string]any{"name": typed.Name, "addresses": []map[string]string{
		{"kind": "phone", "address": v.Form("address")},
	}}, &made)
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/contacts/" + made.ID)
	}
	faults, ok := v.Faults(err)
	if !ok {
		return err
	}
	page, err := v.readContacts()
	if err != nil {
		return err
	}
	page.New, page.Faults = typed, faults
	return v.ShowFault("contacts.html", page)
}

const listLimit = 6 << 20

// importContacts takes a list from a file: all of it, or nothing and why.
func (v *View) importContacts() error {
	v.g.Request.Body = http.MaxBytesReader(v.g.Writer, v.g.Request.Body, listLimit)
	file, _, err := v.g.Request.FormFile("list")
	if err != nil {
		return api.NewProblem(http.StatusBadRequest, v.T("contacts.no_file"))
	}
	defer func() { _ = file.Close() }() // it was only read
	var done imported
	err = v.Upload(v.In("/contacts/import"), "text/csv", file, &done)
	var refused *api.Problem
	if err != nil && (!errors.As(err, &refused) || refused.Status >= http.StatusInternalServerError) {
		return err
	}
	page, err := v.readContacts()
	if err != nil {
		return err
	}
	if refused != nil {
		page.Fault, page.Lines = refused.Detail, refused.Errors
		return v.ShowFault("contacts.html", page)
	}
	page.Imported = &done
	return v.Show("contacts.html", page)
}

// consentsFile is the evidence of who opted out, as a file.
func (v *View) consentsFile() error {
	return v.pass(v.In("/consents.csv"), nil)
}
