package tickets_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// TestWhoATextAfterACallIsFrom: the called number when it takes texts as well,
// else the team's first that does.
func TestWhoATextAfterACallIsFrom(t *testing.T) {
	voice := settings.Sender{ID: "called", Kind: channels.Voice, Address: "+15005550001"}
	sms := func(id, address string) settings.Sender {
		return settings.Sender{ID: id, Kind: channels.SMS, Address: address}
	}
	cloud := settings.Sender{ID: "whatsapp", Kind: channels.WhatsAppCloud, Address: "+15005550001"}
	for name, c := range map[string]struct {
		senders []settings.Sender
		want    string
	}{
		"the called number":                {[]settings.Sender{sms("a", "+15005550002"), voice, sms("b", "+15005550001")}, "b"},
		"the first":                        {[]settings.Sender{voice, sms("a", "+15005550002"), sms("b", "+15005550003")}, "a"},
		"none":                             {[]settings.Sender{voice}, ""},
		"WhatsApp is no text":              {[]settings.Sender{voice, cloud}, ""},
		"a call to a number that has gone": {[]settings.Sender{sms("a", "+15005550002")}, "a"},
	} {
		require.Equal(t, c.want, tickets.TextSender(&settings.Snapshot{Senders: c.senders}, "called"), name)
	}
}

