package app

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/channels/mail"
	"ringback/channels/simulator"
	"ringback/channels/simulator/mailbox"
	"ringback/gateway"
	"ringback/gateway/calendars"
	"ringback/gateway/callhours"
	"ringback/gateway/deliveries"
	"ringback/gateway/health"
	"ringback/gateway/inbox"
	"ringback/gateway/live"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/gateway/notifications"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/readreceipts"
	"ringback/gateway/transcripts"
	"ringback/migrations/prepared"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/staff"
	"ringback/webhooks/api"
	"ringback/webhooks/console"
	"ringback/webhooks/web/session"
)

// customersGrown is how many customers the tables of these tests hold: enough
// for Postgres to choose as it would for a hundred times as many.
const customersGrown = 10_000

// tooMuch is how many rows a step of a statement may look at. A page of the
// API has at most 200, and a batch of the queue fewer.
const tooMuch = 600

// passedOver is how many pages a look into an index may read beside those of the rows
// that it finds, and pagesOfRow how many each of these may cost.
const (
	passedOver = 30
	pagesOfRow = 6
)

// roadAtLeast is how many statements a few texts and their replies take when as many of
// them as can be are handled and sent together.
const roadAtLeast = 15

//go:embed testdata/grown.sql
var grown string

const key = "a bootstrap key for tests"

// grownUp is a gateway on tables that have grown, on which every statement
// shows how it was carried out.
type grownUp struct {
	t       *testing.T
	db      *sqlx.DB // not watched
	work    *sqlx.DB
	gateway *gateway.Gateway
	router  *gin.Engine
	company settings.Company
	team    settings.Team
	clock   *clock.Clock
	sender  settings.Sender
	mu      sync.Mutex
	plans   []plan
	asked   int // of these, what pages and the API asked for
	sends   chan channels.Outgoing
	gate    staff.Gate
}

// plan is how Postgres carried out one statement.
type plan struct {
	Query string `json:"Query Text"`
	Plan  node   `json:"Plan"`
}

type node struct {
	Type     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Index    string  `json:"Index Name"`
	Cond     string  `json:"Index Cond"`
	Rows     float64 `json:"Actual Rows"`
	Loops    float64 `json:"Actual Loops"`
	Filtered float64 `json:"Rows Removed by Filter"`
	Recheck  float64 `json:"Rows Removed by Index Recheck"`
	Hit      float64 `json:"Shared Hit Blocks"`
	Read     float64 `json:"Shared Read Blocks"`
	Plans    []node  `json:"Plans"`
}

// faults are the steps below the node that look at more rows than they should.
func (n node) faults() []string {
	var found []string
	if looked := (n.Rows + n.Filtered + n.Recheck) * n.Loops; looked > tooMuch {
		found = append(found, fmt.Sprintf("%s %s %s %s looks at %.0f rows", n.Type, n.Relation, n.Index, n.Cond, looked))
	}
	// Entries of an index that are passed over are no rows: the pages tell of them.
	most := float64(passedOver)
	if strings.HasSuffix(n.Index, "_due") || n.Index == "deliveries_turn" && strings.Contains(n.Cond, ".before") { // what was handled a moment ago stands in a queue's index until somebody passed over it
		most *= 10
	}
	if pages, rows := n.Hit+n.Read, (n.Rows+n.Filtered+n.Recheck)*n.Loops; strings.HasPrefix(n.Type, "Index") && len(n.Plans) == 0 && pages > most*n.Loops+pagesOfRow*rows {
		found = append(found, fmt.Sprintf("%s %s %s %s reads %.0f pages for %.0f rows of %.0f", n.Type, n.Relation, n.Index, n.Cond, pages, rows, n.Loops))
	}
	for _, below := range n.Plans {
		found = append(found, below.faults()...)
	}
	return found
}

