package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
)

func (r routes) notes(api huma.API) {
	write := Op("write-note", http.MethodPost, "/teams/{team}/tickets/{id}/notes", http.StatusCreated, "Write a note for the staff on a ticket")
	write.Description = "No customer ever gets it, and webhooks do not tell of it. Whoever it names with an @ is told, as they chose on their page of notices."
	huma.Register(api, write, r.writeNote)
}

type noteBody struct {
	TicketPath
	Once
	Body inbox.NewNote
}

func (r routes) writeNote(ctx context.Context, in *noteBody) (*Answer[inbox.Noted], error) {
	return Answered(r.Inbox.Note(ctx, caller(ctx), in.Team, in.ID, in.Key, in.Body))
}
