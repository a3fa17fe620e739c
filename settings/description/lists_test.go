package description_test

import (
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/description"
	"ringback/settings/staff"
)

// did is what a plan does, but for what stays as it is.
func did(plan description.Plan) []string {
	var all []string
	for _, c := range plan.Changes {
		if c.Does != description.None {
			all = append(all, strings.Join([]string{c.Does, c.Kind, c.Name}, " "))
		}
	}
	return all
}

// refused is what is wrong with a file, each as field and code; nothing is changed by it.
func (w *world) refused(text string) []string {
	w.Helper()
	before := w.stands()
	_, err := w.apply(text)
	var wrong description.Wrong
	require.ErrorAs(w, err, &wrong, text)
	require.Equal(w, before, w.stands(), text)
	var all []string
	for _, f := range wrong {
		all = append(all, f.Field+" "+f.Code)
	}
	return all
}

func (w *world) titles(query string) (all []string) {
	w.Helper()
	require.NoError(w, sqlx.Select(w.DB, &all, query))
	return all
}

// TestWhatIsNotNamed stays, and is listed; it goes where the file says so of its kind, and
// for that kind alone.
func TestWhatIsNotNamed(t *testing.T) {
	w := newWorld(t)
	const all = `
teams:
- name: A
  time_zone: UTC
  schedules:
  - {title: Day, starts_at: 2026-01-05T08:00:00, ends_at: 2026-01-05T17:00:00, rrule: FREQ=DAILY, business_hours: true}
  - {title: Night, starts_at: 2026-01-05T20:00:00, ends_at: 2026-01-05T23:00:00, rrule: FREQ=DAILY, business_hours: null}
  senders: [{kind: sms, address: +13125550100}, {kind: voice, address: +13125550100}]
  holidays: [{title: Fair, from: 2026-09-12}, {title: Fair, from: 2026-09-13}]
company: {holidays: [{title: Christmas, from: 2026-12-25}, {title: New Year, from: 2027-01-01}]}
`
	w.applied(all)
	for _, c := range []struct {
		text string
		does []string
	}{
		{`teams: [{name: A, language: en}]`, nil},
		{`teams: [{name: A, schedules: [{title: Day}]}]`, []string{"keep schedule Night"}},
		{`teams: [{name: A, schedules: [{title: Day}], prune: {senders: false, holidays: false}}]`, []string{"keep schedule Night"}},
		{`teams: [{name: A, senders: [{kind: voice, address: +13125550100}]}]`, []string{"keep sender sms +13125550100"}},
		{`company: {holidays: [{title: New Year, from: 2027-01-01}]}`, []string{"keep holiday Christmas 2026-12-25"}},
		{`teams: [{name: A, schedules: [{title: Day}], senders: [], prune: {schedules: true}}]`, []string{"delete schedule Night", "keep sender sms +13125550100", "keep sender voice +13125550100"}},
		{`teams: [{name: A, senders: [{kind: sms, address: +13125550100}], prune: {senders: true}}]`, []string{"delete sender voice +13125550100"}},
		{`teams: [{name: A, holidays: [{title: Fair, from: 2026-09-13}], prune: {holidays: true}}]`, []string{"delete holiday Fair 2026-09-12"}},
		{`company: {holidays: [], prune: {holidays: true}}`, []string{"delete holiday Christmas 2026-12-25", "delete holiday New Year 2027-01-01"}},
	} {
		plan, err := w.apply(c.text)
		require.NoError(t, err, c.text)
		require.ElementsMatch(t, c.does, did(plan), c.text)
		for _, change := range plan.Changes {
			require.Equal(t, strings.HasPrefix(c.text, "company"), change.Team == "", "what is of all teams names none")
		}
	}
	require.Equal(t, []string{"Day"}, w.titles(`select title from schedules`))
	require.Equal(t, []string{"Fair"}, w.titles(`select title from holidays`))
	require.Equal(t, []string{"sms"}, w.titles(`select kind from senders`))
}