// Kinds, Hooks and Send make it the provider as well.
func (w *grownUp) Kinds() []channels.Kind { return []channels.Kind{channels.SMS} }
func (w *grownUp) Hooks() []channels.Hook { return nil }
func (w *grownUp) Send(_ context.Context, _ channels.Account, m channels.Outgoing) (channels.Receipt, error) {
	w.sends <- m
	return channels.Receipt{ProviderID: "SM" + m.Delivery, State: channels.Sending, Segments: 1}, nil
}

func grow(t *testing.T) *grownUp {
	t.Helper()
	w, dsn := begin(t)
	w.exec(grown)
	w.watch(dsn)
	return w
}

// begin makes a company on empty tables, which nothing works on yet.
func begin(t *testing.T) (*grownUp, string) {
	t.Helper()
	ctx := t.Context()
	dsn := testdb.DSN(t)
	w := &grownUp{t: t, clock: clocktest.Running(t), sends: make(chan channels.Outgoing, 10_000)}
	var err error
	w.db, err = sqlx.Open("postgres", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.db.Close() })
	w.company, err = settings.EnsureCompany(ctx, w.db, "Green Valley")
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.TimeZone, team.AutomaticPerHour, team.AutomaticPerDay = "Service", "America/Chicago", 1_000_000, 1_000_000
	w.team, err = settings.CreateTeam(ctx, w.db, w.company.ID, "test", team)
	require.NoError(t, err)
	_, err = settings.EditTeam(ctx, w.db, w.company.ID, w.team.ID, "test", func(e *settings.Edit) error {
		if w.sender, err = e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Address: "+13125550100"}); err != nil {
			return err
		}
		all, err := e.Automations(ctx)
		for i := range all {
			all[i].Enabled = all[i].Enabled || all[i].Key == automations.AfterHoursText
		}
		return errorsOr(err, func() error { return e.SaveAutomations(ctx, all) })
	})
	require.NoError(t, err)
	return w, dsn
}

func errorsOr(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

// exec runs a script with the names of the world's ids in it, unwatched. Its now()
// is the world's.
func (w *grownUp) exec(script string) {
	w.t.Helper()
	script = strings.NewReplacer("now()", "'"+w.clock.Now().Format(time.RFC3339Nano)+"'::timestamptz",
		":customers", fmt.Sprint(customersGrown), ":company", "'"+w.company.ID+"'::uuid",
		":team", "'"+w.team.ID+"'::uuid", ":sender", "'"+w.sender.ID+"'::uuid").Replace(script)
	_, err := w.db.Exec(script)
	require.NoError(w.t, err)
}

// vacuum clears away what is dead, as autovacuum would have: who passes over it reads pages.
func (w *grownUp) vacuum() {
	w.t.Helper()
	_, err := w.db.Exec(`vacuum`)
	require.NoError(w.t, err)
}

// watch opens the pools of the service, on which Postgres tells the plan of
// each statement after it has run.
func (w *grownUp) watch(dsn string) {
	explain := map[string]string{
		"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0", "auto_explain.log_analyze": "on",
		"auto_explain.log_timing": "off", "auto_explain.log_buffers": "on", "auto_explain.log_format": "json", "auto_explain.log_level": "notice",
	}
	lists, err := newConnector(dsn, explain, newLeader(), dialer{silence: silence})
	require.NoError(w.t, err)
	for name, value := range atWork {
		explain[name] = value
	}
	work, err := newConnector(dsn, explain, newLeader(), dialer{silence: silence})
	require.NoError(w.t, err)
	lists.heard = func(notice *pq.Error) {
		w.saw(notice)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.asked++
	}
	work.heard = w.saw
	api0 := open(lists, connections)
	w.work = open(prepared.Connector{Connector: work}, workingConnections)
	w.t.Cleanup(func() { _ = w.work.Close(); _ = api0.Close() })
	w.gateway = gateway.New(gateway.Config{
		DB: w.work, Clock: w.clock, Settings: settings.NewCache(), Channels: []channels.Channel{w},
		Accounts:  oneToken,
		PublicURL: func() string { return "https://texts.example.com" }, Log: slog.New(slog.NewTextHandler(logOf{w.t}, nil)),
	})
	gin.SetMode(gin.ReleaseMode)
	w.router = gin.New()
	desk := inbox.Desk{DB: api0, Clock: w.clock, Company: w.company.ID}
	api.Mount(w.router, api.Config{DB: api0, Clock: w.clock, Bootstrap: key, Company: w.company.ID, Vault: &settings.Vault{}, Inbox: desk})
	w.gate = staff.Gate{DB: api0, Bootstrap: key, Company: w.company.ID}
	site, err := console.New(console.Config{Clock: w.clock, Log: slog.New(slog.NewTextHandler(logOf{w.t}, nil)), Gate: session.Gate{Gate: w.gate}, Live: live.New(api0, slog.New(slog.DiscardHandler)), Inbox: desk})
	require.NoError(w.t, err)
	site.Mount(w.router)
}

func (w *grownUp) saw(notice *pq.Error) {
	_, text, ok := strings.Cut(notice.Message, "plan:\n")
	if !ok {
		return
	}
	var p plan
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		w.t.Errorf("a plan that cannot be read: %v\n%s", err, text)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.plans = append(w.plans, p)
}

// judge fails for each statement since the last time that looked at too much.
func (w *grownUp) judge(t *testing.T, atLeast int) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.GreaterOrEqual(t, len(w.plans), atLeast, "the statements have to be seen: is auto_explain there?")
	told := map[string]bool{}
	for _, p := range w.plans {
		if found := p.Plan.faults(); len(found) > 0 && !told[p.Query] {
			told[p.Query] = true
			t.Errorf("%s\n%s", strings.Join(found, "\n"), p.Query)
		}
	}
	w.plans, w.asked = nil, 0
}

