package description_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/description"
	"ringback/settings/staff"
)

const account, token = "AC00000000000000000000000000000007", "a token of a branch's own"

type world struct {
	*testing.T
	description.Config
	environment map[string]string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := testdb.New(t)
	company, err := settings.EnsureCompany(t.Context(), db, "Green Valley")
	require.NoError(t, err)
	key, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	w := &world{T: t, environment: map[string]string{}}
	w.Config = description.Config{
		DB: db, Vault: &settings.Vault{Key: key, Environment: map[string]channels.Account{settings.Twilio: {ID: "AC00000000000000000000000000000001", Secrets: []string{"a token"}}}},
		By:     staff.Principal{CompanyID: company.ID, Scopes: staff.Scopes, Who: "command line"},
		Getenv: func(name string) (string, bool) { value, there := w.environment[name]; return value, there },
		Now:    time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC),
	}
	return w
}

func (w *world) apply(text string) (description.Plan, error) {
	w.Helper()
	file, err := description.Read("test.yaml", strings.NewReader(text))
	if err != nil {
		return description.Plan{}, err
	}
	return description.Apply(w.Context(), w.Config, file, false)
}

// applied is the plan of a file that is right, which changes nothing a second time.
func (w *world) applied(text string) description.Plan {
	w.Helper()
	plan, err := w.apply(text)
	require.NoError(w, err)
	again, err := w.apply(text)
	require.NoError(w, err)
	require.Zero(w, again.Create+again.Change+again.Delete, "%+v", again.Changes)
	return plan
}

func (w *world) count(query string) (n int) {
	w.Helper()
	require.NoError(w, sqlx.Get(w.DB, &n, query))
	return n
}

func TestFortyBranches(t *testing.T) {
	w := newWorld(t)
	var text strings.Builder
	text.WriteString("x-b: &b {time_zone: America/Chicago, automations: {customer_call_missed: {enabled: false, options: {delay_seconds: 60}}}}\nteams:\n")
	for n := range 40 {
		fmt.Fprintf(&text, "- {<<: *b, name: Branch %d, senders: [{kind: sms, address: +131255501%02d}]}\n", n, n)
	}
	plan, err := w.apply(text.String())
	require.NoError(t, err)
	require.Equal(t, 80, plan.Create)
	require.Equal(t, 40, w.count(`select count(*) from teams`))
	before := w.count(`select count(*) from history`)
	plan, err = w.apply(text.String())
	require.NoError(t, err)
	require.Zero(t, plan.Create+plan.Change+plan.Delete)
	require.Equal(t, before, w.count(`select count(*) from history`), "what is as described leaves no line in the history")
}

func TestEveryKindOfValue(t *testing.T) {
	w := newWorld(t)
	_, err := settings.CreateMember(t.Context(), w.DB, w.By.CompanyID, "test", func() settings.Member {
		m := settings.NewMember()
		m.Name, m.Email, m.Role = "Ann", "ann@example.com", settings.RoleAdmin
		return m
	}())
	require.NoError(t, err)
	w.applied(`
teams:
  - {name: Sales, time_zone: America/Chicago}
  - name: Service
    time_zone: America/Chicago
    allowed_countries: [US, CA]
    voice:
      ring_seconds: 30
      options:
        - {digit: 1, to: advisors, advisors: [Ann@example.com]}
        - {digit: 2, to: voicemail}
    schedules:
      - {title: Day, starts_at: 2026-01-05T08:00:00, ends_at: 2026-01-05T17:00:00, rrule: FREQ=DAILY, business_hours: null, advisors: [ann@example.com]}
    senders:
      - {kind: webchat, address: green-valley, origins: [https://www.example.com], color: "#1f6f4a"}
      - {kind: voice, address: +13125550100, account: AC00000000000000000000000000000001}
    holidays:
      - {title: Fair, from: 2026-09-12, to: 2026-09-13, messages: {after_hours_text: We are at the fair.}}
      - {title: Long ago, from: 2020-09-12}
`)
	require.Equal(t, 1, w.count(`select count(*) from schedules s join teams t on t.id = s.team_id where t.name = 'Service'`), "the one that a team comes with is not described")
	w.applied(`teams: [{name: Service, voice: {options: [{digit: 1, to: team, team: Sales}]}}]`)
}

