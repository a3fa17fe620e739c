package console

import (
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
	return v.Go("/teams/" + v.Team.ID + "/contacts?erased=1")
}