// texts lets customers write, and waits until the provider has all replies and
// has told that they arrived.
func (w *grownUp) texts(from ...string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	var told []channels.Event
	for _, theirs := range from {
		told = append(told, channels.Event{
			Kind: channels.MessageReceived, ProviderID: "SM" + uuid.NewString(), Sender: channels.SMS,
			SenderAddress: w.sender.Address, CustomerAddress: theirs, Message: &channels.Message{Text: "Are you open?"}, Raw: []byte("raw"),
		})
	}
	require.NoError(w.t, w.gateway.Receive(ctx, told))
	w.arrive(ctx, len(from))
	for ticker := time.NewTicker(5 * time.Millisecond); ; <-ticker.C {
		var arrived int
		require.NoError(w.t, w.db.GetContext(ctx, &arrived, `select count(*) from deliveries where state = 'delivered' and decision_id is not null`))
		if arrived >= len(from) {
			return
		}
	}
}

// arrive has so many replies go out, and the provider tell that they arrived.
func (w *grownUp) arrive(ctx context.Context, replies int) {
	w.t.Helper()
	var told []channels.Event
	for range replies {
		var m channels.Outgoing
		select {
		case m = <-w.sends:
		case <-ctx.Done():
			require.FailNow(w.t, "no reply went out")
		}
		told = append(told, channels.Event{
			Kind: channels.DeliveryMoved, ProviderID: "delivered " + m.Delivery, Sender: channels.SMS,
			SenderAddress: w.sender.Address, CustomerAddress: m.To, Status: &channels.Status{Delivery: m.Delivery, ProviderID: "SM" + m.Delivery, State: channels.Delivered},
		})
	}
	require.NoError(w.t, w.gateway.Receive(ctx, told))
}

