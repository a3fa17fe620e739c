package api_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/gateway"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/deliveries"
	"ringback/gateway/inbox"
	"ringback/gateway/messages"
	"ringback/gateway/notifications"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/requests"
	"ringback/gateway/tickets"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/webhooks/api"
	"ringback/webhooks/api/apitest"
)

const (
	customer = "+12025550100"
	ours     = "+15005550006"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// inboxWorld is a server with a company, a team and one sender.
type inboxWorld struct {
	apitest.Client
	t      *testing.T
	db     *sqlx.DB
	team   settings.Team
	sender settings.Sender
	path   string // of the team

	notices *notifications.Notifier
}

func newInbox(t *testing.T) inboxWorld {
	t.Parallel()
	gin.SetMode(gin.TestMode)
	w := inboxWorld{t: t, db: testdb.New(t)}
	company, err := settings.EnsureCompany(t.Context(), w.db, "GVE")
	require.NoError(t, err)
	w.team, w.sender = makeTeam(t, w.db, company.ID, ours)
	w.path = "/teams/" + w.team.ID
	now := clocktest.StoppedAt(noon)
	key, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	public := func() string { return "https://ringback.example" }
	w.notices = notifications.New(notifications.Config{DB: w.db, Clock: now, Settings: settings.NewCache(), Key: key, PublicURL: public, Log: slog.New(slog.DiscardHandler)})
	links := requests.Links{Key: []byte("a key of links for tests")}
	gate := gateway.New(gateway.Config{ // not started: it handles nothing
		DB: w.db, Clock: now, Settings: settings.NewCache(), Log: slog.New(slog.DiscardHandler), PublicURL: public, Links: links,
	})
	engine := gin.New()
	api.Mount(engine, api.Config{DB: w.db, Clock: now, Vault: &settings.Vault{}, Bootstrap: bootstrap, Company: company.ID, Hooks: outboundhooks.New(outboundhooks.Config{DB: w.db, Key: key}), PublicURL: public, Inbox: inbox.Desk{DB: w.db, Clock: now, Company: company.ID, Notices: w.notices, PublicURL: public, Payments: true, Links: links, Gateway: gate}})
	w.Client = apitest.Serve(t, engine, bootstrap)
	return w
}

func makeTeam(t *testing.T, db *sqlx.DB, company, address string) (settings.Team, settings.Sender) {
	t.Helper()
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	team, err := settings.CreateTeam(t.Context(), db, company, "test", team)
	require.NoError(t, err)
	var sender settings.Sender
	team, err = settings.EditTeam(t.Context(), db, company, team.ID, "test", func(e *settings.Edit) (err error) {
		sender, err = e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: address})
		return err
	})
	require.NoError(t, err)
	return team, sender
}

// story is what one text of a customer leaves behind.
type story struct{ contact, ticket, event, decision, delivery string }

