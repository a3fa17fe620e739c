package gateway_test

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/channels/twilio"
	"ringback/channels/whatsapp"
	"ringback/gateway"
	"ringback/gateway/contacts"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// people is a team on SMS and on both roads of WhatsApp, and what is known of
// who is who.
type people struct {
	t       *rapid.T
	db      *sqlx.DB
	gateway *gateway.Gateway
	company string
	account string
	now     time.Time
	person  map[string]string // of each address, one that stands for all of the person's
	stopped map[string]bool
}

func newPeople(t *rapid.T, db *sqlx.DB, setUp *testing.T) *people {
	company := uuid.NewString()
	_, err := db.Exec(`insert into companies (id, name) values ($1, 'Green Valley')`, company)
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.DisplayName, team.TimeZone, team.Language = "Service", "Service", "America/Chicago", "en"
	team, err = settings.CreateTeam(setUp.Context(), db, company, "test", team)
	require.NoError(t, err)
	p := &people{
		t: t, db: db, company: company, account: "AC" + strings.ReplaceAll(uuid.NewString(), "-", ""),
		now: time.Date(2026, 6, 1, 14, 0, 0, 0, time.UTC), person: map[string]string{}, stopped: map[string]bool{},
	}
	_, err = db.Exec(`update teams set allowed_countries = '{}' where company_id = $1`, company)
	require.NoError(t, err)
	_, err = settings.EditTeam(setUp.Context(), db, company, team.ID, "test", func(e *settings.Edit) error {
		for kind, account := range map[channels.Kind]string{channels.SMS: p.account, channels.WhatsAppTwilio: p.account, channels.WhatsAppCloud: p.phoneID()} {
			if _, err := e.AddSender(setUp.Context(), settings.Sender{Kind: kind, Address: "+13125550100", Account: account}); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	p.gateway = gateway.New(gateway.Config{
		DB: db, Clock: clocktest.StoppedAt(p.now), Settings: settings.NewCache(), Log: slog.New(slog.DiscardHandler),
		Accounts:  settings.Accounts{Vault: &settings.Vault{}, DB: db},
		PublicURL: func() string { return "https://texts.example.com" },
	})
	return p
}

// phoneID is the number's id at Meta, digits of the account's.
func (p *people) phoneID() string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return '0' + r%10
	}, p.account[2:22])
}

// twilio is what Twilio's door reads of a form.
func (p *people) twilio(pairs ...string) []channels.Event {
	form := url.Values{"AccountSid": {p.account}, "MessageSid": {"SM" + uuid.NewString()}}
	for n := 0; n < len(pairs); n += 2 {
		form.Set(pairs[n], pairs[n+1])
	}
	told, err := twilio.New(twilio.Config{}).Hooks()[0].Parse(channels.Request{Body: []byte(form.Encode())})
	require.NoError(p.t, err)
	return told
}

// meta is what Meta's door reads of a change.
func (p *people) meta(field, value string) []channels.Event {
	body := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":%q,"value":{"metadata":{"phone_number_id":%q},%s}}]}]}`, field, p.phoneID(), value)
	told, err := whatsapp.New(whatsapp.Config{}).Hooks()[0].Parse(channels.Request{Body: []byte(body)})
	require.NoError(p.t, err)
	return told
}

func (p *people) metaMessage(rest string) []channels.Event {
	return p.meta("messages", fmt.Sprintf(`"messages":[{"id":"wamid.%s","timestamp":"%d",%s}]`, uuid.NewString(), p.now.Unix(), rest))
}

// same notes that addresses are one person's.
func (p *people) same(addresses ...string) string {
	for _, a := range addresses {
		if p.person[a] == "" {
			p.person[a] = a
		}
	}
	stays := p.person[addresses[0]]
	for _, a := range addresses {
		gone := p.person[a]
		p.stopped[stays] = p.stopped[stays] || p.stopped[gone]
		for other, of := range p.person {
			if of == gone {
				p.person[other] = stays
			}
		}
	}
	return stays
}