// monologue is one person who writes much at once, known by two addresses: each
// message is looked up once, and those that wait behind it are not.
func (w *grownUp) monologue(t *testing.T) {
	const many = 20
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var told []channels.Event
	for range many {
		told = append(told, channels.Event{
			Kind: channels.MessageReceived, ProviderID: "SM" + uuid.NewString(), Sender: channels.SMS,
			SenderAddress: w.sender.Address, CustomerAddress: "+19995550103", Also: []string{"+19995550104"},
			Message: &channels.Message{Text: "And one more thing"}, Raw: []byte("raw"),
		})
	}
	require.NoError(t, w.gateway.Receive(ctx, told))
	w.arrive(ctx, 1)
	require.NoError(t, w.gateway.Idle(ctx))
	w.mu.Lock()
	links := 0
	for _, p := range w.plans {
		if strings.Contains(p.Query, "select contact_id, count(*) as addresses") {
			links++
		}
	}
	w.mu.Unlock()
	require.GreaterOrEqual(t, links, many)
	require.LessOrEqual(t, links, many+2, "one more where the contact is made")
	w.judge(t, roadAtLeast)

	// Now one of the staff answers in the provider's own app.
	require.NoError(t, w.gateway.Receive(ctx, []channels.Event{{
		Kind: channels.StaffWrote, ProviderID: "SM" + uuid.NewString(), Sender: channels.SMS,
		SenderAddress: w.sender.Address, CustomerAddress: "+19995550103", Message: &channels.Message{Text: "On my way"}, Raw: []byte("raw"),
	}}))
	require.NoError(t, w.gateway.Idle(ctx))
	w.judge(t, echoAtLeast)
}

// echoAtLeast is how many statements it takes to handle what the staff wrote elsewhere.
const echoAtLeast = 5

// TestPlansMadeOnSmallTables: a gateway that has worked since the first customers has the
// plans of those days, until Postgres counts the rows anew.
func TestPlansMadeOnSmallTables(t *testing.T) {
	for _, customers := range []int{0, 300} {
		t.Run(fmt.Sprint(customers, " customers"), func(t *testing.T) {
			w, dsn := begin(t)
			w.watch(dsn)
			w.gateway.Start()
			t.Cleanup(w.gateway.Stop)
			n := 0
			texts := func(many int) {
				var from []string
				for range many {
					n++
					from = append(from, fmt.Sprintf("+1999555%04d", n))
				}
				w.texts(from...)
				w.exec(`update deliveries set decision_id = null`)
			}
			if customers > 0 {
				texts(customers)
			}
			w.work.SetMaxIdleConns(0) // who comes now plans anew
			require.NoError(t, w.gateway.Idle(t.Context()))
			w.work.SetMaxIdleConns(fewestConnections)
			w.work.SetMaxOpenConns(fewestConnections)
			for range 40 {
				texts(2)
			}
			w.exec(`update tickets set number = -number`) // whose numbers the next ones want
			w.exec(grown)
			w.exec(`update deliveries set decision_id = null`)
			w.mu.Lock()
			w.plans = nil
			w.mu.Unlock()
			w.texts("+19995559001", "+19995560101", "+13120000004", "+13120000005")
			w.judge(t, roadAtLeast)
		})
	}
}

func TestStatementsOnGrownTables(t *testing.T) {
	w := grow(t)
	w.gateway.Start()
	t.Cleanup(w.gateway.Stop)
	t.Run("the road, before Postgres has counted the rows", func(t *testing.T) {
		w.texts("+19995550100", "+13120000001", "+13120000002")
		w.judge(t, roadAtLeast)
	})
	w.exec(`analyze; update deliveries set decision_id = null`)
	t.Run("the road", func(t *testing.T) {
		w.texts("+19995550101", "+13120000004", "+13120000005")
		w.judge(t, roadAtLeast)
	})
	t.Run("one person who writes much", w.monologue)
	t.Run("lists", w.lists)
	t.Run("the console", w.pages)
	t.Run("what was read", w.marks)
	t.Run("the staff are told", w.told)
	t.Run("files and hooks", w.waits)
	w.vacuum()
	t.Run("a customer's data", w.person)
	t.Run("what is too old", w.keeping)
	t.Run("a queue that has grown", w.backlog)
	t.Run("what began with an event", func(t *testing.T) {
		_, err := deliveries.Origins(t.Context(), w.work, w.company.ID, uuid.NewString(), uuid.NewString())
		require.NoError(t, err)
		w.judge(t, 1)
	})
	w.vacuum()
	t.Run("how all is", func(t *testing.T) {
		_, err := health.Look(t.Context(), w.work)
		require.NoError(t, err)
		w.judge(t, 2)
		_, err = health.OldestMessage(t.Context(), w.work, w.clock.Now())
		require.NoError(t, err)
		w.judge(t, 1)
	})
}

