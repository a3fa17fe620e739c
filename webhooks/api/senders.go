package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/channels"
	"ringback/gateway/inbox"
	"ringback/settings"
)

func (r routes) senders(api huma.API) {
	const path = "/teams/{team}/senders"
	huma.Register(api, Op("list-senders", http.MethodGet, path, http.StatusOK, "The team's senders"), r.listSenders)
	huma.Register(api, Takes[sender](api,
		Op("create-sender", http.MethodPost, path, http.StatusCreated, "Give the team a sender")), r.createSender)
	huma.Register(api, Changes[sender](api,
		Op("change-sender", http.MethodPatch, path+"/{id}", http.StatusOK, "Change a sender")), r.changeSender)
	huma.Register(api, Op("list-templates", http.MethodGet, path+"/{id}/templates", http.StatusOK, "The WhatsApp templates at Meta, and what is wrong with those that automations name"), r.listTemplates)
	notes := Op("list-sender-notes", http.MethodGet, path+"/{id}/notes", http.StatusOK, "What the provider told of a sender that asked for nothing")
	notes.Description = "Such as its quality, its limit, its name, its templates and its account. What is about a WhatsApp business account as a whole stands at each sender that names it in business_account_id."
	huma.Register(api, notes, r.listSenderNotes)
	huma.Register(api, Op("delete-sender", http.MethodDelete, path+"/{id}", http.StatusNoContent, "Take a sender from the team"), r.deleteSender)
}

// sender is a sender as the API shows and takes it.
type sender struct {
	ID                string        `json:"id" readOnly:"true"`
	Kind              channels.Kind `json:"kind" enum:"sms,voice,whatsapp_twilio,whatsapp_cloud,webchat"`
	Address           string        `json:"address" maxLength:"100" doc:"A phone number in E.164 form or a short code; for webchat a site key"`
	MessagesPerSecond float64       `json:"messages_per_second" required:"false" doc:"Left out: by the kind of number"`
	OwnKeywords       bool          `json:"own_keywords" required:"false" doc:"STOP, START and HELP are answered by us, not by the provider"`
	Observe           bool          `json:"observe" required:"false" doc:"Take requests with a wrong signature, and count them"`
	Origins           []string      `json:"origins,omitempty" required:"false" maxItems:"50" doc:"Of a webchat: the websites that it stands on"`
	Color             string        `json:"color,omitempty" required:"false" maxLength:"7" doc:"Of a webchat: of its button, such as #1f6f4a"`
	Business          string        `json:"business_account_id,omitempty" required:"false" maxLength:"32" doc:"Of a whatsapp_cloud: its WhatsApp Business Account ID, by which its templates are found"`
	Service           string        `json:"messaging_service,omitempty" required:"false" maxLength:"34" doc:"Of an sms: the Messaging Service at Twilio that sends in its place, and picks RCS or a text"`
	Agent             string        `json:"rcs_agent,omitempty" required:"false" maxLength:"100" doc:"Of an sms with a Messaging Service: the RCS sender in it, without rcs: in front; what customers write to it comes to this sender"`
	LineTypes         bool          `json:"line_types" required:"false" doc:"Of a voice or an sms: Twilio Lookup is asked, once a number, what line a caller's is, or one's that is texted first, so that landlines are not texted. Each question costs money"`
	CallHours         bool          `json:"call_hours" required:"false" doc:"Of a whatsapp_cloud: the hours of calls that the number has at Meta follow the team's ring schedules and holidays"`
	PausedAt          *time.Time    `json:"paused_at" readOnly:"true" doc:"When the provider refused it; it is tried again by and by"`
	PausedFor         *string       `json:"paused_for" readOnly:"true" doc:"The provider's error code"`
	Paused            *bool         `json:"paused,omitempty" required:"false" writeOnly:"true" doc:"false: try it again at once"`
	Account           *credentials  `json:"account" required:"false" doc:"The provider's account; left out: the server's own"`
	CreatedAt         time.Time     `json:"created_at" readOnly:"true"`
	UpdatedAt         time.Time     `json:"updated_at" readOnly:"true"`

	CallHoursState *settings.CallHoursState `json:"call_hours_state,omitempty" readOnly:"true" doc:"Of a number whose hours of calls follow the schedules: how they stand at Meta"`

	Held []settings.TemplateState `json:"held_templates,omitempty" readOnly:"true" doc:"Templates that are not sent, because WhatsApp paused, rejected or disabled them or has not approved them yet"`

	Health *settings.Health `json:"health,omitempty" readOnly:"true"`

	Check *settings.SenderCheck `json:"check,omitempty" readOnly:"true" doc:"What its provider said when it was last asked whether it tells us what happens there; left out: it was not asked"`

	Paste []settings.Paste `json:"paste" readOnly:"true" nullable:"false" doc:"What has to be entered at the provider or on the website, and where"`
}

// credentials are taken whole and shown as their last four characters.
type credentials settings.Credentials

// Schema says that null stands for none.
func (credentials) Schema(r huma.Registry) *huma.Schema {
	return NullOr[settings.Credentials](r)
}

