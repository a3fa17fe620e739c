package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ringback/channels"
	"ringback/webhooks/api"
)

// delivery is one message to a customer as the pages show it.
type delivery struct {
	ID, State, Reason, Error string
	ErrorCode                string `json:"error_code"`
	Sender, Kind, From, To   string
	Text                     string
	Segments, Attempts       int
	Ticket, Decision, Retry  *string
	CreatedAt                time.Time  `json:"created_at"`
	SentAt                   *time.Time `json:"sent_at"`
}

// Again reports whether a person can have it sent again.
func (d delivery) Again() bool {
	return d.Retry == nil && slices.Contains([]channels.State{
		channels.Failed, channels.Undelivered, channels.Expired, channels.Canceled, channels.Unknown,
	}, channels.State(d.State))
}

type deliveriesPage struct {
	Items []delivery
	State string
	Next  *string
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
	asked := url.Values{"team": {v.Team.ID}, "limit": {"50"}}
	if page.State != "" {
		asked.Set("state", page.State)
	}
	if cursor := v.Query("cursor"); cursor != "" {
		asked.Set("cursor", cursor)
	}
	if err := v.Get("/deliveries?"+asked.Encode(), &page); err != nil {
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
	err = v.Send(http.MethodPost, "/deliveries/"+id+"/retry", nil, nil)
	var refused *api.Problem
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/deliveries")
	}
	if !errors.As(err, &refused) || refused.Status != http.StatusConflict {
		return err
	}
	page, err := v.readDeliveries()
	if err != nil {
		return err
	}
	page.Fault = refused.Detail
	return v.ShowFault("deliveries.html", page)
}
