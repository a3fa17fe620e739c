package api

import (
	"context"

	"ringback/gateway/inbox"
)

type searchQuery struct {
	Q     string `query:"q" required:"true" maxLength:"100" doc:"A name, which may be one letter off; a phone number, in full or as at home; words of a message or of a voicemail that was put down in writing, or their beginnings; a ticket's number, and with # before it nothing else"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"20" doc:"How many to answer with, of each kind"`
}

// search answers one page: say more to see fewer.
func (r routes) search(ctx context.Context, in *searchQuery) (*Answer[List[inbox.Found]], error) {
	items, err := r.Inbox.Search(ctx, caller(ctx), in.Q, in.Limit)
	return Answered(List[inbox.Found]{Items: items}, err)
}