// TestWhereACustomerIsSpokenTo: what was heard on the ticket, and from where
// and to what address a reply goes.
func TestWhereACustomerIsSpokenTo(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	for name, c := range map[string]struct {
		happen func(w world, ticket string)
		want   func(w world) (sender, to string)
	}{
		"nothing was heard: as the ticket was opened": {
			func(world, string) {},
			func(w world) (string, string) { return w.sms, number },
		},
		"at the address that wrote": {
			func(w world, ticket string) { w.hears(t, ticket, w.sms, "+13125550199", at(1)) },
			func(w world) (string, string) { return w.sms, "+13125550199" },
		},
		"where they wrote last": {
			func(w world, ticket string) {
				w.hears(t, ticket, w.sms, number, at(1))
				w.hears(t, ticket, w.cloud, "US.1111111111", at(2))
			},
			func(w world) (string, string) { return w.cloud, "US.1111111111" },
		},
		"by text after a call": {
			func(w world, ticket string) {
				w.hears(t, ticket, w.cloud, "US.1111111111", at(1))
				w.calls(t, ticket, w.called, "+13125550188", at(2))
			},
			func(w world) (string, string) { return w.sms, "+13125550188" },
		},
		"a call, and then a message": {
			func(w world, ticket string) {
				w.calls(t, ticket, w.called, "+13125550188", at(1))
				w.hears(t, ticket, w.chat, "visitor-1", at(2))
			},
			func(w world) (string, string) { return w.chat, "visitor-1" },
		},
		"a withheld caller has no address of that call": {
			func(w world, ticket string) { w.calls(t, ticket, w.called, "", at(1)) },
			func(w world) (string, string) { return w.sms, number },
		},
		"what we wrote says nothing": {
			func(w world, ticket string) {
				w.hears(t, ticket, w.cloud, "US.1111111111", at(1))
				w.exec(t, `insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
					values ($1, gen_random_uuid(), $2, $3, $4, $5, 'advisor', 'Hello', $6)`, w.company, w.team, w.contact, ticket, w.sms, at(2))
			},
			func(w world) (string, string) { return w.cloud, "US.1111111111" },
		},
		"a photo by a link came by no channel": {
			func(w world, ticket string) {
				w.hears(t, ticket, w.cloud, "US.1111111111", at(1))
				w.exec(t, `insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
					values ($1, gen_random_uuid(), $2, $3, $4, $2, 'customer', '', $5)`, w.company, w.team, w.contact, ticket, at(2))
			},
			func(w world) (string, string) { return w.cloud, "US.1111111111" },
		},
		"what another ticket heard says nothing": {
			func(w world, _ string) { w.hears(t, w.open(t, w.cloud, at(1)).ID, w.cloud, "US.1111111111", at(2)) },
			func(w world) (string, string) { return w.sms, number },
		},
		"a sender that has gone: by text, at the number that wrote": {
			func(w world, ticket string) { w.hears(t, ticket, w.contact, "+13125550177", at(1)) },
			func(w world) (string, string) { return w.sms, "+13125550177" },
		},
		"a channel that has gone: by text, at a number they have": {
			func(w world, ticket string) { w.hears(t, ticket, w.contact, "US.1111111111", at(1)) },
			func(w world) (string, string) { return w.sms, number },
		},
		"WhatsApp has gone: by text, at the number as it is dialed": {
			func(w world, ticket string) {
				w.address(t, "phone", "+5491123456789")
				w.address(t, "phone", "+541123456789")
				w.hears(t, ticket, w.contact, "+541123456789", at(1))
			},
			func(w world) (string, string) { return w.sms, "+5491123456789" },
		},
		"a landline's text, whose sender has gone": {
			func(w world, ticket string) { w.hears(t, ticket, w.contact, "+541123456789", at(1)) },
			func(w world) (string, string) { return w.sms, "+541123456789" },
		},
		"a number of theirs that WhatsApp writes in another way": {
			func(w world, _ string) {
				w.exec(t, `delete from addresses where company_id = $1`, w.company)
				w.address(t, "phone", "+5215512345678")
				w.address(t, "phone", "+525512345678")
			},
			func(w world) (string, string) { return w.sms, "+525512345678" },
		},
		"where we wrote to, while nothing was heard": {
			func(w world, ticket string) {
				w.writes(t, ticket, w.sms, number, at(1))
				w.exec(t, `insert into addresses (company_id, kind, address, contact_id, created_at) values ($1, 'phone', '+13125550143', $2, now() + interval '1 hour')`, w.company, w.contact)
			},
			func(w world) (string, string) { return w.sms, number },
		},
		"where we wrote to, which is theirs no more": {
			func(w world, ticket string) { w.writes(t, ticket, w.sms, "+13125550143", at(1)) },
			func(w world) (string, string) { return w.sms, number },
		},
		"where we wrote to, which no text reaches": {
			func(w world, ticket string) {
				w.address(t, "phone", "+13125550143")
				w.exec(t, `update addresses set unreachable_at = $2 where company_id = $1 and address = '+13125550143'`, w.company, noon)
				w.writes(t, ticket, w.sms, "+13125550143", at(1))
			},
			func(w world) (string, string) { return w.sms, number },
		},
	} {
		w := newCompany(t, db)
		ticket := w.open(t, w.sms, noon)
		c.happen(w, ticket.ID)
		route, err := ticket.Line(t.Context(), db, w.settings)
		require.NoError(t, err, name)
		sender, to := c.want(w)
		require.Equal(t, sender, route.Sender.ID, name)
		require.Equal(t, to, route.To, name)
	}
}

// TestTheAddressThatATextGoesTo: the customer's newest that texts reach.
func TestTheAddressThatATextGoesTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ticket := w.open(t, w.sms, noon)
	to := func() string {
		route, err := ticket.Line(t.Context(), w.db, w.settings)
		require.NoError(t, err)
		return route.To
	}
	w.exec(t, `insert into addresses (company_id, kind, address, contact_id, created_at) values ($1, 'phone', '+13125550143', $2, now() + interval '1 hour')`, w.company, w.contact)
	require.Equal(t, "+13125550143", to())
	w.exec(t, `update addresses set unreachable_at = $2 where company_id = $1 and address = '+13125550143'`, w.company, noon)
	require.Equal(t, number, to(), "a landline only when there is nothing else")
	w.exec(t, `delete from addresses where company_id = $1 and address = $2`, w.company, number)
	require.Equal(t, "+13125550143", to())
	w.exec(t, `delete from addresses where company_id = $1`, w.company)
	require.Empty(t, to())
}