// bells are notices of years, some of today, and tickets that nobody has seen to.
const bells = `
insert into notices (company_id, id, team_id, ticket_id, kind, thing, at, due_at)
select :company, gen_random_uuid(), :team, id, 'new_ticket', id::text, opened_at, null from tickets where company_id = :company on conflict do nothing;
insert into notice_sends (company_id, id, notice_id, staff_id, way, state, expires_at)
select n.company_id, gen_random_uuid(), n.id, s.id, 'email', 'sent', now() from notices n cross join (select id from staff where company_id = :company limit 2) s where n.company_id = :company;
insert into notice_choices (company_id, staff_id, choices) select company_id, id, '{"on_schedule": {"email": false}}' from staff where company_id = :company;
insert into notices (company_id, id, team_id, ticket_id, kind, thing, at)
select :company, gen_random_uuid(), :team, id, 'message', 'today ' || id, now() from tickets where company_id = :company limit 30;
insert into escalations (company_id, ticket_id, team_id, since, due_at)
select :company, id, :team, now() - interval '1 day', case when number % 500 = 0 then now() end from tickets where company_id = :company on conflict do nothing;
analyze;`

func (w *grownUp) told(t *testing.T) {
	for _, name := range []string{"ann", "bob"} {
		m := settings.NewMember()
		m.Name, m.Email, m.Role, m.Teams = name, name+"@example.com", settings.RoleAdvisor, []string{w.team.ID}
		_, err := settings.CreateMember(t.Context(), w.db, w.company.ID, "test", m)
		require.NoError(t, err)
	}
	w.exec(bells)
	box := mailbox.New(nil)
	smtp, err := box.Listen(simulator.Loopback)
	require.NoError(t, err)
	t.Cleanup(box.Close)
	post, err := mail.New(mail.Config{URL: smtp, From: "ringback@example.com"})
	require.NoError(t, err)
	bell := notifications.New(notifications.Config{
		DB: w.work, Clock: w.clock, Settings: settings.NewCache(), Mail: post, PublicURL: func() string { return "https://texts.example.com" },
		Log: slog.New(slog.NewTextHandler(logOf{t}, nil)),
	})
	w.mu.Lock()
	w.plans, w.asked = nil, 0
	w.mu.Unlock()
	require.NoError(t, bell.Work(t.Context()))
	w.judge(t, 50)
	var waiting int
	require.NoError(t, w.db.Get(&waiting, `select (select count(*) from notices where due_at is not null) + (select count(*) from notice_sends where due_at <= $1)
		+ (select count(*) from escalations where due_at <= $1)`, w.clock.Now()))
	require.Zero(t, waiting)
	require.NotEmpty(t, box.Letters())
}

// conversations are many that were read, and some of which nobody was told yet.
const conversations = `
insert into reads (company_id, sender_id, contact_id, seq, provider_id, due_at)
select :company, :sender, gen_random_uuid(), n, 'SM' || n, case when n % 1000 = 0 then now() end from generate_series(1, :customers) n`

// oneToken is the environment's account at Twilio.
var oneToken = settings.Accounts{Vault: &settings.Vault{Environment: map[string]channels.Account{settings.Twilio: {Secrets: []string{"a token"}}}}}

