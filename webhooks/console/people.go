package console

import (
	"net/url"
	"strconv"

	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/webhooks/dossier"
	"ringback/webhooks/web/limit"
)

// exportContact is all that is known of a customer, as a file.
func (v *View) exportContact() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	d, err := dossier.Of(v.ctx(), v.console.Inbox, v.Who, v.Company, id)
	if err != nil {
		return err
	}
	limit.TakeTime(v.g.Writer, dossier.Patience)
	d.Head(v.g.Header)
	d.Write(v.ctx(), v.g.Writer)
	return nil
}

// eraseContact erases a customer, whom the page has asked about first.
func (v *View) eraseContact() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.console.Inbox.EraseContact(v.ctx(), v.Who, id); err != nil {
		return err
	}
	left, _, err := v.console.Inbox.FilesLeft(v.ctx(), v.Who, id)
	if err != nil {
		return err
	}
	return v.Go("/teams/" + v.Team.ID + "/contacts?" + url.Values{"erased": {id}, "of": {strconv.Itoa(left.Waiting)}}.Encode())
}

// erasing is how far the erasure of a customer is that the address names.
type erasing struct {
	contacts.FilesLeft
	Of, Gone int  // files, as far as they were there when the page was first looked at
	Known    bool // by that id somebody was erased
	Again    string
}

// readErasing is nil unless the address names somebody.
func (v *View) readErasing() (*erasing, error) {
	id := v.Query("erased")
	if !settings.IsID(id) {
		return nil, nil
	}
	left, known, err := v.console.Inbox.FilesLeft(v.ctx(), v.Who, id)
	if err != nil {
		return nil, err
	}
	of, _ := strconv.Atoi(v.Query("of")) // of none that can be read: what is left
	e := &erasing{FilesLeft: left, Of: max(of, left.Waiting+left.GivenUp), Known: known}
	e.Gone = e.Of - left.Waiting - left.GivenUp
	e.Again = "?" + url.Values{"erased": {id}, "of": {strconv.Itoa(e.Of)}}.Encode()
	return e, nil
}