func (w inboxWorld) text(from, sid string, at time.Time) story {
	w.t.Helper()
	ctx := w.t.Context()
	tx, err := w.db.Beginx()
	require.NoError(w.t, err)
	c, err := contacts.FindOrCreate(ctx, tx, w.team.CompanyID, w.team.ID, w.sender.ID, channels.SMS, from, "Anna")
	require.NoError(w.t, err)
	ticket := tickets.NewTicket{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: c.ID, SenderID: w.sender.ID, Kind: "message", OpenedAt: at}
	require.NoError(w.t, ticket.Open(ctx, tx))
	s := story{contact: c.ID, ticket: ticket.ID, event: newID(), decision: newID(), delivery: newID()}
	said := messages.Message{
		CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: c.ID, SenderID: w.sender.ID, TicketID: s.ticket,
		Author: "customer", Text: "anybody?", EventID: s.event, At: at.Add(time.Second),
	}
	require.NoError(w.t, messages.Insert(ctx, tx, said))
	require.NoError(w.t, decisions.Insert(ctx, tx, decisions.Decision{
		CompanyID: w.team.CompanyID, ID: s.decision, TeamID: w.team.ID, ContactID: c.ID, TicketID: s.ticket,
		EventID: s.event, EventKind: "message", ProviderID: sid, Automation: "customer_first_chat", Outcome: "sent", Reason: "sent",
		Facts: object{"open": true}, Text: "Thanks!", DeliveryID: s.delivery, At: at.Add(2 * time.Second),
	}))
	said.Author, said.Text, said.EventID, said.DeliveryID, said.At = "automation", "Thanks!", "", s.delivery, at.Add(3*time.Second)
	require.NoError(w.t, messages.Insert(ctx, tx, said))
	require.NoError(w.t, deliveries.Queue(ctx, tx, clock.Due{}, deliveries.Outgoing{
		CompanyID: w.team.CompanyID, ID: s.delivery, TeamID: w.team.ID, ContactID: c.ID, TicketID: s.ticket,
		DecisionID: s.decision, SenderID: w.sender.ID, Kind: channels.SMS, From: ours, To: from, Text: "Thanks!",
		ExpiresAt: at.Add(15 * time.Minute),
	}))
	require.NoError(w.t, tx.Commit())
	return s
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func (w inboxWorld) ids(path string) []string {
	w.t.Helper()
	ids := []string{}
	for _, item := range apitest.Items(w.Must(http.StatusOK, "GET", path, nil)) {
		ids = append(ids, item["id"].(string))
	}
	return ids
}

func (w inboxWorld) move(delivery string, state channels.State) {
	w.t.Helper()
	_, err := w.db.Exec(`update deliveries set state = $2, due_at = null, error_code = '30003', error = 'gone' where id = $1`, delivery, state)
	require.NoError(w.t, err)
}

func TestEveryRouteIsInAScope(t *testing.T) {
	w := newInbox(t)
	document := w.With("").Must(http.StatusOK, "GET", "/openapi.json", nil)
	for path, item := range document["paths"].(object) {
		path = strings.NewReplacer("/api/v1", "", "{team}", w.team.ID, "{id}", nobody, "{key}", "after_hours_text").Replace(path)
		for method, operation := range item.(object) {
			require.NotContains(t, operation.(object)["description"], "``", "%s %s", method, path)
			if operation.(object)["description"] == "Open to everybody." {
				continue
			}
			w.With("").Refused(http.StatusUnauthorized, strings.ToUpper(method), path, nil)
		}
	}
}

func TestDecisions(t *testing.T) {
	w := newInbox(t)
	first, second := w.text(customer, "SM1", noon), w.text("+12025550101", "SM2", noon.Add(time.Hour))
	page := w.Must(http.StatusOK, "GET", w.path+"/decisions?event=SM1", nil)
	require.Equal(t, []map[string]any{{
		"id": first.decision, "at": "2026-06-01T12:00:02Z", "event": object{"id": first.event, "kind": "message", "provider_id": "SM1"},
		"contact": first.contact, "contact_name": "Anna", "contact_address": customer, "ticket": first.ticket, "automation": "customer_first_chat", "outcome": "sent", "reason": "sent",
		"facts": object{"open": true}, "text": "Thanks!", "delivery": first.delivery,
	}}, apitest.Items(page))
	require.Nil(t, page["next"])
	for query, want := range map[string][]string{
		"":                                        {second.decision, first.decision},
		"?event=" + second.event:                  {second.decision},
		"?contact=" + first.contact:               {first.decision},
		"?contact=" + customer:                    {first.decision},
		"?contact=%2B12025550101":                 {second.decision},
		"?contact=%2B19999999999":                 {},
		"?automation=customer_first_chat":         {second.decision, first.decision},
		"?automation=after_hours_text":            {},
		"?reason=opted_out":                       {},
		"?since=2026-06-01T12:30:00Z":             {second.decision},
		"?reason=sent&event=SM1&since=":           {first.decision},
		"?limit=1":                                {second.decision},
		"?event=" + nobody + "&contact=" + nobody: {},
	} {
		require.Equal(t, want, w.ids(w.path+"/decisions"+query), query)
	}
	for query, field := range map[string]string{"?since=monday": "since", "?reasons=sent": "reasons", "?limit=1000": "limit"} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/decisions"+query, nil), field)
	}
	w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/decisions?reason=%00", nil)
	w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/decisions?event=%ff", nil)
}

func TestPagesOfManyDecisions(t *testing.T) {
	w := newInbox(t)
	want := make([]string, 7)
	for n := range want {
		want[len(want)-1-n] = w.text(customer, "SM"+string(rune('a'+n)), noon).decision
	}
	var got []string
	for cursor := "&"; cursor != ""; {
		page := w.Must(http.StatusOK, "GET", w.path+"/decisions?limit=3"+cursor, nil)
		for _, item := range apitest.Items(page) {
			got = append(got, item["id"].(string))
		}
		cursor = ""
		if next, more := page["next"].(string); more {
			cursor = "&cursor=" + next
		}
	}
	require.Equal(t, want, got)
}

