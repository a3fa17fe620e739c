package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
)

func importOp(path string) huma.Operation {
	op := Op("import-contacts", http.MethodPost, path, http.StatusOK,
		"Add a list of customers: all of it, or nothing when a line is wrong")
	op.Description = "Text in UTF-8, comma- or semicolon-separated, at most 5 MB. The first line names the columns: " +
		"`phone` (in E.164 form), `name`, `language`, `opted_out` (yes or no). " +
		"A number that is known keeps what the line leaves empty; customers of other teams are left alone, but for their opting out. `no` opts nobody in."
	op.MaxBodyBytes = inbox.MaxList
	op.BodyReadTimeout = time.Minute
	return op
}

// csvOp describes a route that answers with a file of comma-separated values.
func csvOp(id, path, summary string) huma.Operation {
	op := Op(id, http.MethodGet, path, http.StatusOK, summary)
	op.Responses = map[string]*huma.Response{"200": {
		Description: "OK",
		Content:     map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	return op
}

type contactList struct {
	Team    string `path:"team"`
	RawBody []byte `contentType:"text/csv"`
}

func (r routes) importContacts(ctx context.Context, in *contactList) (*Answer[contacts.Imported], error) {
	return Answered(r.Inbox.ImportContacts(ctx, caller(ctx), in.Team, in.RawBody))
}

type consentsOfTeam struct {
	Team string `path:"team"`
	Page
}

type consentsOfOne struct {
	TicketPath
	Page
}

func (r routes) listConsents(ctx context.Context, in *consentsOfTeam) (*Answer[List[contacts.Evidence]], error) {
	return r.consents(ctx, in.Team, "", in.Page)
}

func (r routes) contactConsents(ctx context.Context, in *consentsOfOne) (*Answer[List[contacts.Evidence]], error) {
	return r.consents(ctx, in.Team, in.ID, in.Page)
}

func (r routes) consents(ctx context.Context, team, contact string, page Page) (*Answer[List[contacts.Evidence]], error) {
	return Listed(page, func(e contacts.Evidence) string { return e.ID }, func(before string, limit int) ([]contacts.Evidence, error) {
		return r.Inbox.Consents(ctx, caller(ctx), team, contact, before, limit)
	})
}

type exportPath struct {
	Team string `path:"team"`
}

func (r routes) exportConsents(ctx context.Context, in *exportPath) (*huma.StreamResponse, error) {
	return streamed(ConsentsFile(ctx, r.Inbox, caller(ctx), in.Team))
}
