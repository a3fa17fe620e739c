package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"ringback/settings"
	"ringback/webhooks/dossier"
	"ringback/webhooks/web/limit"
)

func (r routes) people(api huma.API) {
	export := Op("export-contact", http.MethodGet, "/contacts/{id}/export", http.StatusOK,
		"All that the company knows of a customer: JSON, a page to read, and their files, as one zip")
	export.Responses = map[string]*huma.Response{"200": {
		Description: "OK", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
	}}
	huma.Register(api, export, r.exportContact)
	erase := Op("erase-contact", http.MethodDelete, "/contacts/{id}", http.StatusAccepted, "Erase a customer")
	erase.Description = "Whatever says who they were or what they said goes at once; their files go soon after, from our store and from Twilio. " +
		"What counts in figures stays, as somebody's whom nobody knows. So does an opt-out, by a digest of their number. It cannot be taken back. " +
		"Erasing who was erased already changes nothing."
	huma.Register(api, erase, r.eraseContact)
}

type contactPath struct {
	ID string `path:"id"`
}

func (r routes) exportContact(ctx context.Context, in *contactPath) (*huma.StreamResponse, error) {
	who := caller(ctx)
	company, err := settings.FindCompany(ctx, r.DB, who.CompanyID)
	if err != nil {
		return nil, err
	}
	d, err := dossier.Of(ctx, r.Inbox, who, company.Name, in.ID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		limit.TakeTime(humagin.Unwrap(c).Writer, dossier.Patience)
		d.Head(c.SetHeader)
		d.Write(c.Context(), c.BodyWriter())
	}}, nil
}

func (r routes) eraseContact(ctx context.Context, in *contactPath) (*Nothing, error) {
	return &Nothing{}, r.Inbox.EraseContact(ctx, caller(ctx), in.ID)
}
