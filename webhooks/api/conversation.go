package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
)

func (r routes) conversations(api huma.API) {
	begin := Op("begin-conversation", http.MethodPost, "/teams/{team}/conversations", http.StatusCreated, "Write to somebody who need not have written before")
	begin.Description = "By SMS, or on WhatsApp, which more than 24 hours after their last message takes a template alone. Where a ticket is open with them, the conversation goes on there. " +
		"Who began it, when and on which channel stands on the timeline. 409 when they cannot or must not be written to, with the reason as the code: " +
		"opted_out, blocked, unreachable, own_number, country_not_allowed, no_sender, whatsapp_window_closed, template_not_approved."
	huma.Register(api, begin, r.beginConversation)
}

type conversationBody struct {
	OfTeam
	Once
	Body inbox.Conversation
}

func (r routes) beginConversation(ctx context.Context, in *conversationBody) (*Answer[inbox.Conversed], error) {
	return Answered(r.Inbox.Converse(ctx, caller(ctx), in.Team, in.Key, in.Body))
}

// template is how the API describes inbox.Template.
type template inbox.Template

// Schema says both ways of writing it.
func (template) Schema(huma.Registry) *huma.Schema {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: doc} }
	return &huma.Schema{
		Description: "An approved template: its name, or its name with its language and what fills it",
		OneOf: []*huma.Schema{text("Its name at Meta, or Twilio's ContentSid"), {
			Type: huma.TypeObject, Required: []string{"name"}, AdditionalProperties: false,
			Properties: map[string]*huma.Schema{
				"name": text("At Meta, or Twilio's ContentSid"), "language": text("As Meta writes it, such as en_US; left out: en"),
				"values": {Type: huma.TypeArray, Items: text(""), Description: "What fills {{1}}, {{2}}, … of its text"},
			},
		}},
	}
}
