package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/webhooks/api/apitest"
)

func TestANewTeamHasEverythingItNeeds(t *testing.T) {
	w := newWorld(t)
	team := w.Must(http.StatusOK, "GET", w.team, nil)
	require.Equal(t, "GVE Service", team["display_name"])
	defaults := object{
		"plain_letters": true, "sms_fallback": false, "ring_last_advisor": false, "create_ticket_for_missed_calls": true,
		"automatic_per_hour": 1000.0, "automatic_per_day": 5000.0, "contact_per_hour": 5.0, "contact_per_day": 15.0,
		"allowed_countries": []any{"US"}, "time_zone": "America/Chicago", "language": "en",
	}
	for field, want := range defaults {
		require.Equal(t, want, team[field], field)
	}
	require.NotEmpty(t, team["created_at"])
	require.NotContains(t, team, "version")

	schedules := apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/schedules", nil))
	require.Len(t, schedules, 1)
	require.Equal(t, "America/Chicago", schedules[0]["time_zone"])
	require.Equal(t, true, w.Must(http.StatusOK, "GET", w.team+"/hours?at=2026-06-01T13:00:00Z", nil)["open"])
	require.Len(t, w.Must(http.StatusOK, "GET", w.team+"/automations", nil)["automations"], 14)
}

// TestTheCountriesOfATeam: a new team texts where it is, an empty list is all, what is
// left out changes nothing, and a sender adds where its number is.
func TestTheCountriesOfATeam(t *testing.T) {
	w := newWorld(t)
	made := func(more object) string {
		team := chicago("Sales")
		maps.Copy(team, more)
		return "/teams/" + w.Must(http.StatusCreated, "POST", "/teams", team)["id"].(string)
	}
	countries := func(team string) any { return w.Must(http.StatusOK, "GET", team, nil)["allowed_countries"] }
	own, all := made(nil), made(object{"allowed_countries": []string{}})
	require.Equal(t, []any{"US"}, countries(own))
	require.Equal(t, []any{}, countries(all))
	w.Must(http.StatusUnprocessableEntity, "POST", "/teams", object{"name": "A", "time_zone": "UTC", "allowed_countries": nil})
	for n, team := range []string{own, all} {
		w.Must(http.StatusOK, "PATCH", team, object{"ring_last_advisor": true, "time_zone": "Europe/Warsaw"})
		w.Must(http.StatusCreated, "POST", team+"/senders", object{"kind": "sms", "address": fmt.Sprintf("+1416555010%d", n)})
	}
	require.Equal(t, []any{"US", "CA"}, countries(own))
	require.Equal(t, []any{}, countries(all))
}

func TestWhatCannotBeATeam(t *testing.T) {
	w := newWorld(t)
	for _, one := range []struct {
		field string
		body  object
	}{
		{"name", object{"name": "", "time_zone": "UTC"}},
		{"name", object{"name": "   ", "time_zone": "UTC"}},
		{"name", object{"name": "two\nlines", "time_zone": "UTC"}},
		{"name", object{"time_zone": "UTC"}},
		{"name", object{"name": nil, "time_zone": "UTC"}},
		{"time_zone", object{"name": "A"}},
		{"time_zone", object{"name": "A", "time_zone": "Mars/Olympus"}},
		{"time_zone", object{"name": "A", "time_zone": "Local"}},
		{"time_zone", object{"name": "A", "time_zone": "../../etc/passwd"}},
		{"language", object{"name": "A", "time_zone": "UTC", "language": "tlh"}},
		{"automatic_per_hour", object{"name": "A", "time_zone": "UTC", "automatic_per_hour": -1}},
		{"automatic_per_hour", object{"name": "A", "time_zone": "UTC", "automatic_per_hour": 1.5}},
		{"automatic_per_hour", object{"name": "A", "time_zone": "UTC", "automatic_per_hour": 1e30}},
		{"automatic_per_hour", object{"name": "A", "time_zone": "UTC", "automatic_per_hour": "5"}},
		{"allowed_countries[1]", object{"name": "A", "time_zone": "UTC", "allowed_countries": []string{"US", "Germany"}}},
		{"automatic_per_hour", object{"name": "A", "time_zone": "UTC", "automatic_per_hour": json.RawMessage("5.0")}},
		{"created_at", object{"name": "A", "time_zone": "UTC", "created_at": "yesterday"}},
		{"plain_letters", object{"name": "A", "time_zone": "UTC", "plain_letters": "yes"}},
		{"colour", object{"name": "A", "time_zone": "UTC", "colour": "red"}},
		{"Name", object{"name": "A", "Name": "B", "time_zone": "UTC"}},
	} {
		fields := w.Refused(http.StatusUnprocessableEntity, "POST", "/teams", one.body)
		require.Contains(t, fields, one.field, "%v", one.body)
	}
	require.Len(t, apitest.Items(w.Must(http.StatusOK, "GET", "/teams", nil)), 1)
}

