package console

import (
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/retention"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/staff"
)

// pathsOf are the fields that a document of this type has, as the history flattens it.
func pathsOf(of reflect.Type, prefix string) (paths []string) {
	for n := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(n).Tag.Get("json"), ",")
		left := []string{"-", "created_at", "updated_at", "sign_in", "calendar"} // what the history keeps nothing of
		if slices.Contains(left, name) || hidden[name] {
			continue
		}
		inner := of.Field(n).Type
		if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[time.Time]() {
			paths = append(paths, pathsOf(inner, prefix+name+".")...)
			continue
		}
		if inner.Kind() != reflect.Map { // what a map holds is listed below
			paths = append(paths, prefix+name)
		}
	}
	return paths
}

// changed is every field that the history can name, by the thing that it is of.
func changed() map[string][]string {
	all := map[string][]string{
		"calendar": {"days"}, "account": {"secret", "api_key", "api_key_secret"}, "key": {"name", "scopes", "team", "expires_at"},
		"hook": {"address", "kinds", "enabled", "secret"}, "contact": {"blocked", "opted_out", "language", "addresses", "merged"},
		"sign_in": {"name", "from", "device"}, "password": {"name", "from", "device"}, "second_factor": {"name", "from", "device"},
		"passkey": {"name", "from", "device", "passkey"}, "invitation": {"name"}, "identity": {"name", "provider", "email"},
		"export": {"files"}, "erasure": {"erased"}, "erasure_failed": {"file", "kind", "account", "why"},
	}
	for what, of := range map[string]any{
		"team": settings.Team{}, "company": settings.Company{}, "sender": settings.Sender{}, "staff": settings.Member{}, "holiday": settings.Holiday{},
		"reply": settings.Reply{}, "schedule": settings.Schedule{}, "automation": automations.Setting{}, "retention": retention.Days{},
	} {
		all[what] = append(all[what], pathsOf(reflect.TypeOf(of), "")...)
	}
	for _, d := range automations.All {
		all["holiday"] = append(all["holiday"], "messages."+d.Key)
		for _, o := range d.Options {
			all["automation"] = append(all["automation"], "options."+o.Name)
		}
	}
	return all
}

func TestTheHistoryNamesEveryFieldInWords(t *testing.T) {
	v := polish(t)
	for what, fields := range changed() {
		require.True(t, v.console.words.Has("what."+what), what)
		for _, name := range fields {
			require.NotEmpty(t, v.Field(what, name), "%s: %s", what, name)
		}
	}
	require.Greater(t, len(slices.Collect(maps.Keys(changed()))), 20)
}

