package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/contacts"
	"ringback/settings"
)

const contactAt = contacts.At

func (r routes) contacts(api huma.API) {
	const path = "/teams/{team}/contacts"
	huma.Register(api, Op("list-contacts", http.MethodGet, path, http.StatusOK, "The customers that the team has met"), r.listContacts)
	huma.Register(api, Takes[contacts.Card](api,
		Op("create-contact", http.MethodPost, path, http.StatusCreated, "Add a customer")), r.createContact)
	huma.Register(api, Op("get-contact", http.MethodGet, path+"/{id}", http.StatusOK, "One customer"), r.getContact)
	huma.Register(api, Changes[contacts.Card](api,
		Op("change-contact", http.MethodPatch, path+"/{id}", http.StatusOK, "Change a customer: name, language, block, opt-out, addresses")), r.changeContact)
	huma.Register(api, Op("merge-contact", http.MethodPost, path+"/{id}/merge", http.StatusOK,
		"Make one customer of two that are one person; answers the one that stays"), r.mergeContact)
	huma.Register(api, importOp(path+"/import"), r.importContacts)
	huma.Register(api, Op("contact-consents", http.MethodGet, path+"/{id}/consents", http.StatusOK,
		"When and how a customer opted out and in"), r.contactConsents)
	huma.Register(api, Op("list-consents", http.MethodGet, "/teams/{team}/consents", http.StatusOK,
		"When and how the team's customers opted out and in"), r.listConsents)
	huma.Register(api, csvOp("export-consents", "/teams/{team}/consents.csv", "The same as a file"), r.exportConsents)
}

type contactsQuery struct {
	Team string `path:"team"`
	Page
	Address string `query:"address" maxLength:"200" doc:"The whole address"`
	Q       string `query:"q" maxLength:"200" doc:"The beginning of a name, a last name or a phone number. The hits come by name, and are one page: say more to see fewer"`
}

func (r routes) listContacts(ctx context.Context, in *contactsQuery) (*Answer[List[contacts.Card]], error) {
	company := caller(ctx).CompanyID
	switch {
	case in.Q != "" && in.Address != "":
		return nil, settings.Refuse("q", "beside_address")
	case in.Q != "" && in.Cursor != "":
		return nil, settings.Refuse("cursor", "one_page")
	case in.Q != "":
		found, err := contacts.Search(ctx, r.DB, company, in.Team, in.Q, in.Limit)
		return Answered(List[contacts.Card]{Items: found}, err)
	}
	_, address := idOr(in.Address)
	return Listed(in.Page, func(c contacts.Card) string { return c.ID }, func(before string, limit int) ([]contacts.Card, error) {
		return contacts.List(ctx, r.DB, company, in.Team, address, before, limit)
	})
}

type newContact struct {
	Team string `path:"team"`
	JSON
}

func (r routes) createContact(ctx context.Context, in *newContact) (*Answer[contacts.Card], error) {
	var c contacts.Card
	if err := in.Onto(&c); err != nil {
		return nil, err
	}
	err := r.inTx(ctx, func(tx *sqlx.Tx) (err error) {
		c, err = contacts.Create(ctx, tx, r.scribe(ctx, in.Team), c)
		return err
	})
	return Answered(c, err)
}

func (r routes) getContact(ctx context.Context, in *TicketPath) (*Answer[contacts.Card], error) {
	return Answered(contacts.Find(ctx, r.DB, caller(ctx).CompanyID, in.Team, in.ID))
}

type contactBody struct {
	TicketPath
	JSON
}

func (r routes) changeContact(ctx context.Context, in *contactBody) (*Answer[contacts.Card], error) {
	var c contacts.Card
	err := r.inTx(ctx, func(tx *sqlx.Tx) (err error) {
		c, err = contacts.Change(ctx, tx, r.scribe(ctx, in.Team), in.ID, func(c *contacts.Card) error { return in.Onto(c) })
		return err
	})
	return Answered(c, err)
}

type mergeBody struct {
	TicketPath
	Body struct {
		Into string `json:"into,omitempty" maxLength:"36" doc:"Id of the contact that stays"`
		From string `json:"from,omitempty" maxLength:"36" doc:"Id of the contact that goes; one of the two"`
	}
}

func (r routes) mergeContact(ctx context.Context, in *mergeBody) (*Answer[contacts.Card], error) {
	from, into, field := in.ID, in.Body.Into, "into"
	if in.Body.From != "" {
		from, into, field = in.Body.From, in.ID, "from"
	}
	other := in.Body.Into + in.Body.From
	switch {
	case (in.Body.Into == "") == (in.Body.From == ""):
		return nil, settings.Refuse("into", "merge_who")
	case other == in.ID:
		return nil, settings.Refuse(field, "merge_self")
	}
	if err := checkID(field, other); err != nil {
		return nil, err
	}
	return Answered(contacts.Merge(ctx, r.DB, r.scribe(ctx, in.Team), from, into))
}

// scribe is who asks, as the gateway's records name them.
func (r routes) scribe(ctx context.Context, team string) contacts.Actor {
	p := caller(ctx)
	return contacts.Actor{CompanyID: p.CompanyID, TeamID: team, Who: p.Who, StaffID: p.StaffID, At: r.Clock.Now()}
}

func (r routes) inTx(ctx context.Context, do func(*sqlx.Tx) error) error {
	tx, err := r.DB.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