func TestPatchChangesWhatIsGivenAlone(t *testing.T) {
	w := newWorld(t)
	before := w.Must(http.StatusOK, "GET", w.team, nil)
	after := w.Must(http.StatusOK, "PATCH", w.team, object{"ring_last_advisor": true, "allowed_countries": []string{"US"}, "language": "pt"})
	for field := range before {
		switch field {
		case "ring_last_advisor":
			require.Equal(t, true, after[field])
		case "allowed_countries":
			require.Equal(t, []any{"US"}, after[field])
		case "language":
			require.Equal(t, "pt", after[field])
		case "updated_at":
			require.NotEqual(t, before[field], after[field])
		default:
			require.Equal(t, before[field], after[field], field)
		}
	}
	require.Equal(t, after, w.Must(http.StatusOK, "PATCH", w.team, after), "what GET answers can be sent back")
	w.Must(http.StatusOK, "PATCH", w.team, object{"allowed_countries": []string{"PL"}})
	require.Equal(t, []any{"PL"}, w.Must(http.StatusOK, "GET", w.team, nil)["allowed_countries"])
	after = w.Must(http.StatusOK, "PATCH", w.team, after)
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", w.team, object{"name": nil}), "name")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", w.team, object{"time_zone": ""}), "time_zone")
	require.Equal(t, after, w.Must(http.StatusOK, "GET", w.team, nil))
}

func TestRenamingTheCompanyReachesEveryTeam(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, w.company.ID, w.Must(http.StatusOK, "GET", "/company", nil)["id"])
	before := w.snapshot(t, settings.NewCache())
	require.Equal(t, "Green Valley Equipment", before.Company)
	require.Equal(t, "GVE", w.Must(http.StatusOK, "PATCH", "/company", object{"name": "GVE"})["name"])
	after := w.snapshot(t, settings.NewCache())
	require.Equal(t, "GVE", after.Company)
	require.Greater(t, after.Team.Version, before.Team.Version)
	for _, body := range []object{{"name": ""}, {"name": nil}, {"name": "a\nb"}, {"names": "x"}} {
		w.Refused(http.StatusUnprocessableEntity, "PATCH", "/company", body)
	}
	require.Equal(t, "GVE", w.Must(http.StatusOK, "PATCH", "/company", object{})["name"])
}

func TestEveryChangeIsInTheHistoryAndInForceAtOnce(t *testing.T) {
	w := newWorld(t)
	cache := settings.NewCache()
	schedule := w.Must(http.StatusCreated, "POST", w.team+"/schedules", weekdays())["id"].(string)
	sender := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": "sms", "address": "+15005550006"})["id"].(string)
	version := w.snapshot(t, cache).Team.Version
	for _, change := range []struct {
		method, path string
		body         any
		what         string
	}{
		{"PATCH", w.team, object{"name": "Parts"}, "team"},
		{"PATCH", w.team + "/automations/after_hours_text", object{"enabled": true}, "automation"},
		{"PATCH", w.team + "/schedules/" + schedule, object{"enabled": false}, "schedule"},
		{"PATCH", w.team + "/senders/" + sender, object{"own_keywords": true}, "sender"},
		{"DELETE", w.team + "/schedules/" + schedule, nil, "schedule"},
		{"DELETE", w.team + "/senders/" + sender, nil, "sender"},
	} {
		a := w.Do(change.method, change.path, change.body)
		require.Less(t, a.Status, 300, a.Text)
		now := w.snapshot(t, cache).Team.Version
		require.Equal(t, version+1, now, "%s %s", change.method, change.path)
		version = now
		newest := apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/history?limit=1", nil))[0]
		require.Equal(t, change.what, newest["what"])
		require.Equal(t, "bootstrap key", newest["who"])
		require.NotNil(t, newest["before"])
		require.Equal(t, change.method == "DELETE", newest["after"] == nil)
		if change.method == "PATCH" { // the same again changes nothing
			w.Must(http.StatusOK, change.method, change.path, change.body)
			require.Equal(t, version, w.snapshot(t, cache).Team.Version)
			require.Equal(t, newest, apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/history?limit=1", nil))[0])
		}
	}
	snapshot := w.snapshot(t, cache)
	require.Equal(t, "Parts", snapshot.Team.Name)
	require.True(t, snapshot.Automations["after_hours_text"].Enabled)
	require.Empty(t, snapshot.Senders)
}

// snapshot reads the team's settings as an event would.
func (w world) snapshot(t *testing.T, cache *settings.Cache) *settings.Snapshot {
	t.Helper()
	tx, err := w.db.BeginTxx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback()) }()
	var version int64
	require.NoError(t, tx.Get(&version, `select version from teams where id = $1`, w.teamID))
	snapshot, err := cache.Get(t.Context(), tx, w.company.ID, w.teamID, version)
	require.NoError(t, err)
	return snapshot
}
