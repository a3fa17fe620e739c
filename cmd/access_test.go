package cmd_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
	"ringback/gateway/media"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks/api/apitest"
)

const bootstrap = "bootstrap-key-for-tests"

type object = map[string]any

// office is a running service with two teams, a company beside it that has
// nothing to do with them, and everybody who might ask for something.
type office struct {
	apitest.Client
	*app.App
	t         *testing.T
	here      string // a team
	elsewhere string // another one
	foreign   string // the other company's
	callers   []caller
	looks     int // at pages, so far
}

// caller is somebody who sends requests.
type caller struct {
	name   string
	as     string // what the table calls them
	place  string // "", elsewhere or foreign: the teams they can reach
	header string
	secret string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	a, err := app.New(t.Context(), app.Config{
		Listen: "127.0.0.1:0", DatabaseURL: testdb.DSN(t), DatabaseConnections: 10, DataDir: t.TempDir(), BootstrapKey: bootstrap, LogLevel: "error", LogFormat: "text",
		Clock: clocktest.Running(t),
	}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	o := &office{App: a, t: t, Client: apitest.Serve(t, a.Router, bootstrap)}
	o.here, o.elsewhere = o.team("Service"), o.team("Sales")
	o.foreign = o.beside()
	o.callers = append(o.callers, caller{name: "nobody", as: "nobody"})
	for _, person := range []caller{
		{name: "an admin", as: settings.RoleAdmin},
		{name: "a manager", as: settings.RoleManager},
		{name: "a manager of another team", as: settings.RoleManager, place: "elsewhere"},
		{name: "an advisor", as: settings.RoleAdvisor},
		{name: "an advisor of another team", as: settings.RoleAdvisor, place: "elsewhere"},
		{name: "another company's admin", as: settings.RoleAdmin, place: "foreign"},
	} {
		person.header, person.secret = "Cookie", o.hire(person)
		o.callers = append(o.callers, person)
	}
	for _, scope := range staff.Scopes {
		o.key(caller{name: "a key for " + string(scope), as: string(scope)}, []staff.Scope{scope}, nil)
	}
	o.key(caller{name: "a team's key", as: "bound"}, staff.Scopes, o.here)
	o.key(caller{name: "another team's key", as: "bound", place: "elsewhere"}, staff.Scopes, o.elsewhere)
	return o
}

func (o *office) team(name string) string {
	return o.Must(http.StatusCreated, "POST", "/teams", object{"name": name, "time_zone": "UTC"})["id"].(string)
}

const other = "11111111-1111-7111-8111-111111111111"

// beside makes another company with one team.
func (o *office) beside() string {
	_, err := o.DB.Exec(`insert into companies (id, name) values ($1, 'Other')`, other)
	require.NoError(o.t, err)
	theirs := settings.NewTeam()
	theirs.Name, theirs.TimeZone = "Theirs", "UTC"
	theirs, err = settings.CreateTeam(o.t.Context(), o.DB.DB, other, "test", theirs)
	require.NoError(o.t, err)
	return theirs.ID
}

// hire adds the person to the staff and returns the cookie of their session.
func (o *office) hire(c caller) string {
	m := settings.NewMember()
	m.Name, m.Email, m.Role = c.name, strings.NewReplacer(" ", ".", "'", "").Replace(c.name)+"@example.com", c.as
	company := o.Company.ID
	switch {
	case c.place == "foreign":
		company = other
	case c.as == settings.RoleAdmin:
	case c.place == "elsewhere":
		m.Teams = []string{o.elsewhere}
	default:
		m.Teams = []string{o.here}
	}
	m, err := settings.CreateMember(o.t.Context(), o.DB.DB, company, "test", m)
	require.NoError(o.t, err)
	link, err := o.Gate.Invite(o.t.Context(), company, m.ID, "test")
	require.NoError(o.t, err)
	in := o.With("").Do("POST", "/links/"+path.Base(link.URL), object{"password": "a horse, a battery"})
	require.Equal(o.t, http.StatusNoContent, in.Status, in.Text)
	cookie, _, _ := strings.Cut(in.Header.Get("Set-Cookie"), ";")
	return cookie
}

func (o *office) key(c caller, scopes []staff.Scope, team any) {
	made := o.Must(http.StatusCreated, "POST", "/keys", object{"scopes": scopes, "team": team})
	c.header, c.secret = "Authorization", "Bearer "+made["key"].(string)
	o.callers = append(o.callers, c)
}

// ask sends the caller's request.
func (o *office) ask(c caller, method, path, body string) apitest.Answer {
	var sent any
	if body != "" {
		sent = body
	}
	if c.header == "" {
		return o.With("").Do(method, path, sent)
	}
	return o.With("").Do(method, path, sent, c.header, c.secret)
}

// route is one operation of the API's own description.
type route struct{ id, method, path string }

func (o *office) routes() []route {
	var all []route
	document := o.With("").Must(http.StatusOK, "GET", "/openapi.json", nil)
	for path, item := range document["paths"].(object) {
		for method, operation := range item.(object) {
			all = append(all, route{operation.(object)["operationId"].(string), strings.ToUpper(method), strings.TrimPrefix(path, "/api/v1")})
		}
	}
	slices.SortFunc(all, func(a, b route) int { return strings.Compare(a.id, b.id) })
	return all
}

// at is the route's path about one team and one thing.
func (r route) at(team, id string) string {
	return strings.NewReplacer("{team}", team, "{id}", id, "{key}", "after_hours_text", "{sid}", "CA1", "{token}", "x").Replace(r.path)
}

// want is the status that a caller should get for a route about the team here,
// in a request that the gate lets through and nothing else does.
func (a access) want(c caller, r route) int {
	listed := strings.Split(a.who, ", ")
	may := slices.Contains(listed, c.as) || strings.Contains(c.as, ":") && slices.Contains(listed, "any key")
	switch {
	case !may && c.as == "nobody":
		return http.StatusUnauthorized
	case !may:
		return http.StatusForbidden
	case c.place != "" && strings.Contains(r.path, "{team}"):
		return http.StatusNotFound
	}
	return letThrough
}

// letThrough is what comes back behind the gate for a parameter that no route
// has: nothing is done, whatever the route does.
const letThrough = http.StatusUnprocessableEntity

func TestEveryRouteLetsInThoseOfTheTableAlone(t *testing.T) {
	o := newOffice(t)
	nothing := uuid.Must(uuid.NewV7()).String()
	for _, r := range o.routes() {
		line, there := table[r.id]
		require.True(t, there, "%s has no line in cmd/access_table_test.go: say there who may call it", r.id)
		require.Equal(t, strings.Contains(r.path, "{id}"), line.of != "", "%s: say in cmd/access_table_test.go what its {id} is the id of", r.id)
		for _, c := range o.callers {
			a := o.ask(c, r.method, r.at(o.here, nothing)+"?walked=1", line.body)
			require.Equal(t, line.want(c, r), a.Status, "%s %s by %s: %s", r.method, r.path, c.name, a.Text)
		}
	}
}

// What a route does with the id of a thing that is another team's or another
// company's, for every route with an id.
func TestNobodyReachesAnothersThingsByTheirID(t *testing.T) {
	o := newOffice(t)
	mine, theirs := o.furnish(o.here), o.furnish(o.elsewhere)
	full := func(a access) string { return strings.ReplaceAll(a.body, "{second}", mine["second"]) }
	for _, r := range o.routes() {
		line := table[r.id]
		if line.of == "" {
			continue
		}
		require.NotEmpty(t, mine[line.of], "cmd/access_test.go's furnish makes no %s", line.of)
		for _, c := range o.callers {
			if line.want(c, r) == http.StatusForbidden || line.want(c, r) == http.StatusUnauthorized {
				continue
			}
			team, id := o.here, theirs[line.of]
			bound := c.as != settings.RoleAdmin && !strings.Contains(c.as, ":")
			switch {
			case c.place == "foreign":
				team, id = o.foreign, mine[line.of]
			case c.place == "elsewhere":
				team, id = o.elsewhere, mine[line.of]
			case !bound && !strings.Contains(r.path, "{team}"):
				continue // the whole company is theirs
			}
			a := o.ask(c, r.method, r.at(team, id), full(line))
			require.Equal(t, http.StatusNotFound, a.Status, "%s %s of another by %s: %s", r.method, r.path, c.name, a.Text)
		}
	}
	for _, last := range []string{"", "DELETE"} { // so that the ids above were right ones
		for _, r := range o.routes() {
			if line := table[r.id]; line.of != "" && (r.method == "DELETE") == (last == "DELETE") {
				a := o.ask(o.callers[1], r.method, r.at(o.here, mine[line.of]), full(line))
				require.NotContains(t, []int{http.StatusNotFound, http.StatusForbidden, http.StatusInternalServerError}, a.Status, "%s: %s", r.id, a.Text)
			}
		}
	}
}

const contact = `insert into contacts (company_id, id) values ($1, $3);
	insert into standings (company_id, team_id, contact_id) values ($1, $2, $3)`

// things are what the tests reach for, with the company as $1, the team as $2
// and the thing's id as $3.
var things = map[string]string{
	"contact": contact, "second": contact,
	"ticket": contact + `; insert into tickets (company_id, id, team_id, contact_id, number, kind, opened_at)
		values ($1, $3, $2, $3, (select count(*) + 1001 from tickets), 'message', now())`,
	"request": contact + `; insert into tickets (company_id, id, team_id, contact_id, number, kind, opened_at)
		values ($1, $3, $2, $3, (select count(*) + 2001 from tickets), 'message', now());
		insert into requests (company_id, id, team_id, contact_id, ticket_id, kind, token_hash, asked_at, expires_at)
		values ($1, $3, $2, $3, $3, 'approval', decode(replace($3::text, '-', ''), 'hex'), now(), now() + interval '7 days')`,
	"planned": contact + `; insert into tickets (company_id, id, team_id, contact_id, number, kind, opened_at)
		values ($1, $3, $2, $3, (select count(*) + 3001 from tickets), 'message', now());
		insert into planned (company_id, id, team_id, contact_id, ticket_id, who, text, send_at, created_at)
		values ($1, $3, $2, $3, $3, 'Ann', 'Hello', now() + interval '1 day', now())`,
	"reply": `insert into replies (company_id, id, team_id, title, text) values ($1, $3, $2, 'Hours', 'We open at eight.')`,
	"decision": `insert into decisions (company_id, id, team_id, event_id, event_kind, provider_id, outcome, reason, facts, at)
		values ($1, $3, $2, $3, 'message', 'SM1', 'skipped', 'disabled', '{}', now())`,
	"event": `insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload, handled_at, given_up_at)
		values ($1, $3, $2, $3, 'message', $3::text, now(), now(), '{}', now(), now())`,
	"delivery": `insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text, state)
		values ($1, $3, $2, $3, $3, 'sms', '', '+15005550006', '+13125550100', 'Hello', 'delivered')`,
	"sender": `insert into senders (company_id, id, team_id, kind, address) values ($1, $3, $2, 'webchat', $3::text)`,
	"schedule": `insert into schedules (company_id, id, team_id, title, time_zone, starts_at, ends_at)
		values ($1, $3, $2, 'Once', 'UTC', '2026-01-05 08:00', '2026-01-05 17:00')`,
	"holiday":         `insert into holidays (company_id, id, team_id, title, from_day, to_day) values ($1, $3, $2, 'Christmas', '2026-12-24', '2026-12-26')`,
	"company holiday": `insert into holidays (company_id, id, title, from_day, to_day) values ($1, $3, 'Christmas', '2026-12-24', '2026-12-26')`,
	"change":          `insert into history (company_id, team_id, id, who, what, subject) values ($1, $2, $3, 'Ann', 'sender', $3::text)`,
	"company change":  `insert into history (company_id, id, who, what, subject) values ($1, $3, 'Ann', 'sign_in', $3::text)`,
	"session": `insert into sessions (company_id, id, staff_id, hash)
		select $1, $3, id, decode(replace($3::text, '-', ''), 'hex') from staff where email = 'an.admin@example.com'`,
	"label": `insert into labels (company_id, id, team_id, name) values ($1, $3, $2, 'Warranty')`,
	"hook":  `insert into hooks (company_id, id, url, kinds, secret) values ($1, $3, 'https://example.com', '{decision.made}', '')`,
	"key":   `insert into api_keys (company_id, id, team_id, hash, scopes) values ($1, $3, $2, decode(replace($3::text, '-', ''), 'hex'), '{}')`,
	"careful member": `insert into staff (company_id, id, name, email, role, teams) values ($1, $3, 'Cleo', $3::text || '@example.com', 'advisor', array[$2]::uuid[]);
		insert into staff_codes (company_id, staff_id, secret) values ($1, $3, '')`,
	"connected member": `insert into staff (company_id, id, name, email, role, teams) values ($1, $3, 'Ben', $3::text || '@example.com', 'advisor', array[$2]::uuid[]);
		insert into staff_identities (company_id, id, staff_id, issuer, subject) values ($1, $3, $3, 'https://login.example.com', $3::text)`,
	"member": `insert into staff (company_id, id, name, email, role, teams) values ($1, $3, 'Ann', $3::text || '@example.com', 'advisor', array[$2]::uuid[])`,
}

// furnish gives the team one of each thing and returns their ids.
func (o *office) furnish(team string) map[string]string {
	ids := map[string]string{}
	for kind, query := range things {
		ids[kind] = uuid.Must(uuid.NewV7()).String()
		quoted := strings.NewReplacer("$1", "'"+o.Company.ID+"'", "$2", "'"+team+"'", "$3", "'"+ids[kind]+"'").Replace(query)
		_, err := o.DB.ExecContext(context.Background(), quoted)
		require.NoError(o.t, err, kind)
	}
	var picture bytes.Buffer
	require.NoError(o.t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))))
	made, err := o.Media.Store(context.Background(), media.Upload{CompanyID: o.Company.ID, TeamID: team}, &picture)
	require.NoError(o.t, err)
	ids["media"] = made.ID
	return ids
}