func TestTickets(t *testing.T) {
	w := newInbox(t)
	first, second := w.text(customer, "SM1", noon), w.text("+12025550101", "SM2", noon)
	_, err := w.db.Exec(`update tickets set status = 'closed' where id = $1`, second.ticket)
	require.NoError(t, err)
	require.Equal(t, []string{second.ticket, first.ticket}, w.ids(w.path+"/tickets"))
	require.Equal(t, []string{first.ticket}, w.ids(w.path+"/tickets?status=open"))
	require.Equal(t, []string{first.ticket}, w.ids(w.path+"/tickets?contact="+first.contact))
	require.Equal(t, []string{second.ticket}, w.ids(w.path+"/tickets?status=closed&contact=+12025550101"))
	for field, query := range map[string]string{
		"status": "status=lost", "view": "view=mine", "assignee": "assignee=me", "channel": "channel=fax", "kind": "kind=letter",
		"label": "label=urgent", "q": "q=%3F", "sort": "sort=name", "cursor": "view=all&cursor=AAAA",
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/tickets?"+query, nil), field)
	}
	require.Equal(t, []string{second.ticket, first.ticket}, w.ids(w.path+"/tickets?view=all"))
	page := w.Must(http.StatusOK, "GET", w.path+"/tickets?view=all&limit=1", nil)
	next := page["next"].(string)
	require.Equal(t, []string{first.ticket}, w.ids(w.path+"/tickets?view=all&limit=1&cursor="+next))
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/tickets?cursor="+next, nil), "cursor", "of another order")
	for _, query := range []string{"", "?q=", "?q=+", "?q=" + strings.Repeat("x", 101)} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", "/search"+query, nil), "q")
	}
	require.Equal(t, []string{first.contact}, w.ids("/search?q="+customer))

	w.move(first.delivery, channels.Delivered)
	one := w.Must(http.StatusOK, "GET", w.path+"/tickets/"+first.ticket, nil)
	require.Equal(t, "open", one["status"])
	require.Equal(t, "message", one["kind"])
	require.Equal(t, 1001.0, one["number"])
	require.Equal(t, first.contact, one["contact"])
	require.Nil(t, one["assignee"])
	require.Equal(t, "2026-06-01T12:00:00Z", one["opened_at"])
	var told []string
	for _, item := range one["timeline"].([]any) {
		e := item.(object)
		for _, field := range []string{"change", "reason", "text"} {
			if e[field] != nil {
				told = append(told, e["type"].(string)+": "+e[field].(string))
			}
		}
		if e["author"] == "automation" {
			require.Equal(t, "delivered", e["state"])
			require.Equal(t, first.delivery, e["delivery"])
		}
	}
	require.Equal(t, []string{"change: opened", "message: anybody?", "decision: sent", "message: Thanks!"}, told)
}

func TestDeliveries(t *testing.T) {
	w := newInbox(t)
	first, second := w.text(customer, "SM1", noon), w.text("+12025550101", "SM2", noon)
	w.move(first.delivery, channels.Failed)
	require.Equal(t, []string{second.delivery, first.delivery}, w.ids("/deliveries"))
	require.Equal(t, []string{first.delivery}, w.ids("/deliveries?state=failed&sender="+w.sender.ID))
	require.Equal(t, []string{}, w.ids("/deliveries?sender="+nobody))
	one := apitest.Items(w.Must(http.StatusOK, "GET", "/deliveries?state=failed", nil))[0]
	for field, want := range map[string]any{
		"sender": w.sender.ID, "to": customer, "text": "Thanks!", "attempts": 0.0,
		"error_code": "30003", "error": "gone", "decision": first.decision, "retry": nil,
	} {
		require.Equal(t, want, one[field], field)
	}
	require.NotEmpty(t, one["created_at"])
	for query, want := range map[string][]string{
		"error=30003": {first.delivery}, "error=30004": {}, "since=2020-01-01T00:00:00Z": {second.delivery, first.delivery}, "since=2099-01-01T00:00:00+02:00": {},
		"contact=" + first.contact: {first.delivery}, "contact=%2B12025550101": {second.delivery}, "team=" + w.team.ID + "&limit=1": {second.delivery},
	} {
		require.Equal(t, want, w.ids("/deliveries?"+query), query)
	}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", "/deliveries?since=0000-01-01T00:00:00Z", nil), "since")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", "/deliveries?state=lost", nil), "state")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", "/deliveries?sender=x", nil), "sender")
}

func TestSendingAgain(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	path := "/deliveries/" + s.delivery + "/retry"
	for _, state := range []channels.State{channels.Queued, channels.Sending, channels.Sent, channels.Delivered, channels.Read} {
		w.move(s.delivery, state)
		require.Contains(t, w.Refused(http.StatusConflict, "POST", path, nil), "state", state)
	}
	for _, state := range []channels.State{channels.Failed, channels.Undelivered, channels.Expired, channels.Canceled, channels.Unknown} {
		w.move(s.delivery, state)
		again := w.Must(http.StatusCreated, "POST", "/deliveries/"+s.delivery+"/retry", nil)
		require.NotEqual(t, s.delivery, again["id"])
		for field, want := range map[string]any{
			"state": "queued", "to": customer, "text": "Thanks!", "decision": s.decision,
			"ticket": s.ticket, "contact": s.contact, "attempts": 0.0, "error_code": "",
		} {
			require.Equal(t, want, again[field], field)
		}
		require.Contains(t, w.Refused(http.StatusConflict, "POST", "/deliveries/"+s.delivery+"/retry", nil), "retry")
		var due time.Time
		require.NoError(t, w.db.Get(&due, `select due_at from deliveries where id = $1 and expires_at is null`, again["id"]))
		require.True(t, noon.Equal(due), "the clock stands at noon")
		s.delivery = again["id"].(string)
	}
}

