package console

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/webhooks/api"
)

type contactsPage struct {
	api.List[contacts.Card]
	Search   string
	Older    string
	New      contacts.Card // what was typed into the form for a new one
	Faults   map[string]string
	Fault    string
	Lines    []wrongLine // of a list that was refused
	Imported *contacts.Imported
	Erasing  *erasing // of one of them, just now
}

// wrongLine is what is wrong with one line of a list.
type wrongLine struct{ Field, Detail string }

func (v *View) readContacts() (contactsPage, error) {
	page := contactsPage{Search: v.Query("q")}
	var err error
	if page.Search != "" {
		page.Items, err = v.console.Inbox.SearchContacts(v.ctx(), v.Who, v.Team.ID, page.Search, shown)
		return page, err
	}
	page.List, err = listed(v, func(c contacts.Card) string { return c.ID }, func(before string, limit int) ([]contacts.Card, error) {
		return v.console.Inbox.Contacts(v.ctx(), v.Who, v.Team.ID, "", before, limit)
	})
	if page.Next != nil {
		page.Older = "?" + url.Values{"cursor": {*page.Next}}.Encode()
	}
	return page, err
}

// contacts is the customers that the team has met.
func (v *View) contacts() error {
	page, err := v.readContacts()
	if err != nil {
		return err
	}
	if page.Erasing, err = v.readErasing(); err != nil {
		return err
	}
	return v.Show("contacts.html", page)
}

// addContact adds one by hand.
func (v *View) addContact() error {
	number, err := v.dialed(v.Team.ID, v.Form("address"))
	if err != nil {
		return err
	}
	typed := contacts.Card{Name: v.Form("name"), Addresses: contacts.AddressList{{Kind: "phone", Address: number}}}
	made, err := v.console.Inbox.AddContact(v.ctx(), v.Who, v.Team.ID, typed)
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
		return &problem{http.StatusBadRequest, v.T("contacts.no_file")}
	}
	defer func() { _ = file.Close() }() // it was only read
	list, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	done, err := v.console.Inbox.ImportContacts(v.ctx(), v.Who, v.Team.ID, list)
	said, refused := v.refusal(err)
	if err != nil && !refused {
		return err
	}
	page, failed := v.readContacts()
	if failed != nil {
		return failed
	}
	if refused {
		var wrong settings.Invalid
		_ = errors.As(err, &wrong) // a conflict has no lines
		for _, f := range wrong {
			page.Lines = append(page.Lines, wrongLine{v.placeInList(f.Field), v.fault(f)})
		}
		if page.Fault = said; len(page.Lines) > 0 {
			page.Fault = v.T("refusals.nothing_changed") // why stands at the form
		}
		return v.ShowFault("contacts.html", page)
	}
	page.Imported = &done
	return v.Show("contacts.html", page)
}

// placeInList is where in a list something is wrong: the API's "line 3, phone" in words.
func (v *View) placeInList(field string) string {
	var line int
	var column string
	switch n, _ := fmt.Sscanf(field, "line %d, %s", &line, &column); n {
	case 1:
		return v.T("contacts.line", "Line", line)
	case 2:
		return v.T("contacts.line_column", "Line", line, "Column", column)
	}
	return field
}

// consentsFile is the evidence of who opted out, as a file.
func (v *View) consentsFile() error {
	file, err := api.ConsentsFile(v.ctx(), v.console.Inbox, v.Who, v.Team.ID)
	if err != nil {
		return err
	}
	return v.file(file)
}

// file answers a file to be kept.
func (v *View) file(f api.File) error {
	f.Head(v.g.Header)
	f.Write(v.ctx(), v.g.Writer)
	return nil
}
