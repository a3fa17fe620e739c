package gateway_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/settings"
)

// TestWhereAStopIsWritten: one on a web chat says what may come to their phone, for
// the team at the least, as there is no number that it was written to. Web chat itself
// goes on, whatever was chosen; START lifts as much.
func TestWhereAStopIsWritten(t *testing.T) {
	const phone, visitor = "+13125550142", "visitor-1"
	for _, c := range []struct{ scope, on, stops string }{
		{"sender", "first", "first"},
		{"sender", "chat", "first second"},
		{"team", "first", "first second"},
		{"team", "chat", "first second"},
		{"company", "first", "first second sales"},
		{"company", "chat", "first second sales"},
	} {
		t.Run(c.scope+": STOP on "+c.on, func(t *testing.T) {
			playOutbox(t, 1, func(w *outbox) {
				w.provider.find = func(context.Context, channels.Outgoing) bool { return false }
				w.provider.send = func(context.Context, channels.Account, channels.Outgoing) error { return nil }
				out := w.team(channels.SMS)
				_, err := w.db.Exec(`update companies set opt_out_scope = $1`, c.scope)
				require.NoError(t, err)
				sales := settings.NewTeam()
				sales.Name, sales.DisplayName, sales.TimeZone, sales.Language = "Sales", "Sales", "America/Chicago", "en"
				sales, err = settings.CreateTeam(t.Context(), w.db, out.CompanyID, "test", sales)
				require.NoError(t, err)
				places := map[string]deliveries.Outgoing{"first": out}
				for name, s := range map[string]settings.Sender{
					"second": {TeamID: out.TeamID, Kind: channels.SMS, Address: "+13125550101"},
					"sales":  {TeamID: sales.ID, Kind: channels.SMS, Address: "+13125550102"},
					"chat":   {TeamID: out.TeamID, Kind: channels.WebChat, Address: "green-valley"},
				} {
					_, err := settings.EditTeam(t.Context(), w.db, out.CompanyID, s.TeamID, "test", func(e *settings.Edit) error {
						made, err := e.AddSender(t.Context(), s)
						to := out
						to.TeamID, to.SenderID, to.Kind, to.From = made.TeamID, made.ID, made.Kind, made.Address
						if made.Kind == channels.WebChat {
							to.To = visitor
						}
						places[name] = to
						return err
					})
					require.NoError(t, err)
				}
				says := func(text string) {
					to := places[c.on]
					require.NoError(t, w.replicas[0].Receive(t.Context(), []channels.Event{{
						Kind: channels.MessageReceived, ProviderID: uuid.NewString(), Sender: to.Kind, SenderAddress: to.From,
						CustomerAddress: to.To, Also: []string{phone}, Message: &channels.Message{Text: text},
					}}))
				}
				stopped := func() string {
					names, ids := []string{"first", "second", "sales", "chat"}, map[string]string{}
					for _, name := range names {
						one := places[name]
						one.ID, one.Text = uuid.NewString(), "Your car is ready."
						ids[name] = one.ID
						w.queue(one)
					}
					w.pass(5 * time.Second)
					var held []string
					for _, name := range names {
						var state string
						require.NoError(t, w.db.Get(&state, `select state || ' ' || reason from deliveries where id = $1`, ids[name]))
						if state == "canceled opted_out" {
							held = append(held, name)
						} else {
							require.Equal(t, "sending ", state, name)
						}
					}
					return strings.Join(held, " ")
				}
				says("Hello")
				w.pass(2 * time.Second)
				require.Empty(t, stopped())
				says("STOP")
				w.pass(2 * time.Second)
				require.Equal(t, c.stops, stopped())
				says("START")
				w.pass(2 * time.Second)
				require.Empty(t, stopped())
			})
		})
	}
}
