package contacts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
)

// TestHowFarAStopReaches: by what the company chose, and START as far. What was said
// before a change keeps its reach, but for the part that a START lifts.
func TestHowFarAStopReaches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	place := map[string][2]string{"first": {w.service, w.first}, "second": {w.service, w.second}, "sales": {w.sales, w.others}}
	stopped := func(contact string) string {
		var held []string
		for _, name := range []string{"first", "second", "sales"} {
			w.inTx(t, func(tx *sqlx.Tx) error {
				c, err := contacts.Lock(ctx, tx, w.company, place[name][0], contact, place[name][1], channels.SMS, "+13125550142")
				if c.Known().OptedOut {
					held = append(held, name)
				}
				return err
			})
		}
		return strings.Join(held, " ")
	}
	for n, c := range []struct{ said, then string }{
		{"team: STOP to first", "first second"},
		{"team: STOP to sales", "sales"},
		{"team: STOP to first, START to second", ""},
		{"company: STOP to sales", "first second sales"},
		{"company: STOP to sales, START to first", ""},
		{"team: STOP to first, STOP to sales, company: START to second", ""},
		{"sender: STOP to first", "first"},
		{"sender: STOP to first, START to second", "first"},
		{"sender: STOP to first, STOP to second, START to second", "first"},
		{"sender: STOP to first, team: START to second", ""},
		{"company: STOP to first, team: START to first", "sales"},
		{"company: STOP to first, sender: START to first", "second sales"},
		{"team: STOP to first, sender: START to first", "second"},
		{"sender: STOP to first, company: START to sales", ""},
		{"company: STOP by the staff", "first second sales"},
		{"sender: STOP by the staff", "first second"},
	} {
		contact := w.texts(t, fmt.Sprintf("+13125557%03d", n)).ID
		for _, step := range strings.Split(c.said, ", ") {
			if scope, rest, ok := strings.Cut(step, ": "); ok {
				w.exec(t, `update companies set opt_out_scope = $2 where id = $1`, w.company, scope)
				step = rest
			}
			word, _, _ := strings.Cut(step, " ")
			said := contacts.Consent{CompanyID: w.company, TeamID: w.service, ContactID: contact, OptedOut: word == "STOP", Source: "message", Words: word, At: noon}
			if _, name, ok := strings.Cut(step, " to "); ok {
				said.TeamID, said.To = place[name][0], place[name][1]
			}
			w.inTx(t, func(tx *sqlx.Tx) error { return said.Record(ctx, tx) })
		}
		require.Equal(t, c.then, stopped(contact), c.said)
	}
}

// TestAListReachesAsFar: who an imported list opts out is asked for no more by any team
// of such a company, by none of its numbers.
func TestAListReachesAsFar(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(t, `update companies set opt_out_scope = 'company' where id = $1`, w.company)
	person := w.texts(t, "+13125550142")
	_, err := contacts.Import(t.Context(), w.db, w.actor(w.service), []contacts.Row{{Line: 2, Phone: "+13125550142", OptedOut: true}})
	require.NoError(t, err)
	require.True(t, w.meet(t, w.sales, w.others, channels.SMS, "+13125550142", "").Known().OptedOut)
	way, err := contacts.FindWhatsAppSession(t.Context(), w.db, w.company, w.sales, person.ID, w.others, noon)
	require.NoError(t, err)
	require.Equal(t, []string{w.others}, way.Stopped, "no way around it")
}
