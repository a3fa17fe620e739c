package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/settings"
)

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
	huma.Register(api, Op("settle-refusal", http.MethodPost, path+"/{id}/refusal", http.StatusOK,
		"Say whether a customer who may have asked for no more texts did"), r.settleRefusal)
	huma.Register(api, importOp(path+"/import"), r.importContacts)
	huma.Register(api, Op("contact-consents", http.MethodGet, path+"/{id}/consents", http.StatusOK,
		"When and how a customer opted out and in"), r.contactConsents)
	timeline := Op("contact-timeline", http.MethodGet, "/contacts/{id}/timeline", http.StatusOK, "What happened between a customer and the teams that you see, the newest first")
	timeline.Description = "Messages, calls, what became of tickets and requests, notes, opt-outs and blocks, of all teams within reach that have met them. " +
		"Why they got an automated message or none is told by their decisions."
	huma.Register(api, timeline, r.contactTimeline)
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
	who := caller(ctx)
	switch {
	case in.Q != "" && in.Address != "":
		return nil, settings.Refuse("q", "beside_address")
	case in.Q != "" && in.Cursor != "":
		return nil, settings.Refuse("cursor", "one_page")
	case in.Q != "":
		found, err := r.Inbox.SearchContacts(ctx, who, in.Team, in.Q, in.Limit)
		return Answered(List[contacts.Card]{Items: found}, err)
	}
	_, address := inbox.IDOr(in.Address)
	return Listed(in.Page, func(c contacts.Card) string { return c.ID }, func(before string, limit int) ([]contacts.Card, error) {
		return r.Inbox.Contacts(ctx, who, in.Team, address, before, limit)
	})
}

type newContact struct {
	Team string `path:"team"`
	JSON
}

func (r routes) createContact(ctx context.Context, in *newContact) (*tagged[contacts.Card], error) {
	var c contacts.Card
	if err := in.Onto(&c); err != nil {
		return nil, err
	}
	return withTag(r.Inbox.AddContact(ctx, caller(ctx), in.Team, c))
}

func (r routes) getContact(ctx context.Context, in *TicketPath) (*tagged[contacts.Card], error) {
	return withTag(r.Inbox.Contact(ctx, caller(ctx), in.Team, in.ID))
}

type timelineQuery struct {
	ID string `path:"id"`
	Page
}

func (r routes) contactTimeline(ctx context.Context, in *timelineQuery) (*Answer[List[inbox.Entry]], error) {
	return ListedFrom(in.Page, inbox.Entry.Place, func(after inbox.Place, limit int) ([]inbox.Entry, error) {
		return r.Inbox.ContactTimeline(ctx, caller(ctx), in.ID, after, limit)
	})
}

func (r routes) changeContact(ctx context.Context, in *bodyOfOne) (*tagged[contacts.Card], error) {
	return withTag(r.Inbox.ChangeContact(ctx, caller(ctx), in.Team, in.ID, func(c *contacts.Card) error {
		if err := in.holds(*c); err != nil {
			return err
		}
		return in.Onto(c)
	}))
}

type refusalBody struct {
	TicketPath
	Body struct {
		Meant bool `json:"meant" doc:"True: they want no more automatic texts, and are opted out with their own words as evidence. False: they did not mean that, and get them again"`
	}
}

func (r routes) settleRefusal(ctx context.Context, in *refusalBody) (*Answer[contacts.Card], error) {
	return Answered(r.Inbox.SettleRefusal(ctx, caller(ctx), in.Team, in.ID, in.Body.Meant))
}

type mergeBody struct {
	TicketPath
	Body struct {
		Into string `json:"into,omitempty" maxLength:"36" doc:"Id of the contact that stays"`
		From string `json:"from,omitempty" maxLength:"36" doc:"Id of the contact that goes; one of the two"`
	}
}

func (r routes) mergeContact(ctx context.Context, in *mergeBody) (*Answer[contacts.Card], error) {
	return Answered(r.Inbox.MergeContact(ctx, caller(ctx), in.Team, in.ID, in.Body.Into, in.Body.From))
}
