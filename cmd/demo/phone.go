package demo

import (
	"net/url"
	"time"

	"ringback/channels/simulator/mailbox"
	"ringback/channels/simulator/meta"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/demo/phone"
	"ringback/gateway/media"
)

// mountPhone opens the phone page and returns its address. Where others can
// reach it, behind a public address or on the network, it asks for the token
// that the address carries: whoever finds it must not play our customers.
func mountPhone(a *app.App, sim *twilio.Simulator, graph *meta.Simulator, site string, letters func() []mailbox.Letter) string {
	address, token := a.PublicURL()+"/phone", ""
	if a.Config.PublicURL != "" || !a.Private() {
		token = secret("")
		address += "?" + url.Values{"token": {token}}.Encode()
	}
	var customers []phone.Customer
	for _, c := range Customers {
		customers = append(customers, phone.Customer(c))
	}
	phone.Mount(a.Router, phone.Config{
		DB: a.DB.DB, Company: a.Company.ID, Simulator: sim, Meta: graph, Clock: a.Clock, MoveClock: a.Gateway.MoveClock, Customers: customers,
		Site: site, Public: a.PublicURL, Token: token, Watch: a.Watch, Log: a.Log, Mail: letters,
		Show: func(file string) string { return a.Media.Link(a.Company.ID, file, media.ToShow, time.Hour) },
	})
	return address
}