// shown is the senders as the API answers them.
func (r routes) shown(ctx context.Context, stored ...settings.Sender) ([]sender, error) {
	details, err := r.Vault.Details(ctx, r.DB, r.PublicURL(), stored...)
	views := make([]sender, len(details))
	for n, s := range details {
		views[n] = sender{
			ID: s.ID, Kind: s.Kind, Address: s.Address, MessagesPerSecond: s.Rate(),
			OwnKeywords: s.Settings.OwnKeywords, Observe: s.Settings.Observe,
			Origins: s.Settings.Origins, Color: s.Settings.Color, Business: s.Settings.Business, LineTypes: s.Settings.LineTypes, CallHours: s.Settings.CallHours, CallHoursState: s.CallHours, Service: s.Settings.Service, Agent: s.Settings.Agent,
			PausedAt: s.PausedAt, PausedFor: s.PausedFor, Account: (*credentials)(s.Credentials),
			CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt, Health: &s.Health, Held: s.Held, Check: s.Check, Paste: s.Paste,
		}
	}
	return views, err
}

// one is that sender as the API answers it.
func (r routes) one(ctx context.Context, stored settings.Sender) (sender, error) {
	views, err := r.shown(ctx, stored)
	if err != nil {
		return sender{}, err
	}
	return views[0], nil
}

func (r routes) listSenders(ctx context.Context, in *listOfTeam) (*Answer[List[sender]], error) {
	return Listed(in.Page, func(s sender) string { return s.ID }, func(before string, limit int) ([]sender, error) {
		stored, err := settings.ListSenders(ctx, r.DB, caller(ctx).CompanyID, in.Team, before, limit)
		if err != nil {
			return nil, err
		}
		return r.shown(ctx, stored...)
	})
}

type listOfSender struct {
	OneOfTeam
	Page
}

func (r routes) listSenderNotes(ctx context.Context, in *listOfSender) (*Answer[List[inbox.SenderNote]], error) {
	return Listed(in.Page, func(n inbox.SenderNote) string { return n.ID }, func(before string, limit int) ([]inbox.SenderNote, error) {
		return r.Inbox.SenderNotes(ctx, caller(ctx), in.Team, in.ID, before, limit)
	})
}

func (r routes) createSender(ctx context.Context, in *bodyOfTeam) (*tagged[sender], error) {
	var v sender
	if err := in.Onto(&v); err != nil {
		return nil, err
	}
	s := settings.Sender{Kind: v.Kind, Address: v.Address, Settings: v.chosen()}
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) (err error) {
		s, err = e.ConnectSender(ctx, r.Vault, s, (*settings.Credentials)(v.Account))
		return err
	})
	if err != nil {
		return nil, err
	}
	return withTag(r.one(ctx, s))
}

func (r routes) changeSender(ctx context.Context, in *bodyOfOne) (*tagged[sender], error) {
	var s settings.Sender
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) (err error) {
		if s, err = e.Sender(ctx, in.ID); err != nil {
			return err
		}
		if err := r.holdsOf(ctx, in.Condition, s); err != nil {
			return err
		}
		v := sender{
			Kind: s.Kind, Address: s.Address, MessagesPerSecond: s.Settings.MessagesPerSecond,
			OwnKeywords: s.Settings.OwnKeywords, Observe: s.Settings.Observe,
			Origins: s.Settings.Origins, Color: s.Settings.Color, Business: s.Settings.Business, LineTypes: s.Settings.LineTypes, CallHours: s.Settings.CallHours, Service: s.Settings.Service, Agent: s.Settings.Agent,
		}
		if err = in.Onto(&v); err != nil {
			return err
		}
		s.Kind, s.Address, s.Settings = v.Kind, v.Address, v.chosen()
		if v.Paused != nil && *v.Paused && s.PausedAt == nil {
			return settings.Refuse("paused", "sender_paused")
		}
		if v.Account != nil {
			if err = e.UseCredentials(ctx, r.Vault, &s, settings.Credentials(*v.Account)); err != nil {
				return err
			}
		}
		if v.Paused != nil && !*v.Paused {
			s.PausedAt, s.PausedFor = nil, nil
		}
		s, err = e.SaveSender(ctx, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return withTag(r.one(ctx, s))
}

// chosen is what the body says of what can be chosen.
func (v sender) chosen() settings.SenderSettings {
	return settings.SenderSettings{
		MessagesPerSecond: v.MessagesPerSecond, OwnKeywords: v.OwnKeywords, Observe: v.Observe, Origins: v.Origins, Color: v.Color, Business: v.Business,
		LineTypes: v.LineTypes, CallHours: v.CallHours, Service: v.Service, Agent: v.Agent,
	}
}

// holdsOf is errChanged when the sender is another than the caller saw.
func (r routes) holdsOf(ctx context.Context, seen Condition, s settings.Sender) error {
	if len(seen.IfMatch) == 0 {
		return nil
	}
	state, err := r.one(ctx, s)
	if err != nil {
		return err
	}
	return seen.holds(state)
}

func (r routes) deleteSender(ctx context.Context, in *deletionOfOne) (*Nothing, error) {
	_, err := r.edit(ctx, in.Team, func(e *settings.Edit) error {
		s, err := e.Sender(ctx, in.ID)
		if err != nil {
			return err
		}
		if err := r.holdsOf(ctx, in.Condition, s); err != nil {
			return err
		}
		return e.DeleteSender(ctx, in.ID)
	})
	return nil, err
}