func TestTheHistorySaysValuesAsPeopleDo(t *testing.T) {
	v := polish(t)
	page := historyPage{Names: map[string]string{"11111111-1111-7111-8111-111111111111": "Ann"}}
	for _, one := range []struct{ what, name, said, want string }{
		{"team", "allowed_countries", `["US","CA"]`, "US, CA"},
		{"team", "language", "pl", "Polski"},
		{"team", "voice.ring_order", "in_order", "Po kolei"},
		{"team", "voice.options", `[{"digit":"1","label":"Serwis","to":"advisors","advisors":["11111111-1111-7111-8111-111111111111"],"team":""},{"digit":"2","label":"","to":"voicemail","advisors":[],"team":""}]`, "1 Serwis: Ann; 2: poczta głosowa"},
		{"staff", "role", "admin", "Administrator"},
		{"staff", "active", "false", "nie"},
		{"sender", "kind", "whatsapp_cloud", "WhatsApp"},
		{"company", "opt_out_scope", "team", "zespół"},
		{"company", "second_factor", "required", "Wymagany"},
		{"schedule", "rrule", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "poniedziałek–piątek"},
		{"schedule", "rrule", "FREQ=DAILY;UNTIL=20261231", "Codziennie, do 31 grudnia"},
		{"schedule", "rrule", "FREQ=DAILY;INTERVAL=3;COUNT=4", "Co 3 dni, 4×"},
		{"schedule", "rrule", "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=MO,TU,WE", "Co 2 tyg.: poniedziałek–środa"},
		{"schedule", "rrule", "FREQ=WEEKLY", "Co tydzień"},
		{"schedule", "rrule", "FREQ=MONTHLY;BYDAY=1SA", "Co miesiąc: sobota, pierwszy raz w miesiącu"},
		{"schedule", "rrule", "FREQ=MONTHLY;BYMONTHDAY=15;UNTIL=20261231T225959Z", "Co miesiąc: 15. dzień, do 31 grudnia"},
		{"schedule", "rrule", "FREQ=MONTHLY;BYMONTHDAY=-1", "Co miesiąc: ostatni dzień"},
		{"schedule", "rrule", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "Co roku: 24 grudnia"},
		{"schedule", "rrule", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "Według reguły: FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"},
		{"schedule", "rrule", "FREQ=MONTHLY;BYDAY=5SA", "Według reguły: FREQ=MONTHLY;BYDAY=5SA"},
		{"schedule", "rrule", "FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=24", "Według reguły: FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=24"},
		{"schedule", "rrule", "FREQ=MONTHLY;BYMONTHDAY=1,15", "Według reguły: FREQ=MONTHLY;BYMONTHDAY=1,15"},
		{"schedule", "rrule", "nonsense", "Według reguły: nonsense"},
		{"schedule", "time_zone", "America/Chicago", "Chicago (czas środkowy)"},
		{"team", "time_zone", "Europe/Warsaw", "Warsaw (czas środkowoeuropejski)"},
		{"team", "time_zone", "America/Havana", "Havana"},
		{"team", "time_zone", "Asia/Tokyo", "Tokyo"},
		{"team", "time_zone", "UTC", "UTC"},
		{"team", "time_zone", "Mars/Olympus", "Mars/Olympus"},
		{"sender", "paused_for", "20003", "Dostawca odrzuca nasze konto lub token: administrator powinien zajrzeć do Nadawców. (Kod dostawcy: 20003)"},
		{"schedule", "starts_at", "2026-01-05T08:00", "5 stycznia 08:00"},
		{"holiday", "from", "2026-12-24", "24 grudnia"},
		{"calendar", "days", `[{"title":"Christmas","from":"2026-12-25","to":"2026-12-26"}]`, "Christmas: 25 grudnia – 26 grudnia"},
		{"schedule", "advisors", `["11111111-1111-7111-8111-111111111111"]`, "Ann"},
		{"key", "scopes", `["tickets:read"]`, "Zgłoszenia, kontakty i decyzje: przeglądanie"},
		{"hook", "kinds", `["call.missed"]`, "Nieodebrane połączenie"},
		{"sender", "paused_at", "2026-11-23T11:00:00Z", "dziś 05:00"},
		{"team", "name", "in_order", "in_order"},
		{"reply", "title", "2026-12-24", "2026-12-24"},
		{"sign_in", "from", "192.0.2.7", "192.0.2.7"},
		{"reply", "text", "[not a list", "[not a list"},
	} {
		require.Equal(t, one.want, page.Value(v, one.what, one.name, one.said), "%s %s", one.what, one.name)
	}
}

// What an API key may do is said in words, beside the scope that programs know.
func TestEveryScopeHasWords(t *testing.T) {
	v := polish(t)
	for _, scope := range staff.Scopes {
		require.True(t, v.console.words.Has("scope."+string(scope)), scope)
	}
}

// TestTheReferenceNamesEachKindOfChange that a page has words for: whoever reads the
// history by the API has nothing else to go by.
func TestTheReferenceNamesEachKindOfChange(t *testing.T) {
	raw, err := files.ReadFile("phrases/history.json")
	require.NoError(t, err)
	var phrases map[string]map[string]string
	require.NoError(t, json.Unmarshal(raw, &phrases))
	what, there := reflect.TypeFor[settings.Change]().FieldByName("What")
	require.True(t, there)
	named, kinds := regexp.MustCompile(`[a-z_]+`).FindAllString(what.Tag.Get("doc"), -1), 0
	for key := range phrases {
		if kind, is := strings.CutPrefix(key, "what."); is {
			require.Contains(t, named, kind)
			kinds++
		}
	}
	require.Greater(t, kinds, 20)
}