// TestCountries: a new team texts where its first number is, or else where it is, and a
// list that is said stands as it is said, whatever its numbers are.
func TestCountries(t *testing.T) {
	w := newWorld(t)
	countries := func() (all []string) {
		require.NoError(t, sqlx.Select(w.DB, &all, `select array_to_string(allowed_countries, ' ') from teams order by name`))
		return all
	}
	w.applied(`
teams:
  - {name: A, time_zone: America/Chicago}
  - {name: B, time_zone: UTC}
  - {name: C, time_zone: UTC, senders: [{kind: webchat, address: green-valley}, {kind: sms, address: +48221234567}, {kind: voice, address: +14165550100}]}
  - {name: D, time_zone: America/Chicago, allowed_countries: [US], senders: [{kind: sms, address: +14165550100}]}
  - {name: E, time_zone: America/Chicago, allowed_countries: [], senders: [{kind: sms, address: +14165550101}]}
`)
	require.Equal(t, []string{"US", "", "PL CA", "US", ""}, countries())
	w.applied(`
teams:
  - {name: A, senders: [{kind: sms, address: +14165550102}]}
  - {name: D, allowed_countries: [US, PL], senders: [{kind: sms, address: +442079460000}]}
  - {name: E, allowed_countries: [DE]}
`)
	require.Equal(t, []string{"US CA", "", "PL CA", "US PL", "DE"}, countries())
}

func TestSecretsComeFromTheEnvironment(t *testing.T) {
	w := newWorld(t)
	const text = `teams: [{name: Service, time_zone: UTC, senders: [{kind: sms, address: +13125550100, account: ` + account + `, auth_token_env: TOKEN}]}]`
	_, err := w.apply(text)
	require.ErrorAs(t, err, new(description.Wrong))
	require.NotContains(t, err.Error(), token)
	require.Zero(t, w.count(`select count(*) from teams`))

	w.environment["TOKEN"] = token
	w.applied(text)
	require.Equal(t, 1, w.count(`select count(*) from senders where account = '`+account+`'`))
	w.applied(`teams: [{name: Service, senders: [{kind: voice, address: +13125550100, account: ` + account + `}]}]`)

	w.environment["TOKEN"] = "another token of theirs"
	plan := w.applied(text)
	require.Equal(t, 1, plan.Change, "another secret")
	raw := fmt.Sprint(plan)
	require.NotContains(t, raw, "token of theirs")
}

// TestAKeyOfTheProviders: a plan names it and says when its secret is another, and
// shows the secret nowhere.
func TestAKeyOfTheProviders(t *testing.T) {
	w := newWorld(t)
	const first, second = "SK00000000000000000000000000000001", "SK00000000000000000000000000000002"
	text := func(key string) string {
		return `teams: [{name: Service, time_zone: UTC, senders: [{kind: sms, address: +13125550100, account: ` + account + `, auth_token_env: TOKEN` + key + `}]}]`
	}
	stored := func() channels.APIKey {
		found, err := w.Vault.Account(t.Context(), w.DB, settings.Twilio, account)
		require.NoError(t, err)
		return found.Key
	}
	with := func(sid string) string { return text(`, api_key: ` + sid + `, api_key_secret_env: KEY_SECRET`) }
	w.environment["TOKEN"] = token
	_, err := w.apply(with(first))
	var wrong description.Wrong
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, "teams[0].senders[0].api_key_secret_env", wrong[0].Field)

	w.environment["KEY_SECRET"] = "a secret of the first key"
	w.applied(with(first))
	require.Equal(t, channels.APIKey{SID: first, Secret: "a secret of the first key"}, stored())
	require.Zero(t, w.applied(text("")).Change, "what is left out stays")
	require.Equal(t, first, stored().SID)

	w.environment["KEY_SECRET"] = "a secret of the second key"
	plan := w.applied(with(second))
	require.Equal(t, []description.Field{
		{Field: "api_key", From: first, To: second}, {Field: "api_key_secret_env", From: "another secret", To: "the secret in KEY_SECRET"},
	}, plan.Changes[len(plan.Changes)-1].Fields)
	require.Equal(t, "a secret of the second key", stored().Secret)

	w.environment["KEY_SECRET"] = "another secret of the second"
	plan = w.applied(with(second))
	require.Equal(t, []description.Field{{Field: "api_key_secret_env", From: "another secret", To: "the secret in KEY_SECRET"}}, plan.Changes[len(plan.Changes)-1].Fields)
	require.Equal(t, "another secret of the second", stored().Secret)

	require.Equal(t, 1, w.applied(text(`, api_key: ""`)).Change, "an empty one is taken away")
	require.Empty(t, stored())

	for said, field := range map[string]string{
		`, api_key: ` + first:                                "api_key_secret_env",
		`, api_key_secret_env: KEY_SECRET`:                   "api_key",
		`, api_key: "", api_key_secret_env: KEY_SECRET`:      "api_key",
		`, api_key: SK1, api_key_secret_env: KEY_SECRET`:     "api_key",
		`, api_key: ` + first + `, api_key_secret_env: NONE`: "api_key_secret_env",
	} {
		_, err := w.apply(text(said))
		require.ErrorAs(t, err, &wrong, said)
		require.Equal(t, "teams[0].senders[0]."+field, wrong[0].Field, said)
	}
	_, err = w.apply(`teams: [{name: Service, senders: [{kind: sms, address: +13125550100, account: ` + account + `, api_key: ` + first + `, api_key_secret_env: KEY_SECRET}]}]`)
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, "teams[0].senders[0].auth_token_env", wrong[0].Field, "a key goes with its account's token")
}