// MarkRead makes it a provider that shows what was read.
func (w *grownUp) MarkRead(context.Context, channels.Account, string) error { return nil }

func (w *grownUp) marks(t *testing.T) {
	w.exec(conversations)
	var ticket string
	require.NoError(t, w.db.Get(&ticket, `select t.id from tickets t join addresses a using (company_id, contact_id) where address = '+13120000001' limit 1`))
	require.NoError(t, readreceipts.Mark(t.Context(), w.work, w.company.ID, ticket, w.clock.Now(), w.clock.Queue()))
	w.judge(t, 1)
	teller := readreceipts.New(readreceipts.Config{
		DB: w.work, Clock: w.clock, Channels: []channels.Channel{w}, Log: slog.New(slog.NewTextHandler(logOf{t}, nil)),
		Accounts: oneToken,
	})
	require.NoError(t, teller.Work(t.Context()))
	w.judge(t, customersGrown/1000)
	var left int
	require.NoError(t, w.db.Get(&left, `select count(*) from reads where due_at is not null`))
	require.Zero(t, left)
}

// waits are files and hooks' deliveries of years, some that are due, and many
// that wait for a hook that rests.
const waits = `
insert into media (company_id, id, team_id, kind, account, source, state, due_at, transcript)
select :company, gen_random_uuid(), :team, 'sms', 'AC' || n % 3, '{}', case when n % 1000 = 0 then 'waiting' else 'stored' end, case when n % 1000 = 0 then now() end,
    case when n % 2 = 0 then 'Call me back about the ' || case when n % 500 = 0 then 'boiler' else 'mower' end else '' end
from generate_series(1, :customers) n;
insert into hooks (company_id, id, url, kinds, secret, rests_until)
select :company, gen_random_uuid(), 'https://' || n || '.example.com/ringback', '{message.received}', '', case when n = 1 then now() + interval '1 hour' else now() end from generate_series(1, 3) n;
insert into hook_deliveries (company_id, hook_id, id, kind, payload, state, due_at)
select h.company_id, h.id, gen_random_uuid(), 'message.received', '{}', case when rests_until > now() or n % 1000 = 0 then 'queued' else 'delivered' end, case when rests_until > now() or n % 1000 = 0 then now() end
from hooks h, generate_series(1, :customers) n where h.company_id = :company;
analyze;`

// voicemails are of years, some of which are due to be put down in writing.
const voicemails = `
insert into media (company_id, id, team_id, call_id, state, content_type, transcript_due_at)
select :company, gen_random_uuid(), :team, gen_random_uuid(), 'stored', 'audio/wav', case when n % 1000 = 0 then now() end from generate_series(1, :customers) n;
analyze media;`

// follow are numbers whose hours of calls follow their teams' schedules, one of
// which is due.
const follow = `
insert into call_hours (company_id, team_id, sender_id, due_at) values (:company, :team, :sender, now());
insert into call_hours (company_id, team_id, sender_id, due_at) select :company, :team, gen_random_uuid(), 'infinity' from generate_series(1, :customers) n;
analyze call_hours;`

func (w *grownUp) waits(t *testing.T) {
	w.exec(waits)
	blobs, err := blob.NewDisk(t.TempDir())
	require.NoError(t, err)
	archive := media.New(media.Config{DB: w.work, Blobs: blobs, Clock: w.clock, Log: slog.New(slog.DiscardHandler)}) // which refuses what no channel gives
	require.NoError(t, archive.Work(t.Context()))
	w.judge(t, customersGrown/1000)
	w.exec(voicemails)
	speech := transcripts.New(transcripts.Config{DB: w.work, Clock: w.clock, Media: archive, Log: slog.New(slog.DiscardHandler)}) // which opens none
	require.NoError(t, speech.Work(t.Context()))
	w.judge(t, 10)
	hooks := outboundhooks.New(outboundhooks.Config{DB: w.work, Log: slog.New(slog.DiscardHandler)}) // which puts off what it cannot sign
	require.NoError(t, hooks.Work(t.Context()))
	w.judge(t, 2)
	feeds := calendars.New(calendars.Config{DB: w.work, Clock: w.clock, Log: slog.New(slog.DiscardHandler)}) // which calls nobody in our own network
	require.NoError(t, feeds.Work(t.Context()))
	w.judge(t, 2)
	w.exec(follow)
	hours := callhours.New(callhours.Config{DB: w.work, Clock: w.clock, Log: slog.New(slog.DiscardHandler)}) // which puts off what no channel keeps
	require.NoError(t, hours.Work(t.Context()))
	w.judge(t, 1)
	var left int
	require.NoError(t, w.db.Get(&left, `select count(*) from media where due_at is not null`))
	require.Zero(t, left)
}