// happens plays an event to its end and returns the automations that answer it.
// Tickets are long closed by the next, so that each is a first message again.
func (p *people) happens(told []channels.Event) []string {
	require.Len(p.t, told, 1)
	require.Equal(p.t, channels.MessageReceived, told[0].Kind)
	require.NoError(p.t, p.gateway.RecordOne(told))
	for busy := true; busy; {
		var err error
		busy, err = p.gateway.HandleOne(p.t.Context())
		require.NoError(p.t, err)
	}
	answered := []string{}
	require.NoError(p.t, p.db.Select(&answered, `select automation from decisions where company_id = $1 and provider_id = $2 and outcome = 'sent' and automation is not null`,
		p.company, told[0].ProviderID))
	var unhandled int
	require.NoError(p.t, p.db.Get(&unhandled, `select count(*) from events where company_id = $1 and handled_at is null`, p.company))
	require.Zero(p.t, unhandled)
	_, err := p.db.Exec(`update tickets set status = 'closed', closed_at = $2 where company_id = $1`, p.company, p.now.Add(-72*time.Hour))
	require.NoError(p.t, err)
	p.now = p.now.Add(20 * time.Minute)
	p.gateway.Clock.Stop(p.now)
	return answered
}

// TestNobodyIsTextedAfterTheirStop: random news of who is who, on both roads of
// WhatsApp and by SMS, with STOP in between. No automatic text reaches the person
// after it, under whatever address they write; and nobody else is silenced.
func TestNobodyIsTextedAfterTheirStop(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	numbers := []string{"+5215512345678", "+525512345678", "+13125550142", "+551187654321", "+5511987654321", "+541123456789", "+5491123456789"}
	users := []string{"US.1111111111", "US.2222222222", "US.ENT.3333333333"}
	meta := func(number string) string { return strings.TrimPrefix(number, "+") }
	rapid.Check(t, func(rt *rapid.T) {
		p := newPeople(rt, db, t)
		for range rapid.IntRange(2, 9).Draw(rt, "steps") {
			number, user := rapid.SampledFrom(numbers).Draw(rt, "number"), rapid.SampledFrom(users).Draw(rt, "user")
			other := rapid.SampledFrom(users).Filter(func(u string) bool { return u != user }).Draw(rt, "other user")
			text := rapid.SampledFrom([]string{"My pump leaks", "My pump leaks", "STOP"}).Draw(rt, "text")
			dialed := contacts.Forms(channels.WhatsAppCloud, number)
			var told []channels.Event
			var who []string
			wrote := true
			news := rapid.IntRange(0, 8).Draw(rt, "news")
			if news == 0 && strings.HasPrefix(number, "+54") {
				news = 1 // by telephone the two ways to write it are two numbers, a landline's and a mobile's
			}
			switch news {
			case 0:
				told, who = p.twilio("From", number, "To", "+13125550100", "Body", text), dialed
			case 1:
				told, who = p.twilio("From", "whatsapp:"+number, "To", "whatsapp:+13125550100", "Body", text), dialed
			case 2:
				told = p.twilio("From", "whatsapp:"+number, "To", "whatsapp:+13125550100", "Body", text, "ExternalUserId", "whatsapp:"+user)
				who = append(dialed, user)
			case 3:
				told = p.twilio("From", "whatsapp:"+user, "To", "whatsapp:+13125550100", "Body", text, "ParentExternalUserId", other)
				who = []string{user, other}
			case 4:
				told = p.metaMessage(fmt.Sprintf(`"from":%q,"from_user_id":%q,"type":"text","text":{"body":%q}`, meta(number), user, text))
				who = append(dialed, user)
			case 5:
				told = p.metaMessage(fmt.Sprintf(`"from_user_id":%q,"type":"text","text":{"body":%q}`, user, text))
				who = []string{user}
			case 6:
				wrote = false
				told = p.metaMessage(fmt.Sprintf(`"from":%q,"type":"system","system":{"type":"user_changed_number","wa_id":%q,"user_id":%q}`, meta(number), meta(numbers[2]), user))
				who = append(dialed, numbers[2], user)
			case 7:
				wrote = false
				told = p.metaMessage(fmt.Sprintf(`"type":"system","system":{"type":"user_changed_user_id","previous_user_id":%q,"user_id":%q}`, user, other))
				who = []string{user, other}
			case 8:
				wrote = false
				told = p.meta("user_id_update", fmt.Sprintf(`"user_id_update":[{"wa_id":%q,"user_id":{"previous":%q,"current":%q},"timestamp":"%d"}]`, meta(number), user, other, p.now.Unix()))
				who = append(dialed, user, other)
			}
			person := p.same(who...)
			if wrote && text == "STOP" {
				p.stopped[person] = true
			}
			answered := p.happens(told)
			if p.stopped[person] || !wrote {
				require.Empty(rt, answered, "%v is told nothing", who)
			} else {
				require.Equal(rt, []string{"customer_first_chat"}, answered, "%v", who)
			}
		}
	})
}
