package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/deliveries"
	"ringback/gateway/inbox"
	"ringback/settings"
)

// happened registers the routes of what happened: decisions, tickets, messages and deliveries.
func (r routes) happened(api huma.API) {
	const team = "/teams/{team}"
	huma.Register(api, Op("list-decisions", http.MethodGet, team+"/decisions", http.StatusOK,
		"What was decided for each event, and why"), r.listDecisions)
	huma.Register(api, Op("get-decision", http.MethodGet, team+"/decisions/{id}", http.StatusOK,
		"One decision, with what the customer wrote and what became of the reply"), r.getDecision)
	huma.Register(api, Op("list-tickets", http.MethodGet, team+"/tickets", http.StatusOK, "The team's tickets"), r.listTickets)
	search := Op("search", http.MethodGet, "/search", http.StatusOK, "Find contacts, tickets and messages")
	search.Description = "Of the teams within reach. The ticket of that number first, then contacts, then messages, the newest first. What automations wrote is not looked at."
	huma.Register(api, search, r.search)
	huma.Register(api, Op("create-ticket", http.MethodPost, team+"/tickets", http.StatusCreated,
		"Create a ticket on behalf of a customer, as an app does; they get the confirmation"), r.createTicket)
	huma.Register(api, Op("get-ticket", http.MethodGet, team+"/tickets/{id}", http.StatusOK, "One ticket with its timeline"), r.getTicket)
	huma.Register(api, Changes[inbox.TicketChange](api,
		Op("change-ticket", http.MethodPatch, team+"/tickets/{id}", http.StatusOK, "Status or assignee of a ticket, or until when it is snoozed; If-Match is optional")), r.changeTicket)
	huma.Register(api, changesMany(api, Op("change-tickets", http.MethodPost, team+"/tickets/changes", http.StatusOK,
		"The same change to several tickets, 100 at most; what is refused for one is told beside it, and the others are changed")), r.changeTickets)
	huma.Register(api, Op("write-message", http.MethodPost, team+"/tickets/{id}/messages", http.StatusCreated,
		"Write to the customer, on the channel where they were last heard"), r.say)
	huma.Register(api, Op("cancel-message", http.MethodPost, team+"/messages/{id}/cancel", http.StatusNoContent,
		"Take back a message that was to go out later, and has not"), r.cancelMessage)
	read := Op("read-ticket", http.MethodPost, team+"/tickets/{id}/read", http.StatusNoContent, "Say that somebody has read the ticket")
	read.Description = "Somebody who wrote on WhatsApp at Meta sees it: their messages get blue ticks. Of other channels nobody is told. Whoever replies has read, too."
	huma.Register(api, read, r.readTicket)
	huma.Register(api, Op("type-message", http.MethodPost, team+"/tickets/{id}/typing", http.StatusNoContent,
		"Let the customer's web chat show for six seconds that somebody is writing"), r.typeMessage)
	huma.Register(api, Op("list-deliveries", http.MethodGet, "/deliveries", http.StatusOK, "The messages to customers and what became of them"), r.listDeliveries)
	huma.Register(api, Op("report-step", http.MethodPost, team+"/calls/{sid}/steps", http.StatusCreated,
		"Where in the team's own phone system a caller is"), r.reportStep)
	huma.Register(api, Op("retry-delivery", http.MethodPost, "/deliveries/{id}/retry", http.StatusCreated,
		"Send a message again that did not arrive; answers the new delivery"), r.retryDelivery)
}

type deliveriesQuery struct {
	Page
	Team    string `query:"team" maxLength:"36"`
	State   string `query:"state" enum:"queued,sending,sent,delivered,read,failed,undelivered,expired,canceled,unknown"`
	Sender  string `query:"sender" maxLength:"36"`
	Contact string `query:"contact" maxLength:"200" doc:"The contact's id, or one of their addresses; a phone number as it is written, too: with a team, one without a country is of where the team's own numbers are"`
	Error   string `query:"error" maxLength:"64" example:"30003" doc:"The provider's code"`
	Since   string `query:"since" maxLength:"40" doc:"Not made before this time"`
}

func (r routes) listDeliveries(ctx context.Context, in *deliveriesQuery) (*Answer[List[deliveries.Delivery]], error) {
	from, err := since(in.Since)
	if err != nil {
		return nil, err
	}
	f := inbox.DeliveryFilter{Team: in.Team, State: in.State, Sender: in.Sender, Error: in.Error, Since: from}
	f.Contact, f.Address = inbox.IDOr(in.Contact)
	return Listed(in.Page, func(d deliveries.Delivery) string { return d.ID }, func(before string, limit int) ([]deliveries.Delivery, error) {
		return r.Inbox.Deliveries(ctx, caller(ctx), f, before, limit)
	})
}

type deliveryPath struct {
	ID string `path:"id"`
}

func (r routes) retryDelivery(ctx context.Context, in *deliveryPath) (*Answer[deliveries.Delivery], error) {
	return Answered(r.Inbox.RetryDelivery(ctx, caller(ctx), in.ID))
}

// since reads the filter of that name; empty is nil.
func since(text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	// a + that was not escaped arrives as a space
	at, err := time.Parse(time.RFC3339, strings.ReplaceAll(text, " ", "+"))
	if err != nil || at.Year() < 1 {
		return nil, settings.Refuse("since", "time")
	}
	return &at, nil
}
