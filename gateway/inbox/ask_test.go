package inbox_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
	"ringback/settings"
)

// amount is money as a client of the API writes it.
func amount(t *testing.T, written string) *inbox.Amount {
	t.Helper()
	var a inbox.Amount
	require.NoError(t, json.Unmarshal([]byte(written), &a))
	return &a
}

func TestAskFor(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	for _, c := range []struct {
		name   string
		wanted inbox.Wanted
		wrong  []string
	}{
		{"a photo", inbox.Wanted{Kind: "photo_video", Message: "Of the leak, please"}, nil},
		{"what is open already", inbox.Wanted{Kind: "photo_video"}, []string{"kind: already_open"}},
		{"nothing", inbox.Wanted{}, []string{"kind: not_one_of"}},
		{"what there is not", inbox.Wanted{Kind: "blood"}, []string{"kind: not_one_of"}},
		{"an approval with money", inbox.Wanted{Kind: "approval", Amount: amount(t, "5"), Currency: "USD"}, []string{"amount: goes_with_payment", "currency: goes_with_payment"}},
		{"an approval at length", inbox.Wanted{Kind: "approval", Description: long(501)}, []string{"description: too_long"}},
		{"money", inbox.Wanted{Kind: "payment"}, []string{"currency: missing", "amount: missing"}},
		{"money of a currency that is none", inbox.Wanted{Kind: "payment", Amount: amount(t, `"1.50"`), Currency: "dollars"}, []string{"currency: currency"}},
		{"half a cent", inbox.Wanted{Kind: "payment", Amount: amount(t, `"1.505"`), Currency: "USD"}, []string{"amount: digits_behind"}},
		{"no money", inbox.Wanted{Kind: "payment", Amount: amount(t, "0"), Currency: "USD"}, []string{"amount: above_zero"}},
		{"less than can be charged", inbox.Wanted{Kind: "payment", Amount: amount(t, "49"), Currency: "USD"}, []string{"amount: below_charge"}},
		{"less yen than can be charged", inbox.Wanted{Kind: "payment", Amount: amount(t, "49"), Currency: "JPY"}, []string{"amount: below_charge"}},
		{"with a comma", inbox.Wanted{Kind: "payment", Amount: inbox.Typed(" 149,90 "), Currency: "USD"}, nil},
	} {
		made, err := w.desk.Ask(t.Context(), w.who, w.team.ID, ticket.ID, "", c.wanted)
		require.Equal(t, c.wrong, codes(t, err), c.name)
		if c.wrong == nil {
			require.Equal(t, c.wanted.Kind, made.Kind, c.name)
			require.Equal(t, "open", made.State, c.name)
			require.Contains(t, made.URL, "https://ringback.example/", c.name)
		}
	}
	shown, err := w.desk.Ticket(t.Context(), w.who, w.team.ID, ticket.ID)
	require.NoError(t, err)
	require.Len(t, shown.Requests, 2)
	require.Equal(t, int64(14990), *shown.Requests[1].Amount)

	for range 2 { // what is taken back already is as good
		taken, err := w.desk.CancelRequest(t.Context(), w.who, w.team.ID, shown.Requests[0].ID)
		require.NoError(t, err)
		require.Equal(t, "cancelled", taken.State)
	}
	for _, id := range []string{"no id", ticket.ID} {
		_, err = w.desk.CancelRequest(t.Context(), w.who, w.team.ID, id)
		require.ErrorIs(t, err, settings.ErrNotFound, id)
	}

	w.desk.Payments = false
	_, err = w.desk.Ask(t.Context(), w.who, w.team.ID, ticket.ID, "", inbox.Wanted{Kind: "payment", Amount: amount(t, "500"), Currency: "USD"})
	require.Equal(t, []string{"kind: payments_off"}, codes(t, err))
}