// crowd is a queue of events and an outbox that nobody got to for an hour: of
// one customer, of another team whose events have to wait, and of a sender that
// the provider refuses.
const crowd = `
update senders set paused_at = now() + interval '1 hour', paused_for = '20003' where id = :sender; -- for longer than the test takes, on any machine
insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
select :company, gen_random_uuid(), t, :sender, 'message', 'SM' || gen_random_uuid(), now(), now() + later,
    json_build_object('kind', 'message', 'sender', 'sms', 'ours', '+13125550100', 'theirs', '+13120000009', 'message', json_build_object('text', 'STOP'))
from generate_series(1, 1000), unnest(array[:team, gen_random_uuid(), gen_random_uuid()], array[interval '0', '1 hour', '2 hours']) as w (t, later);
insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text, due_at)
select :company, gen_random_uuid(), :team, gen_random_uuid(), :sender, 'sms', '', '+13125550100', '+1415' || lpad(n::text, 7, '0'), 'We are closed.', now()
from generate_series(1, 2000) n;
insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text, due_at, decision_id)
select :company, gen_random_uuid(), :team, gen_random_uuid(), gen_random_uuid(), 'sms', '', '+13125550109', '+14155550100', 'We are closed.', now(), gen_random_uuid();`

func (w *grownUp) backlog(t *testing.T) {
	w.exec(crowd)
	w.gateway.Wake()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for ticker := time.NewTicker(5 * time.Millisecond); ; <-ticker.C {
		var left int
		require.NoError(t, w.db.GetContext(ctx, &left, `select (select count(*) from events where handled_at is null and due_at <= $1)
			+ (select count(*) from deliveries where from_address = '+13125550109' and state = 'queued')`, w.clock.Now()))
		if left == 0 {
			break
		}
	}
	w.judge(t, 100)
}