// TestAppliedTwice: however it is written, what was made the first time is found the
// second.
func TestAppliedTwice(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{
		`teams: [{name: A, time_zone: UTC, holidays: [{title: " Fair ", from: " 2026-09-12"}, {title: Feed, feed: "webcal://example.com/a.ics"}]}]`,
		`teams: [{name: A, holidays: [{title: Fair, from: 2026-09-12, to: 2026-09-14, messages: {after_hours_text: "We are at the fair."}}]}]`,
		`teams: [{name: A, holidays: [{title: Fair, from: 2026-09-12, messages: {after_hours_text: " "}}]}]`,
		`teams: [{name: A, schedules: [{title: " Day", starts_at: 2026-01-05T08:00, ends_at: 2026-01-05T17:00:00, rrule: FREQ=DAILY}]}]`,
		`teams: [{name: A, senders: [{kind: webchat, address: a-site, origins: [https://www.example.com]}]}]`,
		`teams: [{name: A, senders: [{kind: webchat, address: a-site, origins: []}]}]`,
		`teams: [{name: A, allowed_countries: [US, PL, US]}]`,
		`teams: [{name: A, voice: {options: []}}]`,
	} {
		w.applied(text)
	}
	require.Equal(t, 2, w.count(`select count(*) from holidays`))
	require.Equal(t, "2026-09-12", w.stands()["A|holiday|Fair 2026-09-12"].(map[string]any)["to"], "a day alone, where no last one is said")
}

// TestWhatChangesOfOneThatIsThere is planned and done, whatever kind of value it is: one that
// may be left out, a list, or words by their keys.
func TestWhatChangesOfOneThatIsThere(t *testing.T) {
	w := newWorld(t)
	w.applied(`
teams:
- name: A
  time_zone: UTC
  allowed_countries: [US, PL, DE]
  voice: {ring_seconds: 30, options: [{digit: 1, to: voicemail}, {digit: 2, to: voicemail}]}
  automations: {customer_call_missed: {options: {delay_seconds: 60}}}
  schedules: [{title: Day, starts_at: 2026-01-05T08:00:00, ends_at: 2026-01-05T17:00:00, rrule: FREQ=DAILY, business_hours: true}]
  senders: [{kind: webchat, address: a-site, origins: [https://a.example, https://b.example]}]
  holidays: [{title: Fair, from: 2026-09-12, to: 2026-09-13, messages: {after_hours_text: Fair}}, {title: Feed, feed: https://example.com/a.ics}]
`)
	for _, c := range []struct {
		text string
		want []description.Field
	}{
		{`schedules: [{title: Day, rrule: FREQ=WEEKLY}]`, []description.Field{{Field: "rrule", From: "FREQ=DAILY", To: "FREQ=WEEKLY"}}},
		{`schedules: [{title: Day, rrule: null}]`, []description.Field{{Field: "rrule", From: "FREQ=WEEKLY", To: nil}}},
		{`schedules: [{title: Day, business_hours: false}]`, []description.Field{{Field: "business_hours", From: true, To: false}}},
		{`holidays: [{title: Fair, from: 2026-09-12, to: 2026-09-14}]`, []description.Field{{Field: "to", From: "2026-09-13", To: "2026-09-14"}}},
		{`holidays: [{title: Fair, from: 2026-09-12}]`, []description.Field{{Field: "to", From: "2026-09-14", To: "2026-09-12"}}},
		{`holidays: [{title: Fair, from: 2026-09-12, messages: {after_hours_call: Closed}}]`, []description.Field{{Field: "messages.after_hours_call", From: nil, To: "Closed"}, {Field: "messages.after_hours_text", From: "Fair", To: nil}}},
		{`holidays: [{title: Feed, feed: https://example.com/b.ics}]`, []description.Field{{Field: "feed", From: "https://example.com/a.ics", To: "https://example.com/b.ics"}}},
		{`senders: [{kind: webchat, address: a-site, origins: [https://c.example]}]`, []description.Field{{Field: "origins", From: []any{"https://a.example", "https://b.example"}, To: []any{"https://c.example"}}}},
		{`allowed_countries: [FR]`, []description.Field{{Field: "allowed_countries", From: []any{"US", "PL", "DE"}, To: []any{"FR"}}}},
		{`automations: {customer_call_missed: {options: {delay_seconds: 61}}}`, []description.Field{{Field: "options.delay_seconds", From: 60.0, To: 61.0}}},
		{`voice: {ring_seconds: 31}`, []description.Field{{Field: "voice.ring_seconds", From: 30.0, To: 31.0}}},
	} {
		var found []description.Field
		for _, change := range w.applied(`teams: [{name: A, ` + c.text + `}]`).Changes {
			found = append(found, change.Fields...)
		}
		require.Equal(t, c.want, found, c.text)
	}
	w.applied(`teams: [{name: A, voice: {options: [{digit: 2, to: voicemail}]}}]`)
	require.Len(t, w.stands()["A|team|A"].(map[string]any)["voice"].(map[string]any)["options"], 1)
}