func TestSendingAgainTwiceAtOnceIsOneMessage(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	w.move(s.delivery, channels.Failed)
	statuses := make([]int, 6)
	var all sync.WaitGroup
	for n := range statuses {
		all.Go(func() { statuses[n] = w.Do("POST", "/deliveries/"+s.delivery+"/retry", nil).Status })
	}
	all.Wait()
	made := 0
	for _, status := range statuses {
		if status == http.StatusCreated {
			made++
			continue
		}
		require.Equal(t, http.StatusConflict, status)
	}
	require.Equal(t, 1, made)
	require.Len(t, w.ids("/deliveries"), 2)
}

func TestNobodyIsSentToAgainAfterStop(t *testing.T) {
	w := newInbox(t)
	for _, sender := range []string{"", w.sender.ID} {
		s := w.text(customer, "SM"+sender, noon)
		w.move(s.delivery, channels.Failed)
		stop := contacts.Consent{
			CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: s.contact, SenderID: sender,
			OptedOut: true, Source: "message", Words: "STOP", At: noon,
		}
		require.NoError(t, stop.Record(t.Context(), w.db))
		a := w.Do("POST", "/deliveries/"+s.delivery+"/retry", nil)
		require.Equal(t, http.StatusConflict, a.Status, a.Text)
		require.Contains(t, a.Text, "opted_out")
		start := contacts.Consent{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: s.contact, Source: "message", Words: "START", At: noon}
		require.NoError(t, start.Record(t.Context(), w.db))
		w.Must(http.StatusCreated, "POST", "/deliveries/"+s.delivery+"/retry", nil)
	}
}

func TestWhatIsAnotherTeamsOrCompanysIs404(t *testing.T) {
	w := newInbox(t)
	mine := w.text(customer, "SM1", noon)
	w.move(mine.delivery, channels.Failed)
	_, err := w.db.Exec(`insert into companies (id, name) values ('11111111-1111-7111-8111-111111111111', 'Other')`)
	require.NoError(t, err)
	for _, company := range []string{w.team.CompanyID, "11111111-1111-7111-8111-111111111111"} {
		other := w
		other.team, other.sender = makeTeam(t, w.db, company, "+1202555011"+company[:1])
		theirs := other.text("+12025550109", "SM9"+company, noon)
		other.move(theirs.delivery, channels.Failed)
		for _, path := range []string{"/tickets/" + theirs.ticket, "/tickets/" + nobody, "/tickets/1", "/contacts/" + theirs.contact} {
			method, body := "GET", any(nil)
			if strings.HasPrefix(path, "/contacts") {
				method, body = "PATCH", object{"blocked": true}
			}
			w.Refused(http.StatusNotFound, method, w.path+path, body)
		}
		require.Equal(t, []string{mine.decision}, w.ids(w.path+"/decisions"))
		require.Equal(t, []string{mine.ticket}, w.ids(w.path+"/tickets"))
		require.Equal(t, []string{mine.contact}, w.ids(w.path+"/contacts"))

		made := w.Must(http.StatusCreated, "POST", "/keys", object{"scopes": []string{"deliveries:write", "tickets:write"}, "team": w.team.ID})
		bound := w
		bound.Client = w.With(made["key"].(string))
		require.Equal(t, []string{mine.delivery}, bound.ids("/deliveries"))
		bound.Refused(http.StatusNotFound, "POST", "/deliveries/"+theirs.delivery+"/retry", nil)
		bound.Refused(http.StatusNotFound, "GET", "/teams/"+other.team.ID+"/tickets", nil)
		bound.Refused(http.StatusForbidden, "GET", w.path, nil)
		if company != w.team.CompanyID {
			w.Refused(http.StatusNotFound, "POST", "/deliveries/"+theirs.delivery+"/retry", nil)
			w.Refused(http.StatusNotFound, "GET", "/teams/"+other.team.ID+"/decisions", nil)
			require.NotContains(t, w.ids("/deliveries"), theirs.delivery)
		}
	}
	w.Refused(http.StatusNotFound, "POST", "/deliveries/"+nobody+"/retry", nil)
	w.Refused(http.StatusNotFound, "POST", "/deliveries/x/retry", nil)
}
