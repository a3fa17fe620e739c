package inbox

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/transaction"
)

// Contacts are the customers that a team has met, the newest first, from the
// one before that id on. Address is one of theirs, or empty.
func (d Desk) Contacts(ctx context.Context, who staff.Principal, team, address, before string, limit int) ([]contacts.Card, error) {
	return contacts.List(ctx, d.DB, who.CompanyID, team, address, before, limit)
}

// SearchContacts are those whose name, last name or phone number begins like
// that, by name; at most so many.
func (d Desk) SearchContacts(ctx context.Context, who staff.Principal, team, text string, limit int) ([]contacts.Card, error) {
	return contacts.Search(ctx, d.DB, who.CompanyID, team, text, limit)
}

// Contact is one customer that the team has met, or settings.ErrNotFound.
func (d Desk) Contact(ctx context.Context, who staff.Principal, team, id string) (contacts.Card, error) {
	return contacts.Find(ctx, d.DB, who.CompanyID, team, id)
}

// AddContact adds a customer.
func (d Desk) AddContact(ctx context.Context, who staff.Principal, team string, c contacts.Card) (contacts.Card, error) {
	err := transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) (err error) {
		c, err = contacts.Create(ctx, tx, d.actor(who, team), c)
		return err
	})
	return c, err
}

// ChangeContact runs the change of a customer and stores what comes of it.
func (d Desk) ChangeContact(ctx context.Context, who staff.Principal, team, id string, change func(*contacts.Card) error) (contacts.Card, error) {
	var c contacts.Card
	err := transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) (err error) {
		c, err = contacts.Change(ctx, tx, d.actor(who, team), id, change)
		return err
	})
	return c, err
}

// SettleRefusal says whether a customer who may have asked for no more texts did,
// as the doing of who says so.
func (d Desk) SettleRefusal(ctx context.Context, who staff.Principal, team, id string, meant bool) (contacts.Card, error) {
	var c contacts.Card
	err := transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) (err error) {
		c, err = contacts.SettleRefusal(ctx, tx, d.actor(who, team), id, meant)
		return err
	})
	return c, err
}

// MergeContact makes one customer of two that are one person: the one of that
// id goes into another, or another goes into it; one of the two is named. It
// returns the one that stays.
func (d Desk) MergeContact(ctx context.Context, who staff.Principal, team, id, into, from string) (contacts.Card, error) {
	goes, stays, field, other := id, into, "into", into+from
	if from != "" {
		goes, stays, field = from, id, "from"
	}
	switch {
	case (into == "") == (from == ""):
		return contacts.Card{}, settings.Refuse("into", "merge_who")
	case other == id:
		return contacts.Card{}, settings.Refuse(field, "merge_self")
	}
	if err := checkID(field, other); err != nil {
		return contacts.Card{}, err
	}
	return contacts.Merge(ctx, d.DB, d.actor(who, team), goes, stays)
}

// MaxList is how many bytes a list of customers may have.
const MaxList = 5 << 20

// ImportContacts adds a list of customers, which is text in UTF-8 of
// comma- or semicolon-separated values: all of it, or nothing.
func (d Desk) ImportContacts(ctx context.Context, who staff.Principal, team string, list []byte) (contacts.Imported, error) {
	if len(list) > MaxList {
		return contacts.Imported{}, settings.Refuse("", "list_large", "Count", MaxList>>20)
	}
	rows, err := contacts.ReadList(list)
	if err != nil {
		return contacts.Imported{}, err
	}
	return contacts.Import(ctx, d.DB, d.actor(who, team), rows)
}

// Consents is when and how the customers of a team opted out and in, the newest
// first, from the one before that id on. Contact is one of them, or empty.
func (d Desk) Consents(ctx context.Context, who staff.Principal, team, contact, before string, limit int) ([]contacts.Evidence, error) {
	if contact != "" {
		if _, err := contacts.Find(ctx, d.DB, who.CompanyID, team, contact); err != nil {
			return nil, err
		}
	}
	return contacts.ListEvidence(ctx, d.DB, who.CompanyID, team, contact, before, limit)
}