// TestTheNumberThatWasGiven: a ticket that an app creates with one of the customer's
// numbers is answered at that one, and not in a chat of theirs or at their newest.
func TestTheNumberThatWasGiven(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	later := func(w world, kind, address string) {
		w.exec(t, `insert into addresses (company_id, kind, address, contact_id, created_at) values ($1, $2, $3, $4, now() + interval '1 hour')`, w.company, kind, address, w.contact)
	}
	for name, c := range map[string]struct {
		given  string
		happen func(w world, ticket string)
		want   string
	}{
		"the one that was given": {number, func(world, string) {}, number},
		"none was":               {"", func(world, string) {}, "+13125550143"},
		"it is somebody else's now": {number, func(w world, _ string) {
			w.exec(t, `delete from addresses where company_id = $1 and address = $2`, w.company, number)
		}, "+13125550143"},
		"no text reaches it": {number, func(w world, _ string) {
			w.exec(t, `update addresses set unreachable_at = now() where company_id = $1 and address = $2`, w.company, number)
		}, "+13125550143"},
		"they have written from another since": {number, func(w world, ticket string) { w.hears(t, ticket, w.sms, "+13125550143", noon.Add(time.Minute)) }, "+13125550143"},
	} {
		w := newCompany(t, db)
		later(w, "phone", "+13125550143")
		var opened tickets.NewTicket
		w.inTx(t, func(tx *sqlx.Tx) (err error) {
			opened, err = tickets.Created{CompanyID: w.company, TeamID: w.team, ContactID: w.contact, GivenAddress: c.given, Text: "It leaks", At: noon}.Create(t.Context(), tx, w.settings)
			return err
		})
		c.happen(w, opened.ID)
		var ticket tickets.Ticket
		w.inTx(t, func(tx *sqlx.Tx) (err error) {
			ticket, err = tickets.Lock(t.Context(), tx, w.company, w.team, opened.ID)
			return err
		})
		route, err := ticket.Line(t.Context(), db, w.settings)
		require.NoError(t, err, name)
		require.Equal(t, c.want, route.To, name)
		require.Equal(t, w.sms, route.Sender.ID, name)
	}
	for given, want := range map[string]func(world) string{number: func(w world) string { return w.sms }, "": func(w world) string { return w.chat }} {
		w := newCompany(t, db)
		w.address(t, "visitor", "v1")
		w.inTx(t, func(tx *sqlx.Tx) error {
			opened, err := tickets.Created{CompanyID: w.company, TeamID: w.team, ContactID: w.contact, GivenAddress: given, Text: "It leaks", At: noon}.Create(t.Context(), tx, w.settings)
			require.Equal(t, want(w), opened.SenderID, given)
			return err
		})
	}
}

// TestWhenAnAdvisorMayNotWrite: the reason, in its stable word.
func TestWhenAnAdvisorMayNotWrite(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	nothing := func(world) {}
	for name, c := range map[string]struct {
		from func(world) string
		prep func(world)
		want string // empty: they may
	}{
		"nothing in the way":            {func(w world) string { return w.sms }, nothing, ""},
		"STOP":                          {func(w world) string { return w.sms }, func(w world) { w.stops(t, "") }, "opted_out"},
		"STOP, told by the carrier":     {func(w world) string { return w.sms }, func(w world) { w.stops(t, w.sms) }, "opted_out"},
		"another sender was stopped":    {func(w world) string { return w.sms }, func(w world) { w.stops(t, w.cloud) }, ""},
		"STOP is WhatsApp's too":        {func(w world) string { return w.cloud }, func(w world) { w.stops(t, "") }, "opted_out"},
		"the chat goes on":              {func(w world) string { return w.chat }, func(w world) { w.stops(t, ""); w.address(t, "visitor", "v1") }, ""},
		"no address":                    {func(w world) string { return w.chat }, nothing, "no_address"},
		"no sender":                     {func(w world) string { return w.sms }, func(w world) { w.settings.Senders = nil }, "no_sender"},
		"blocked: an advisor may write": {func(w world) string { return w.sms }, func(w world) { w.exec(t, `update contacts set blocked_at = $2 where id = $1`, w.contact, noon) }, ""},
	} {
		w := newCompany(t, db)
		ticket := w.open(t, c.from(w), noon)
		c.prep(w)
		tx, err := db.Beginx()
		require.NoError(t, err)
		_, _, err = ticket.CheckReachable(t.Context(), tx, w.settings)
		require.NoError(t, tx.Rollback())
		if c.want == "" {
			require.NoError(t, err, name)
			continue
		}
		var refused *settings.Conflict
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, c.want, refused.Code, name)
	}
}

