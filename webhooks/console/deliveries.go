package console

import (
	"errors"
	"net/url"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/webhooks/api"
)

// Again reports whether a person can have a message sent again.
func (v *View) Again(d deliveries.Delivery) bool {
	return d.Retry == nil && deliveries.Retriable(d.State)
}

type deliveriesPage struct {
	api.List[deliveries.Delivery]
	State string
	Older string
	Fault string
}

// States are the choices of the filter, what needs somebody first.
func (deliveriesPage) States() []channels.State {
	return []channels.State{
		channels.Failed, channels.Undelivered, channels.Unknown, channels.Expired, channels.Canceled,
		channels.Queued, channels.Sending, channels.Sent, channels.Delivered, channels.Read,
	}
}

// deliveries is what became of each message to a customer.
func (v *View) deliveries() error {
	page, err := v.readDeliveries()
	if err != nil {
		return err
	}
	return v.Show("deliveries.html", page)
}

func (v *View) readDeliveries() (deliveriesPage, error) {
	page := deliveriesPage{State: v.Query("state")}
	f := inbox.DeliveryFilter{Team: v.Team.ID, State: page.State}
	var err error
	page.List, err = listed(v, func(d deliveries.Delivery) string { return d.ID }, func(before string, limit int) ([]deliveries.Delivery, error) {
		return v.console.Inbox.Deliveries(v.ctx(), v.Who, f, before, limit)
	})
	if err != nil {
		return page, err
	}
	if page.Next != nil {
		page.Older = "?" + url.Values{"state": {page.State}, "cursor": {*page.Next}}.Encode()
	}
	return page, nil
}

// retryDelivery sends a message again. What forbids it is said above the list.
func (v *View) retryDelivery() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	_, err = v.console.Inbox.RetryDelivery(v.ctx(), v.Who, id)
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/deliveries")
	}
	said, refused := v.refusal(err)
	if !refused || errors.Is(err, settings.ErrNotFound) {
		return err
	}
	page, err := v.readDeliveries()
	if err != nil {
		return err
	}
	page.Fault = said
	return v.ShowFault("deliveries.html", page)
}