// TestANewSchedule has its team's zone, and its people by their e-mail addresses or ids; what
// is left out of one that is there stays.
func TestANewSchedule(t *testing.T) {
	w := newWorld(t)
	member := func(name, email string) string {
		m := settings.NewMember()
		m.Name, m.Email, m.Role = name, email, settings.RoleAdmin
		m, err := settings.CreateMember(t.Context(), w.DB, w.By.CompanyID, "test", m)
		require.NoError(t, err)
		return m.ID
	}
	ann, ben := member("Ann", "ann@example.com"), member("Ben", "ben@example.com")
	w.applied(`teams: [{name: A, time_zone: Europe/Warsaw, schedules: [{title: Day, starts_at: 2026-01-05T08:00:00, ends_at: 2026-01-05T17:00:00, rrule: FREQ=DAILY, advisors: [BEN@example.com, ` + ann + `]}]}]`)
	stands := func() map[string]any { return w.stands()["A|schedule|Day"].(map[string]any) }
	require.Equal(t, []any{"Europe/Warsaw", []any{ben, ann}, "2026-01-05T08:00"}, []any{stands()["time_zone"], stands()["advisors"], stands()["starts_at"]})
	w.applied(`teams: [{name: A, schedules: [{title: Day, ends_at: 2026-01-05T18:00:00, time_zone: UTC}]}]`)
	require.Equal(t, []any{"UTC", []any{ben, ann}, "2026-01-05T18:00"}, []any{stands()["time_zone"], stands()["advisors"], stands()["ends_at"]})
	w.applied(`teams: [{name: A, schedules: [{title: Day, advisors: []}]}]`)
	require.Empty(t, stands()["advisors"])

	require.Equal(t, []string{"teams[0].schedules[0].advisors[1] staff_id"}, w.refused(`teams: [{name: A, schedules: [{title: Day, advisors: [ann@example.com, eve@example.com]}]}]`))
	require.Equal(t, []string{"teams[0].voice.options[0].advisors[1] staff_id"},
		w.refused(`teams: [{name: A, voice: {options: [{digit: 1, to: advisors, advisors: [ann@example.com, eve@example.com]}]}}]`))
}

// TestWhatIsRefused as over the API: by its path in the file, and nothing of the file is
// changed.
func TestWhatIsRefused(t *testing.T) {
	w := newWorld(t)
	w.applied(`teams: [{name: A, time_zone: UTC, senders: [{kind: sms, address: +13125550100}]}, {name: B, time_zone: UTC}]`)
	for text, want := range map[string][]string{
		`teams: [{name: B, language: pl}, {name: A, automations: {no_such: {enabled: true}, after_hours_text: {message: "{{nobody}}"}}}]`: {"teams[1].automations.after_hours_text.message no_placeholder", "teams[1].automations.no_such no_automation"},
		`teams: [{name: B, senders: [{kind: sms, address: +13125550100}]}]`:                                                               {"teams[0].senders[0].address sender_taken"},
		`teams: [{name: B, senders: [{kind: sms, address: "+0312"}]}]`:                                                                    {"teams[0].senders[0].address phone_or_short"},
		`teams: [{name: B, senders: [{kind: pigeon, address: x}]}]`:                                                                       {"teams[0].senders[0].kind not_one_of"},
		`teams: [{name: B, senders: [{kind: webchat, address: site, account: AC1}]}]`:                                                     {"teams[0].senders[0].account account_unneeded"},
		`teams: [{name: B, senders: [{kind: sms, address: +13125550101, account: ` + account + `}]}]`:                                     {"teams[0].senders[0].account account_unknown"},
		`teams: [{name: A, senders: [{kind: sms, address: +13125550100, account: ` + account + `}]}]`:                                     {"teams[0].senders[0].address sender_fixed"},
		`teams: [{name: B, schedules: [{title: Day, starts_at: noon, ends_at: 2026-01-05T17:00:00}]}]`:                                    {"teams[0].schedules[0].starts_at wall_clock"},
		`teams: [{name: B, holidays: [{title: Fair, from: 2026-13-01}]}]`:                                                                 {"teams[0].holidays[0].from day"},
		`teams: [{name: B, voice: {options: [{digit: 1, to: team, team: Nowhere}]}}]`:                                                     {"teams[0].voice.options[0].team other_team"},
		`teams: [{name: C, language: klingon, time_zone: Mars/Base}]`:                                                                     {"teams[0].language not_one_of", "teams[0].time_zone zone"},
		`{teams: [{name: B, language: pl}], company: {holidays: [{title: Fair, from: 2026-13-01}]}}`:                                      {"company.holidays[0].from day"},
	} {
		require.ElementsMatch(t, want, w.refused(text), text)
	}
	_, err := w.DB.Exec(`update teams set name = 'A'`)
	require.NoError(t, err)
	require.Equal(t, []string{"teams[0].name ambiguous"}, w.refused(`teams: [{name: A, language: pl}]`))
}