// A team's currency is that of requests that name none, and of no other.
func TestThePaymentsCurrencyIsTheTeams(t *testing.T) {
	w := newWorld(t)
	_, err := settings.EditTeam(t.Context(), w.db, w.who.CompanyID, w.team.ID, "test", func(e *settings.Edit) error {
		team := e.Team
		team.Currency = "pln"
		return e.SaveTeam(t.Context(), team)
	})
	require.NoError(t, err)
	for _, c := range []struct {
		wanted inbox.Wanted
		money  string // of the request; empty: refused
	}{
		{inbox.Wanted{Kind: "payment", Amount: amount(t, `"20.50"`)}, "2050 PLN"},
		{inbox.Wanted{Kind: "payment", Amount: amount(t, "500"), Currency: "EUR"}, "500 EUR"},
		{inbox.Wanted{Kind: "payment", Amount: amount(t, "500"), Currency: "nothing"}, ""},
		{inbox.Wanted{Kind: "approval"}, "0 "}, // no money goes with it
	} {
		ticket := w.ticket()
		_, err := w.desk.Ask(t.Context(), w.who, w.team.ID, ticket.ID, "", c.wanted)
		if c.money == "" {
			require.Equal(t, []string{"currency: currency"}, codes(t, err))
			continue
		}
		require.NoError(t, err)
		shown, err := w.desk.Ticket(t.Context(), w.who, w.team.ID, ticket.ID)
		require.NoError(t, err)
		var amount int64
		if asked := shown.Requests[0].Amount; asked != nil {
			amount = *asked
		}
		require.Equal(t, c.money, fmt.Sprint(amount, " ", shown.Requests[0].Currency))
	}
}

func TestTyped(t *testing.T) {
	t.Parallel()
	require.Nil(t, inbox.Typed("  "))
	for typed, want := range map[string]string{"149.90": `"149.90"`, "149,90": `"149.90"`, " 5 ": `"5"`, "x": `"x"`} {
		raw, err := json.Marshal(inbox.Typed(typed))
		require.NoError(t, err)
		require.Equal(t, want, string(raw), typed)
	}
}

func TestCreateTicket(t *testing.T) {
	w := newWorld(t)
	create := func(key string, n inbox.NewTicket) (inbox.Ticket, []string) {
		made, err := w.desk.CreateTicket(t.Context(), w.who, w.team.ID, key, n)
		return made, codes(t, err)
	}
	made, wrong := create("a", inbox.NewTicket{Name: "Anna", Address: customer, Text: "My boiler is cold"})
	require.Empty(t, wrong)
	require.Equal(t, []string{"Anna", customer, "My boiler is cold", "open", "web"}, []string{made.Name, made.Address, made.Last, made.Status, made.Kind})
	again, wrong := create("a", inbox.NewTicket{Name: "Anna", Address: customer, Text: "My boiler is cold"})
	require.Empty(t, wrong)
	require.Equal(t, made.ID, again.ID)
	known, wrong := create("", inbox.NewTicket{Contact: made.Contact, Text: "Still"})
	require.Empty(t, wrong)
	require.Equal(t, made.Contact, known.Contact)
	for _, c := range []struct {
		ticket inbox.NewTicket
		wrong  []string
	}{
		{inbox.NewTicket{}, []string{"text: empty", "contact: ticket_whose"}},
		{inbox.NewTicket{Text: "x", Contact: made.Contact, Address: customer}, []string{"contact: ticket_whose"}},
		{inbox.NewTicket{Text: "x", Contact: "no id"}, []string{"contact: not_id"}},
		{inbox.NewTicket{Text: "x", Contact: w.team.ID}, []string{"contact: contact_of_team"}},
		{inbox.NewTicket{Text: long(4001), Address: customer}, []string{"text: too_long"}},
	} {
		_, wrong := create("", c.ticket)
		require.Equal(t, c.wrong, wrong)
	}
	_, wrong = create("", inbox.NewTicket{Text: "x", Address: "12"})
	require.Len(t, wrong, 1)
	require.Contains(t, wrong[0], "address: ")
}
