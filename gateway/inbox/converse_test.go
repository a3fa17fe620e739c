package inbox_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/inbox"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// reaches gives the team further senders.
func (w world) reaches(senders ...settings.Sender) {
	w.Helper()
	_, err := settings.EditTeam(w.Context(), w.db, w.team.CompanyID, w.team.ID, "test", func(e *settings.Edit) error {
		for _, s := range senders {
			if _, err := e.AddSender(w.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(w, err)
}

func (w world) converses(key string, c inbox.Conversation) (inbox.Conversed, []string) {
	w.Helper()
	made, err := w.desk.Converse(w.Context(), w.who, w.team.ID, key, c)
	return made, codes(w.T, err)
}

// TestWhatCannotBeBegun: each with the field that is wrong and why, and nothing of
// it is left.
func TestWhatCannotBeBegun(t *testing.T) {
	w := newWorld(t)
	done := &inbox.Template{Name: "done"}
	for name, c := range map[string]struct {
		c    inbox.Conversation
		want []string
	}{
		"to nobody":                    {inbox.Conversation{Text: "Hello"}, []string{"to: too_short"}},
		"to no number":                 {inbox.Conversation{To: "Anna", Text: "Hello"}, []string{"to: phone"}},
		"to a number that is short":    {inbox.Conversation{To: "+1202555", Text: "Hello"}, []string{"to: phone"}},
		"nothing":                      {inbox.Conversation{To: customer, Text: " \n"}, []string{"text: text_or_template"}},
		"more than a text takes":       {inbox.Conversation{To: customer, Text: long(1601)}, []string{"text: too_long"}},
		"a zero byte":                  {inbox.Conversation{To: customer, Text: "a\x00"}, []string{"text: unstorable"}},
		"by post":                      {inbox.Conversation{To: customer, Text: "Hello", Channel: "post"}, []string{"channel: not_one_of"}},
		"a template by SMS":            {inbox.Conversation{To: customer, Template: done, Channel: "sms"}, []string{"template: whatsapp_only"}},
		"a template that cannot be":    {inbox.Conversation{To: customer, Template: &inbox.Template{Name: "Done!"}}, []string{"template: template_name"}},
		"in no language":               {inbox.Conversation{To: customer, Template: &inbox.Template{Name: "done", Language: "english"}}, []string{"template: template_language"}},
		"of too many values":           {inbox.Conversation{To: customer, Template: &inbox.Template{Name: "done", Values: make([]string, 21)}}, []string{"template.values: too_many"}},
		"of values that are too long":  {inbox.Conversation{To: customer, Template: &inbox.Template{Name: "done", Values: []string{long(1000), long(25)}}}, []string{"template.values: too_long"}},
		"on WhatsApp, without a way":   {inbox.Conversation{To: customer, Text: "Hello", Channel: "whatsapp"}, []string{"channel: no_sender"}},
		"a template, without a way":    {inbox.Conversation{To: customer, Template: done}, []string{"channel: no_sender"}},
		"to ourselves":                 {inbox.Conversation{To: ours, Text: "Hello"}, []string{"to: own_number"}},
		"to a number that costs":       {inbox.Conversation{To: "+19005551234", Text: "Hello"}, []string{"to: unreachable"}},
		"an id of WhatsApp's, by text": {inbox.Conversation{To: "US.13491208655302741918", Text: "Hello"}, []string{"to: phone"}},
	} {
		_, wrong := w.converses("", c.c)
		require.Equal(t, c.want, wrong, name)
	}
	var left int
	require.NoError(t, w.db.Get(&left, `select (select count(*) from tickets) + (select count(*) from contacts) + (select count(*) from deliveries)`))
	require.Zero(t, left)
	_, err := w.desk.Converse(t.Context(), w.who, uuid.NewString(), "", inbox.Conversation{To: customer, Text: "Hello"})
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// TestAConversationIsBegun: with a number as people write it, on the ticket that is
// open with them or a new one, once for a key.
func TestAConversationIsBegun(t *testing.T) {
	w := newWorld(t)
	first, wrong := w.converses("key", inbox.Conversation{To: "(202) 555-0100", Text: " Hello ", Name: "Anna"})
	require.Empty(t, wrong)
	again, wrong := w.converses("key", inbox.Conversation{To: "(202) 555-0100", Text: " Hello ", Name: "Anna"})
	require.Empty(t, wrong)
	require.Equal(t, first, again)
	_, wrong = w.converses("key", inbox.Conversation{To: "(202) 555-0100", Text: "Something else"})
	require.Equal(t, []string{"Idempotency-Key: used_key"}, wrong)
	card, err := w.desk.Contact(t.Context(), w.who, w.team.ID, first.Contact)
	require.NoError(t, err)
	require.Equal(t, "Anna", card.Name)
	require.Equal(t, customer, card.Addresses[0].Address)
	opened := w.find(first.Ticket)
	require.Equal(t, []any{"message", "open", w.who.StaffID}, []any{opened.Kind, opened.Status, *opened.Assignee}, "whoever begins it has it")
	require.Nil(t, opened.WaitingSince, "nobody waits for us")
	var texts []string
	require.NoError(t, w.db.Select(&texts, `select text from deliveries where to_address = $1`, customer))
	require.Equal(t, []string{"Hello"}, texts)

	second, wrong := w.converses("", inbox.Conversation{To: customer, Text: "Are you there?", Name: "Mallory"})
	require.Empty(t, wrong)
	require.Equal(t, first.Ticket, second.Ticket)
	card, err = w.desk.Contact(t.Context(), w.who, w.team.ID, first.Contact)
	require.NoError(t, err)
	require.Equal(t, "Anna", card.Name, "who has a name keeps it")
	require.NoError(t, w.change(first.Ticket, func(c *inbox.TicketChange) { c.Status = tickets.StatusDone }))
	third, wrong := w.converses("", inbox.Conversation{To: customer, Text: "One more thing"})
	require.Empty(t, wrong)
	require.Equal(t, first.Ticket, third.Ticket)
	require.Equal(t, "open", w.find(first.Ticket).Status, "what was done goes on")
	require.NoError(t, w.change(first.Ticket, func(c *inbox.TicketChange) { c.Status = "closed" }))
	fourth, wrong := w.converses("", inbox.Conversation{To: customer, Text: "A year later"})
	require.Empty(t, wrong)
	require.NotEqual(t, first.Ticket, fourth.Ticket)
}

// TestWhoMayNotBeWrittenTo: by the reason that a decision would name.
func TestWhoMayNotBeWrittenTo(t *testing.T) {
	w := newWorld(t)
	met, wrong := w.converses("", inbox.Conversation{To: customer, Text: "Hello"})
	require.Empty(t, wrong)
	say := inbox.Conversation{To: customer, Text: "Hello again"}
	_, err := w.desk.ChangeContact(t.Context(), w.who, w.team.ID, met.Contact, func(c *contacts.Card) error { c.OptedOut = true; return nil })
	require.NoError(t, err)
	_, wrong = w.converses("", say)
	require.Equal(t, []string{"to: opted_out"}, wrong)
	_, err = w.desk.ChangeContact(t.Context(), w.who, w.team.ID, met.Contact, func(c *contacts.Card) error { c.OptedOut, c.Blocked = false, true; return nil })
	require.NoError(t, err)
	_, wrong = w.converses("", say)
	require.Equal(t, []string{"to: blocked"}, wrong)
	evidence, err := w.desk.Consents(t.Context(), w.who, w.team.ID, met.Contact, "", 9)
	require.NoError(t, err)
	require.Len(t, evidence, 2, "each change of heart has its line")
	_, err = w.desk.Consents(t.Context(), w.who, w.team.ID, uuid.NewString(), "", 9)
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// TestOnWhatsApp: words within a day of theirs, a template at any time, from the
// sender whose it is, to an id as well.
func TestOnWhatsApp(t *testing.T) {
	w := newWorld(t)
	const sid, nameless = "HX0123456789abcdef0123456789abcdef", "US.13491208655302741918"
	w.reaches(settings.Sender{Kind: channels.WhatsAppCloud, Address: "106540352242922"}, settings.Sender{Kind: channels.WhatsAppTwilio, Address: "+15005550007"})
	sent := func(delivery string) (from string, template *channels.Template) {
		var row struct {
			From     string           `db:"from_address"`
			Template *json.RawMessage `db:"template"`
		}
		require.NoError(t, w.db.Get(&row, `select from_address, template from deliveries where id = $1`, delivery))
		if row.Template != nil {
			require.NoError(t, json.Unmarshal(*row.Template, &template))
		}
		return row.From, template
	}
	_, wrong := w.converses("", inbox.Conversation{To: customer, Text: "Hello", Channel: "whatsapp"})
	require.Equal(t, []string{"text: whatsapp_window_closed"}, wrong, "who never wrote there")
	made, wrong := w.converses("", inbox.Conversation{To: nameless, Text: "Hello", Template: &inbox.Template{Name: "done", Values: []string{" two\n lines ", ""}}})
	require.Empty(t, wrong)
	from, template := sent(made.Delivery)
	require.Equal(t, "106540352242922", from)
	require.Equal(t, &channels.Template{Name: "done", Language: "en", Values: []string{"two lines", "-"}}, template)
	_, err := w.db.Exec(`insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, at)
		select company_id, gen_random_uuid(), team_id, contact_id, ticket_id, sender_id, 'customer', 'Hi', $2 from deliveries where id = $1`, made.Delivery, w.desk.Clock.Now())
	require.NoError(t, err)
	made, wrong = w.converses("", inbox.Conversation{To: nameless, Text: "Hello", Template: &inbox.Template{Name: "done"}})
	require.Empty(t, wrong)
	_, template = sent(made.Delivery)
	require.Nil(t, template, "they have written meanwhile")
	var otherwise string
	require.NoError(t, w.db.Get(&otherwise, `select template_else ->> 'name' from deliveries where id = $1`, made.Delivery))
	require.Equal(t, "done", otherwise, "in case that WhatsApp does not think so")
	made, wrong = w.converses("", inbox.Conversation{To: customer, Template: &inbox.Template{Name: sid}})
	require.Empty(t, wrong)
	from, template = sent(made.Delivery)
	require.Equal(t, []string{"+15005550007", sid}, []string{from, template.Name}, "a template of Twilio's goes out there")
	var written inbox.Template
	require.NoError(t, json.Unmarshal([]byte(`"done"`), &written))
	require.Equal(t, inbox.Template{Name: "done"}, written, "a name alone")
	require.NoError(t, json.Unmarshal([]byte(`{"name":"done","language":"pl","values":["1"]}`), &written))
	require.Equal(t, inbox.Template{Name: "done", Language: "pl", Values: []string{"1"}}, written)
}

// TestANoteIsForTheStaff: it names whom it tells, and no customer ever gets it.
func TestANoteIsForTheStaff(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	joe, bob := w.member("Joe", w.team.ID), w.member("Bob", w.team.ID)
	stranger := w.member("Stranger")
	note := func(key, text string) (inbox.Noted, []string) {
		made, err := w.desk.Note(t.Context(), w.who, w.team.ID, ticket.ID, key, inbox.NewNote{Text: text})
		return made, codes(t, err)
	}
	for text, want := range map[string]string{"": "text: empty", " \n": "text: empty", long(4001): "text: too_long", "a\x00": "text: unstorable"} {
		_, wrong := note("", text)
		require.Equal(t, []string{want}, wrong)
	}
	made, wrong := note("key", " @joe and @Bob: see @Stranger, @maria ")
	require.Empty(t, wrong)
	require.Equal(t, "@joe and @Bob: see @Stranger, @maria", made.Text)
	require.ElementsMatch(t, []string{joe, bob, w.who.StaffID}, made.Mentioned)
	require.NotContains(t, made.Mentioned, stranger, "who cannot see the ticket")
	again, wrong := note("key", " @joe and @Bob: see @Stranger, @maria ")
	require.Empty(t, wrong)
	require.Equal(t, made, again)
	var told []string
	require.NoError(t, w.db.Select(&told, `select staff_id from notices where kind = 'mention'`))
	require.ElementsMatch(t, []string{joe, bob}, told, "once, and not whoever wrote it")
	var sent int
	require.NoError(t, w.db.Get(&sent, `select count(*) from deliveries`))
	require.Zero(t, sent)
	_, err := w.desk.Note(t.Context(), w.who, w.team.ID, uuid.NewString(), "", inbox.NewNote{Text: "x"})
	require.ErrorIs(t, err, settings.ErrNotFound)
	require.NotNil(t, w.find(ticket.ID).WaitingSince, "a note is no answer")
}

// TestTheContactPageIsShared once for a key, and not with whoever would not get it.
func TestTheContactPageIsShared(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	share := func(contact, key string) (inbox.Shared, error) {
		return w.desk.Share(t.Context(), w.who, w.team.ID, contact, key)
	}
	made, err := share(ticket.Contact, "key")
	require.NoError(t, err)
	require.Equal(t, "https://ringback.example/c/"+w.team.ID, made.URL)
	again, err := share(ticket.Contact, "key")
	require.NoError(t, err)
	require.Equal(t, made, again)
	for _, id := range []string{uuid.NewString(), "x", "", "urn:uuid:" + ticket.Contact} {
		_, err := share(id, "")
		require.ErrorIs(t, err, settings.ErrNotFound, id)
	}
	_, err = w.desk.ChangeContact(t.Context(), w.who, w.team.ID, ticket.Contact, func(c *contacts.Card) error { c.OptedOut = true; return nil })
	require.NoError(t, err)
	_, err = share(ticket.Contact, "")
	require.Equal(t, []string{"contact: opted_out"}, codes(t, err))
}

// TestTwoThatAreOnePerson: which of them stays is said by where the other is named.
func TestTwoThatAreOnePerson(t *testing.T) {
	w := newWorld(t)
	add := func(name, number string) contacts.Card {
		c, err := w.desk.AddContact(t.Context(), w.who, w.team.ID, contacts.Card{Name: name, Addresses: []contacts.Address{{Kind: "phone", Address: number}}})
		require.NoError(t, err)
		return c
	}
	ann, anna, other := add("Ann", "+12025550101"), add("Anna", "+12025550102"), add("Bob", "+12025550103")
	for name, c := range map[string]struct {
		into, from, want string
	}{
		"neither": {"", "", "into: merge_who"}, "both": {ann.ID, other.ID, "into: merge_who"}, "itself": {ann.ID, "", "into: merge_self"},
		"from itself": {"", ann.ID, "from: merge_self"}, "no id": {"x", "", "into: not_id"}, "an id as others write it": {"urn:uuid:" + anna.ID, "", "into: not_id"},
	} {
		_, err := w.desk.MergeContact(t.Context(), w.who, w.team.ID, ann.ID, c.into, c.from)
		require.Equal(t, []string{c.want}, codes(t, err), name)
	}
	stays, err := w.desk.MergeContact(t.Context(), w.who, w.team.ID, ann.ID, anna.ID, "")
	require.NoError(t, err)
	require.Equal(t, []any{anna.ID, 2}, []any{stays.ID, len(stays.Addresses)})
	stays, err = w.desk.MergeContact(t.Context(), w.who, w.team.ID, anna.ID, "", other.ID)
	require.NoError(t, err)
	require.Equal(t, []any{anna.ID, 3}, []any{stays.ID, len(stays.Addresses)})
	_, err = w.desk.Contact(t.Context(), w.who, w.team.ID, other.ID)
	require.ErrorIs(t, err, settings.ErrNotFound)
	found, err := w.desk.SearchContacts(t.Context(), w.who, w.team.ID, "ann", 9)
	require.NoError(t, err)
	require.Len(t, found, 1)
	_, err = w.desk.AddContact(t.Context(), w.who, w.team.ID, contacts.Card{Name: long(201)})
	require.NotEmpty(t, codes(t, err))
	_, err = w.desk.ImportContacts(t.Context(), w.who, w.team.ID, make([]byte, inbox.MaxList+1))
	require.Equal(t, []string{": list_large"}, codes(t, err))
}

// TestDecisionsAreListed by each thing that one looks for, page by page, and with
// what the customer wrote.
func TestDecisionsAreListed(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket()
	event := uuid.NewString()
	_, err := w.db.Exec(`update messages set event_id = $1`, event)
	require.NoError(t, err)
	for n, one := range []struct{ event, provider, automation, outcome, reason string }{
		{event, "SM1", "customer_first_chat", "sent", "sent"},
		{uuid.NewString(), "SM2", "customer_first_chat", "skipped", "opted_out"},
		{uuid.NewString(), "SM3", "", "skipped", "ticket_open"},
		{uuid.NewString(), "CA1", "after_hours_call", "deferred", "held_back"},
	} {
		_, err := w.db.Exec(`insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, at)
			values ($1, gen_random_uuid(), $2, $3, $4, $5, 'message', $6, nullif($7, ''), $8, $9, '{"open": true}', $10)`,
			w.team.CompanyID, w.team.ID, ticket.Contact, ticket.ID, one.event, one.provider, one.automation, one.outcome, one.reason, noon.Add(time.Duration(n)*time.Hour))
		require.NoError(t, err)
	}
	list := func(team string, f inbox.DecisionFilter) (found map[string]bool, first inbox.Decision) {
		found = map[string]bool{}
		for before := ""; ; {
			page, err := w.desk.Decisions(t.Context(), w.who, team, f, before, 2)
			require.NoError(t, err)
			for n, d := range page {
				require.True(t, before == "" || d.ID < before, "the newest first")
				if found[d.Event.ProviderID], before = true, d.ID; n == 0 {
					first = d
				}
			}
			if len(page) < 2 {
				return found, first
			}
		}
	}
	later := noon.Add(2 * time.Hour)
	for name, c := range map[string]struct {
		f    inbox.DecisionFilter
		want string
	}{
		"all":             {inbox.DecisionFilter{}, "SM1 SM2 SM3 CA1"},
		"of an event":     {inbox.DecisionFilter{Event: event}, "SM1"},
		"by its name":     {inbox.DecisionFilter{ProviderID: "CA1"}, "CA1"},
		"of a customer":   {inbox.DecisionFilter{Contact: ticket.Contact}, "SM1 SM2 SM3 CA1"},
		"of another":      {inbox.DecisionFilter{Contact: uuid.NewString()}, ""},
		"of a number":     {inbox.DecisionFilter{Address: customer}, "SM1 SM2 SM3 CA1"},
		"of nobody's":     {inbox.DecisionFilter{Address: "+12025550199"}, ""},
		"by automation":   {inbox.DecisionFilter{Automation: "customer_first_chat"}, "SM1 SM2"},
		"by reason":       {inbox.DecisionFilter{Reason: "opted_out"}, "SM2"},
		"from a time on":  {inbox.DecisionFilter{Since: &later}, "SM3 CA1"},
		"of both at once": {inbox.DecisionFilter{Automation: "customer_first_chat", Reason: "sent"}, "SM1"},
	} {
		found, _ := list(w.team.ID, c.f)
		want := map[string]bool{}
		for name := range strings.FieldsSeq(c.want) {
			want[name] = true
		}
		require.Equal(t, want, found, name)
	}
	_, one := list(w.team.ID, inbox.DecisionFilter{Event: event})
	require.Equal(t, []string{"Anna", customer}, []string{one.Name, one.Address})
	full, err := w.desk.Decision(t.Context(), w.who, w.team.ID, one.ID)
	require.NoError(t, err)
	require.Equal(t, "anybody?", full.Wrote)
	require.Nil(t, full.Delivered)
	_, err = w.desk.Decision(t.Context(), w.who, uuid.NewString(), one.ID)
	require.ErrorIs(t, err, settings.ErrNotFound, "another team's")
	others, _ := list(uuid.NewString(), inbox.DecisionFilter{})
	require.Empty(t, others)
}

// TestDeliveriesWithinReach: of the teams that one may see, by what one looks for.
func TestDeliveriesWithinReach(t *testing.T) {
	w := newWorld(t)
	made, wrong := w.converses("", inbox.Conversation{To: customer, Text: "Hello"})
	require.Empty(t, wrong)
	nobodys := staff.Principal{CompanyID: w.team.CompanyID, Teams: []string{}}
	list := func(who staff.Principal, f inbox.DeliveryFilter) int {
		found, err := w.desk.Deliveries(t.Context(), who, f, "", 9)
		require.NoError(t, err)
		return len(found)
	}
	require.Equal(t, []int{1, 0}, []int{list(w.who, inbox.DeliveryFilter{}), list(nobodys, inbox.DeliveryFilter{})})
	for want, filters := range map[int][]inbox.DeliveryFilter{
		1: {{Team: w.team.ID}, {State: "queued"}, {Sender: w.sender.ID}, {Contact: made.Contact}, {Address: customer}},
		0: {{State: "failed"}, {Sender: uuid.NewString()}, {Contact: uuid.NewString()}, {Address: "+12025550199"}, {Error: "30003"}},
	} {
		for _, f := range filters {
			require.Equal(t, want, list(w.who, f), "%+v", f)
		}
	}
	for _, f := range []inbox.DeliveryFilter{{Team: "x"}, {Sender: "x"}, {Sender: "urn:uuid:" + w.sender.ID}} {
		_, err := w.desk.Deliveries(t.Context(), w.who, f, "", 9)
		require.Len(t, codes(t, err), 1, "%+v", f)
	}
	_, err := w.desk.Deliveries(t.Context(), nobodys, inbox.DeliveryFilter{Team: w.team.ID}, "", 9)
	require.ErrorIs(t, err, settings.ErrNotFound)
	for _, id := range []string{"x", uuid.NewString(), ""} {
		_, err := w.desk.RetryEvent(t.Context(), w.who, id)
		require.ErrorIs(t, err, settings.ErrNotFound, id)
	}
	for filter, want := range map[string][2]string{
		made.Contact: {made.Contact, ""}, customer: {"", customer}, " 12025550100": {"", customer}, "": {"", ""}, "urn:uuid:" + made.Contact: {"", "urn:uuid:" + made.Contact},
	} {
		id, name := inbox.IDOr(filter)
		require.Equal(t, want, [2]string{id, name}, filter)
	}
}

// TestHowSomebodyAgreedIsKept: with who noted it, among their opt-outs and opt-ins and on
// their page; nothing said, nothing is kept, and a refused one keeps nothing.
func TestHowSomebodyAgreedIsKept(t *testing.T) {
	w := newWorld(t)
	w.converses("", inbox.Conversation{To: customer, Text: "Hello", Consent: "  "})
	_, refused := w.converses("", inbox.Conversation{To: customer, Text: "Hello", Consent: long(501)})
	require.Equal(t, []string{"consent: too_long"}, refused)
	made, refused := w.converses("", inbox.Conversation{To: customer, Text: "Hello", Consent: " Asked for it by phone "})
	require.Empty(t, refused)
	found, err := contacts.ListEvidence(t.Context(), w.db, w.team.CompanyID, w.team.ID, made.Contact, "", 9)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, []any{false, "agreed", "Asked for it by phone", w.who.Who}, []any{found[0].OptedOut, found[0].Source, found[0].Words, found[0].Who})
	story, err := w.desk.ContactTimeline(t.Context(), w.who, made.Contact, inbox.Place{}, 20)
	require.NoError(t, err)
	raw, err := json.Marshal(story)
	require.NoError(t, err)
	require.Contains(t, string(raw), `"agreed"`)
}