// say is an advisor's message on a ticket.
func (w world) say(ticket tickets.Ticket, text string, at time.Time) (said tickets.Said, err error) {
	tx, err := w.db.Beginx()
	if err != nil {
		return said, err
	}
	defer func() { _ = tx.Rollback() }()
	if said, err = ticket.Say(context.Background(), tx, w.settings, tickets.Said{Text: text, Who: "Ann", At: at}, clock.At(at)); err != nil {
		return said, err
	}
	return said, tx.Commit()
}

// TestWhatAnAdvisorSays goes out and stands on the timeline, and the gateway
// keeps out of the conversation from then on.
func TestWhatAnAdvisorSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ticket := w.open(t, w.sms, noon)
	said, err := w.say(ticket, "It’s ready – come by", noon)
	require.NoError(t, err)
	require.Equal(t, []string{"+15005550006 to " + number + ": It's ready - come by"}, w.strings(t,
		`select from_address || ' to ' || to_address || ': ' || text from deliveries where company_id = $1 and id = $2`, w.company, said.Delivery), "in plain letters")
	require.Equal(t, []string{"advisor Ann: It's ready - come by"}, w.strings(t,
		`select author || ' ' || who || ': ' || text from messages where company_id = $1 and id = $2 and delivery_id = $3 and ticket_id = $4`, w.company, said.ID, said.Delivery, ticket.ID))
	w.settings.Team.PlainLetters = false
	_, err = w.say(ticket, "It’s ready", noon.Add(time.Minute))
	require.NoError(t, err)
	require.Contains(t, w.strings(t, `select text from deliveries where company_id = $1`, w.company), "It’s ready", "as written")
	require.Equal(t, []string{"60"}, w.strings(t,
		`select extract(epoch from advisor_at - $2::timestamptz)::int::text from standings where company_id = $1`, w.company, noon))
}