func (w *grownUp) lists(t *testing.T) {
	var contact string
	require.NoError(t, w.db.Get(&contact, `select contact_id from addresses where address = '+13120000001'`))
	address := url.QueryEscape("+13120000001")
	label := func(n int) (id string) {
		require.NoError(t, w.db.Get(&id, `select md5('label' || $1::text)::uuid`, n))
		return id
	}
	id := uuid.New()
	later := base64.RawURLEncoding.EncodeToString(strconv.AppendInt(id[:], w.clock.Now().Add(-25*time.Hour).UnixMicro(), 10))
	for _, path := range []string{
		"/teams/T/decisions?", "/teams/T/decisions?reason=sent&", "/teams/T/decisions?reason=fault&", "/teams/T/decisions?automation=after_hours_text&",
		"/teams/T/decisions?automation=missed_call&", "/teams/T/decisions?contact=" + contact + "&", "/teams/T/decisions?contact=" + address + "&",
		"/teams/T/decisions?event=" + uuid.NewString() + "&", "/teams/T/decisions?event=SM1&",
		"/deliveries?", "/deliveries?state=failed&", "/deliveries?error=30003&", "/deliveries?contact=" + address + "&", "/deliveries?since=2020-01-01T00:00:00Z&", "/deliveries?state=delivered&", "/deliveries?state=queued&", "/deliveries?sender=" + w.sender.ID + "&",
		"/deliveries?sender=" + uuid.NewString() + "&",
		"/contacts/" + contact + "/timeline?", "/contacts/" + contact + "/timeline?cursor=" + later + "&",
		"/teams/T/tickets?", "/teams/T/tickets?status=open&", "/teams/T/tickets?status=done&", "/teams/T/tickets?contact=" + contact + "&",
		"/teams/T/tickets?contact=" + address + "&",
		"/teams/T/tickets?view=all&", "/teams/T/tickets?view=all&cursor=" + later + "&", "/teams/T/tickets?view=all&status=closed&", "/teams/T/tickets?view=all&status=done&",
		"/teams/T/tickets?view=unassigned&", "/teams/T/tickets?view=waiting&", "/teams/T/tickets?view=waiting&cursor=" + later + "&", "/teams/T/tickets?view=waiting&sort=activity&",
		"/teams/T/tickets?assignee=nobody&", "/teams/T/tickets?view=all&assignee=" + uuid.NewString() + "&", "/teams/T/tickets?view=all&kind=voicemail&", "/teams/T/tickets?view=all&kind=web&",
		"/teams/T/tickets?view=all&channel=sms&", "/teams/T/tickets?view=all&channel=webchat&", "/teams/T/tickets?view=all&label=" + label(1) + "&", "/teams/T/tickets?view=all&label=" + label(2) + "&", "/teams/T/tickets?view=waiting&label=" + label(2) + "&",
		"/teams/T/tickets?view=all&q=boiler&", "/teams/T/tickets?view=all&q=mower&", "/teams/T/tickets?view=all&q=zebra&", "/teams/T/tickets?view=all&q=100&",
		"/search?q=open&", "/search?q=boiler&", "/search?q=mower&", "/search?q=zebra&", "/search?q=ann&", "/search?q=kowalski&", "/search?q=100&", "/search?q=3120000001&",
		"/teams/T/contacts?", "/teams/T/contacts?address=" + address + "&",
		"/teams/T/contacts?q=ann&", "/teams/T/contacts?q=zebra&", "/teams/T/contacts?q=%2B1312000&", "/teams/T/contacts?q=1312&",
		"/teams/T/report?from=2020-01-06&to=2020-01-12&", "/teams/T/history?", "/history?", "/audit?", "/audit?who=maria&", "/audit?who=nobody&", "/audit?since=2100-01-01T00:00:00Z&", "/strays?", "/unrouted?", "/events?", "/teams?", "/teams?q=zebra&", "/staff?", "/staff?q=zebra&", "/teams/T/advisors?", "/teams/T/ratings?",
		"/deliveries?team=T&", "/keys?", "/teams/T/schedules?", "/teams/T/holidays?", "/holidays?", "/holidays?over=true&", "/teams/T/senders?", "/teams/T/consents?", "/teams/T/contacts/" + contact + "/consents?",
	} {
		t.Run(path, func(t *testing.T) {
			page := "limit=200"
			if strings.HasPrefix(path, "/search") {
				page = "limit=50"
			}
			if strings.Contains(path, "/report?") { // of which only the rows of its week may be looked at
				page = ""
			}
			request := httptest.NewRequest(http.MethodGet, "/api/v1"+strings.NewReplacer("/T/", "/"+w.team.ID+"/", "team=T", "team="+w.team.ID).Replace(path)+page, nil)
			request.Header.Set("Authorization", "Bearer "+key)
			answer := httptest.NewRecorder()
			w.router.ServeHTTP(answer, request)
			require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
			w.judge(t, 1)
		})
	}
}

// logOf writes a gateway's log beside the test's own.
type logOf struct{ t *testing.T }

func (l logOf) Write(line []byte) (int, error) {
	l.t.Logf("%s", line)
	return len(line), nil
}