// TestWhoMayReadMayPlan, and change nothing: neither whose key lacks the scope, nor a
// trial of who has it.
func TestWhoMayReadMayPlan(t *testing.T) {
	w := newWorld(t)
	w.applied(`teams: [{name: A, time_zone: UTC, holidays: [{title: Fair, from: 2026-09-12}]}]`)
	all := w.By
	before := w.stands()
	for _, text := range []string{
		`teams: [{name: A, language: pl}]`, `teams: [{name: B, time_zone: UTC}]`, `teams: [{name: A, senders: [{kind: sms, address: +13125550100}]}]`,
		`teams: [{name: A, automations: {customer_call_missed: {enabled: false}}}]`, `teams: [{name: A, holidays: [], prune: {holidays: true}}]`,
		`teams: [{name: A, schedules: [{title: Day, starts_at: 2026-01-05T08:00:00, ends_at: 2026-01-05T17:00:00, rrule: FREQ=DAILY}]}]`,
		`company: {holidays: [{title: Christmas, from: 2026-12-25}]}`,
	} {
		file, err := description.Read("test.yaml", strings.NewReader(text))
		require.NoError(t, err)
		plans := make([]description.Plan, 2)
		for n, by := range []staff.Principal{all, {CompanyID: all.CompanyID, Scopes: []staff.Scope{staff.SettingsRead}, Who: "a key"}} {
			w.By = by
			plans[n], err = description.Apply(t.Context(), w.Config, file, true)
			require.NoError(t, err, text)
		}
		require.Equal(t, plans[0], plans[1], text)
		require.NotZero(t, plans[1].Create+plans[1].Change+plans[1].Delete, text)
		_, err = description.Apply(t.Context(), w.Config, file, false)
		require.ErrorAs(t, err, new(staff.Denied), text)
		w.By = staff.Principal{CompanyID: all.CompanyID, Scopes: []staff.Scope{staff.TicketsWrite}, Who: "a key"}
		_, err = description.Apply(t.Context(), w.Config, file, true)
		require.ErrorAs(t, err, new(staff.Denied), "not even a look: %s", text)
		w.By = all
		require.Equal(t, before, w.stands(), text)
	}
	nothing, err := description.Read("test.yaml", strings.NewReader(`teams: [{name: A, time_zone: UTC}]`))
	require.NoError(t, err)
	w.By = staff.Principal{CompanyID: all.CompanyID, Scopes: []staff.Scope{staff.SettingsRead}, Who: "a key"}
	plan, err := description.Apply(t.Context(), w.Config, nothing, false)
	require.NoError(t, err, "what is as described changes nothing")
	require.Equal(t, 1, plan.Same)
}

// TestANumberAtMeta comes with its token and the app's secret, by the number's id.
func TestANumberAtMeta(t *testing.T) {
	w := newWorld(t)
	w.environment["TOKEN"], w.environment["SECRET"], w.environment["EMPTY"] = "a token of the number's", "the secret of an app", ""
	one := func(rest string) string {
		return `teams: [{name: A, time_zone: UTC, senders: [{kind: whatsapp_cloud, address: "106540352242922", account: "106540352242922"` + rest + `}]}]`
	}
	require.Equal(t, []string{"teams[0].senders[0].access_token_env not_set"}, w.refused(one(`, access_token_env: EMPTY, app_secret_env: SECRET`)))
	require.Equal(t, []string{"teams[0].senders[0].app_secret_env not_set"}, w.refused(one(`, access_token_env: TOKEN, app_secret_env: NOWHERE`)))
	w.applied(one(`, access_token_env: TOKEN, app_secret_env: SECRET`))
	stored := func() []string {
		found, err := w.Vault.Account(t.Context(), w.DB, settings.Meta, "106540352242922")
		require.NoError(t, err)
		return found.Secrets
	}
	require.Equal(t, []string{"a token of the number's", "the secret of an app"}, stored())
	w.environment["TOKEN"] = "a newer token of the number's"
	plan := w.applied(one(`, access_token_env: TOKEN, app_secret_env: SECRET`))
	require.Equal(t, []description.Field{{Field: "access_token_env", From: "another secret", To: "the secret in TOKEN"}}, plan.Changes[len(plan.Changes)-1].Fields)
	require.Equal(t, "a newer token of the number's", stored()[0])
}