func TestNoTeamIsChangedByHalf(t *testing.T) {
	w := newWorld(t)
	w.applied(`teams: [{name: Sales, time_zone: UTC, senders: [{kind: sms, address: +13125550100}]}]`)
	_, err := w.apply(`
teams:
  - {name: Service, time_zone: UTC, senders: [{kind: sms, address: +13125550101}, {kind: sms, address: +13125550100}]}
  - {name: Parts, time_zone: UTC, language: klingon}
`)
	var wrong description.Wrong
	require.ErrorAs(t, err, &wrong)
	require.Len(t, wrong, 2)
	require.Equal(t, "sender_taken", wrong[0].Code)
	require.Equal(t, 3, wrong[0].Line)
	require.Equal(t, "teams[1].language", wrong[1].Field)
	require.Equal(t, 1, w.count(`select count(*) from teams`))
	require.Equal(t, 1, w.count(`select count(*) from senders`))
}

func TestAKeyStaysWithinItsReach(t *testing.T) {
	w := newWorld(t)
	w.applied(`teams: [{name: Sales, time_zone: UTC}, {name: Service, time_zone: UTC}]`)
	all, err := settings.ListTeams(t.Context(), w.DB, w.By.CompanyID, nil, "Sales", "", 1)
	require.NoError(t, err)
	w.By = staff.Principal{CompanyID: w.By.CompanyID, Scopes: []staff.Scope{staff.SettingsWrite}, Teams: []string{all[0].ID}, Who: "key of Sales"}
	w.applied(`teams: [{name: Sales, language: pl}]`)
	var denied staff.Denied
	_, err = w.apply(`teams: [{name: Service, language: pl}]`)
	require.ErrorAs(t, err, &denied, "to them it is a new team, which they may not make")
	_, err = w.apply(`company: {holidays: [{title: Christmas, from: 2026-12-24}]}`)
	require.ErrorAs(t, err, &denied)
	require.Zero(t, w.count(`select count(*) from holidays`))
}

func TestHostileFiles(t *testing.T) {
	bomb := "x-a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for n := range 9 {
		bomb += fmt.Sprintf("x-%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", 'b'+n, 'b'+n, 'a'+n, 'a'+n, 'a'+n, 'a'+n, 'a'+n, 'a'+n, 'a'+n, 'a'+n, 'a'+n, 'a'+n)
	}
	for name, text := range map[string]string{
		"empty": "", "no mapping": "- a", "a text": "teams", "two documents": "teams: []\n---\nteams: []\n",
		"itself": "teams: &t [*t]\n", "merges itself": "x: 1\nteams:\n- &t {<<: *t, name: a}\n", "a bomb": bomb + "teams: [{name: a, automations: {x: {options: {y: *j}}}}]\n",
		"null": "teams: null\n", "large": "# " + strings.Repeat("x", 5<<20), "NUL": "teams: [{name: \"a\\0\"}]\n", "tag": "teams: !!binary x\n", "odd key": "? [a, b]\n: c\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := description.Read("test.yaml", strings.NewReader(text))
			require.ErrorAs(t, err, new(description.Wrong), text[:min(len(text), 200)])
		})
	}
}