// TestFilesAndWords: on WhatsApp, by either road, a message for each file with the
// words below the first, and before it where none are shown or they are too long.
func TestFilesAndWords(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	caption := strings.Repeat("ü", 1024)
	for name, c := range map[string]struct {
		kind  channels.Kind
		text  string
		files []string // content types
		want  []string // the words of each message and what it has
	}{
		"below the first file":       {channels.WhatsAppCloud, "Look", []string{"image/jpeg", "application/pdf"}, []string{"Look image/jpeg", " application/pdf"}},
		"no words":                   {channels.WhatsAppCloud, "", []string{"audio/mpeg", "image/jpeg"}, []string{" audio/mpeg", " image/jpeg"}},
		"before a sound":             {channels.WhatsAppCloud, "Listen", []string{"audio/mpeg", "image/jpeg"}, []string{"Listen", " audio/mpeg", " image/jpeg"}},
		"a sound that is not first":  {channels.WhatsAppCloud, "Look", []string{"image/jpeg", "audio/mpeg"}, []string{"Look image/jpeg", " audio/mpeg"}},
		"as long as a caption":       {channels.WhatsAppCloud, caption, []string{"image/jpeg"}, []string{caption + " image/jpeg"}},
		"longer than a caption":      {channels.WhatsAppCloud, caption + "ü", []string{"image/jpeg"}, []string{caption + "ü", " image/jpeg"}},
		"words alone":                {channels.WhatsAppCloud, caption + "ü", nil, []string{caption + "ü"}},
		"by way of Twilio":           {channels.WhatsAppTwilio, "Look", []string{"image/jpeg", "application/pdf"}, []string{"Look image/jpeg", " application/pdf"}},
		"a sound by way of Twilio":   {channels.WhatsAppTwilio, "Listen", []string{"audio/ogg"}, []string{"Listen", " audio/ogg"}},
		"a text message takes them":  {channels.SMS, "Look", []string{"audio/mpeg", "image/jpeg"}, []string{"Look audio/mpeg image/jpeg"}},
		"a long one in a text":       {channels.SMS, strings.Repeat("u", 1100), []string{"image/jpeg"}, []string{strings.Repeat("u", 1100) + " image/jpeg"}},
		"and the chat takes as many": {channels.WebChat, "Look", []string{"audio/mpeg", "image/jpeg"}, []string{"Look audio/mpeg image/jpeg"}},
	} {
		w := newCompany(t, db)
		w.address(t, "whatsapp", "US.1111111111")
		w.address(t, "visitor", "v1")
		sender := map[channels.Kind]string{channels.SMS: w.sms, channels.WebChat: w.chat, channels.WhatsAppCloud: w.cloud, channels.WhatsAppTwilio: w.cloud}[c.kind]
		for n := range w.settings.Senders {
			if w.settings.Senders[n].ID == sender {
				w.settings.Senders[n].Kind = c.kind
			}
		}
		said := tickets.Said{Text: c.text, Who: "Ann", At: noon}
		for _, kind := range c.files {
			said.Files = append(said.Files, uuid.NewString())
			w.exec(t, `insert into media (company_id, id, team_id, content_type) values ($1, $2, $3, $4)`, w.company, said.Files[len(said.Files)-1], w.team, kind)
		}
		ticket := w.open(t, sender, noon)
		w.hears(t, ticket.ID, sender, map[channels.Kind]string{channels.SMS: number, channels.WebChat: "v1"}[c.kind], noon)
		w.inTx(t, func(tx *sqlx.Tx) error {
			_, err := ticket.Say(t.Context(), tx, w.settings, said, clock.At(noon))
			return err
		})
		require.Equal(t, c.want, w.strings(t, `select text || coalesce((select string_agg(' ' || m.content_type, '' order by n)
				from jsonb_array_elements_text(d.media) with ordinality as f (id, n) join media m on m.company_id = $1 and m.id = f.id::uuid), '')
			from deliveries d where company_id = $1 order by seq`, w.company), name)
	}
}

func TestWhatMayNotBeSaidLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ticket := w.open(t, w.sms, noon)
	w.stops(t, "")
	_, err := w.say(ticket, "Hello", noon)
	require.Error(t, err)
	require.Empty(t, w.strings(t, `select text from deliveries where company_id = $1 union all select text from messages where company_id = $1`, w.company))
}

// TestTheWindowOfAnAdvisorsWords: WhatsApp takes them for 24 hours from the
// customer's message, to the instant; then they go by SMS, if the team allows
// it and somebody can be reached so.
func TestTheWindowOfAnAdvisorsWords(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for name, c := range map[string]struct {
		after    time.Duration // the customer's message
		fallback bool
		prep     func(world)
		want     channels.Kind // empty: refused
	}{
		"at once":                          {0, false, nil, channels.WhatsAppCloud},
		"a second before":                  {24*time.Hour - time.Second, false, nil, channels.WhatsAppCloud},
		"a day after":                      {24 * time.Hour, false, nil, ""},
		"a day after, and SMS are allowed": {24 * time.Hour, true, nil, channels.SMS},
		"in the window nothing falls back": {24*time.Hour - time.Second, true, nil, channels.WhatsAppCloud},
		"SMS were stopped":                 {24 * time.Hour, true, func(w world) { w.stops(t, w.sms) }, ""},
		"no number to text": {24 * time.Hour, true, func(w world) {
			w.exec(t, `update addresses set unreachable_at = now() where company_id = $1 and kind = 'phone'`, w.company)
		}, ""},
	} {
		w := newCompany(t, db)
		w.settings.Team.SMSFallback = c.fallback
		w.address(t, "whatsapp", "US.1111111111")
		ticket := w.open(t, w.cloud, noon)
		w.hears(t, ticket.ID, w.cloud, "US.1111111111", noon)
		for _, s := range w.settings.Senders {
			w.exec(t, `insert into teams (company_id, id, name, display_name, time_zone, language) values ($1, $2, 'T', 'T', 'UTC', 'en') on conflict do nothing`, w.company, w.team)
			w.exec(t, `insert into senders (company_id, team_id, id, kind, account, address) values ($1, $2, $3, $4, $3::uuid::text, $5)`, w.company, w.team, s.ID, s.Kind, s.Address)
		}
		if c.prep != nil {
			c.prep(w)
		}
		said, err := w.say(ticket, "Hello", noon.Add(c.after))
		if c.want == "" {
			var refused *settings.Conflict
			require.ErrorAs(t, err, &refused, name)
			require.Equal(t, "whatsapp_window_closed", refused.Code, name)
			continue
		}
		require.NoError(t, err, name)
		to := map[channels.Kind]string{channels.SMS: number, channels.WhatsAppCloud: "US.1111111111"}[c.want]
		require.Equal(t, []string{string(c.want) + " " + to}, w.strings(t, `select kind || ' ' || to_address from deliveries where id = $1`, said.Delivery), name)
	}
}

// TestWhereACreatedTicketIsAnswered: in the chat if that is where they are
// from, else by text, else on WhatsApp; and nowhere when the team has none.
func TestWhereACreatedTicketIsAnswered(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for name, c := range map[string]struct {
		addresses []string // beside the phone
		senders   []channels.Kind
		want      channels.Kind // empty: none
	}{
		"a visitor in the chat": {[]string{"visitor"}, []channels.Kind{channels.SMS, channels.WebChat}, channels.WebChat},
		"nobody in the chat":    {nil, []channels.Kind{channels.WebChat, channels.SMS}, channels.SMS},
		"a chat that has gone":  {[]string{"visitor"}, []channels.Kind{channels.SMS}, channels.SMS},
		"text before WhatsApp":  {[]string{"whatsapp"}, []channels.Kind{channels.WhatsAppTwilio, channels.SMS}, channels.SMS},
		"only WhatsApp":         {[]string{"whatsapp"}, []channels.Kind{channels.Voice, channels.WhatsAppCloud}, channels.WhatsAppCloud},
		"no sender":             {[]string{"whatsapp", "visitor"}, []channels.Kind{channels.Voice}, ""},
	} {
		w := newCompany(t, db)
		for _, kind := range c.addresses {
			w.address(t, kind, "US.1111111111")
		}
		w.settings.Senders = nil
		kinds := map[string]channels.Kind{}
		for n, kind := range c.senders {
			s := settings.Sender{ID: []string{w.sms, w.chat, w.called}[n], Kind: kind}
			w.settings.Senders, kinds[s.ID] = append(w.settings.Senders, s), kind
		}
		var made tickets.NewTicket
		w.inTx(t, func(tx *sqlx.Tx) (err error) {
			made, err = tickets.Created{CompanyID: w.company, TeamID: w.team, ContactID: w.contact, Text: "My mower is broken", At: noon}.Create(t.Context(), tx, w.settings)
			return err
		})
		require.Equal(t, c.want, kinds[made.SenderID], name)
		require.Equal(t, []string{"My mower is broken"}, w.strings(t, `select text from messages where ticket_id = $1 and author = 'customer'`, made.ID), name)
		require.Equal(t, []string{"ticket "}, w.raised(t, made.ID), name)
	}
}

// TestACreatedTicketIsAnsweredInTheirOwnChat: a team may have several, and so may the
// company. What is said in one is read by nobody who is known to another.
func TestACreatedTicketIsAnsweredInTheirOwnChat(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for name, c := range map[string]struct {
		known func(w world) []string // the chats that know them, the one they came to last in front
		left  func(w world) string   // the chat that it was left in; empty: none
		want  func(w world) string
	}{
		"the second of the team's": {func(w world) []string { return []string{w.called} }, func(world) string { return "" }, func(w world) string { return w.called }},
		"the newer of both":        {func(w world) []string { return []string{w.chat, w.called} }, func(world) string { return "" }, func(w world) string { return w.chat }},
		"where it was left":        {func(w world) []string { return []string{w.chat, w.called} }, func(w world) string { return w.called }, func(w world) string { return w.called }},
		"another team's":           {func(world) []string { return []string{uuid.NewString()} }, func(world) string { return "" }, func(w world) string { return w.sms }},
	} {
		w := newCompany(t, db)
		w.settings.Senders = []settings.Sender{{ID: w.sms, Kind: channels.SMS}, {ID: w.chat, Kind: channels.WebChat}, {ID: w.called, Kind: channels.WebChat}}
		visitors := map[string]string{} // by the chat that knows them
		for n, chat := range c.known(w) {
			visitors[chat] = fmt.Sprintf("v_%d_%s", n, w.company)
			w.exec(t, `insert into addresses (company_id, kind, address, contact_id, created_at) values ($1, 'visitor', $2, $3, $4)`,
				w.company, visitors[chat], w.contact, noon.Add(-time.Duration(n)*time.Hour))
			w.exec(t, `insert into visitors (company_id, id, sender_id, token_hash) values ($1, $2, $3, $4)`, w.company, visitors[chat], chat, []byte(visitors[chat]))
		}
		var made tickets.NewTicket
		w.inTx(t, func(tx *sqlx.Tx) (err error) {
			made, err = tickets.Created{CompanyID: w.company, TeamID: w.team, ContactID: w.contact, Chat: c.left(w), Text: "It leaks", At: noon}.Create(t.Context(), tx, w.settings)
			return err
		})
		require.Equal(t, c.want(w), made.SenderID, name)
		w.inTx(t, func(tx *sqlx.Tx) error {
			opened, err := tickets.Lock(t.Context(), tx, w.company, w.team, made.ID)
			require.NoError(t, err)
			route, err := opened.Line(t.Context(), tx, w.settings)
			if visitor := visitors[made.SenderID]; visitor != "" {
				require.Equal(t, visitor, route.To, name)
			}
			return err
		})
	}
}

// TestACreatedTicketKnowsOfTheOneBeside: with one open already it is no first
// contact; a closed one is history.
func TestACreatedTicketKnowsOfTheOneBeside(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for before, want := range map[string]string{"": "", "open": "true", "done": "true", "closed": ""} {
		w := newCompany(t, db)
		if before != "" {
			w.change(t, w.open(t, w.sms, noon).ID, tickets.Change{Status: before, At: noon})
		}
		w.inTx(t, func(tx *sqlx.Tx) error {
			_, err := tickets.Created{CompanyID: w.company, TeamID: w.team, ContactID: w.contact, At: noon}.Create(t.Context(), tx, w.settings)
			return err
		})
		require.Equal(t, []string{want}, w.strings(t, `select coalesce(payload->'ask'->>'beside', '') from events where company_id = $1 and kind = 'ticket'`, w.company), before)
	}
}
