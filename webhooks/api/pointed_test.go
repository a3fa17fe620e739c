package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWhatMayBeLeftOutIsChangedAlone: a value that may be null is changed where it was
// another, with a line in the history that says what it was; nothing else has to change
// beside it.
func TestWhatMayBeLeftOutIsChangedAlone(t *testing.T) {
	w := newWorld(t)
	w.clock.Stop(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		path  string
		made  object
		steps []object
	}{
		{"/holidays", object{"title": "Fair", "from": "2026-12-24", "to": "2026-12-26"}, []object{{"to": "2026-12-27"}, {"from": "2026-12-23"}, {"from": "2026-12-22", "to": "2026-12-23"}}},
		{"/holidays", object{"title": "Feed", "feed": "https://example.com/a.ics"}, []object{{"feed": "https://example.com/b.ics"}, {"feed": nil, "from": "2026-12-24"}}},
		{"/schedules", object{"title": "Day", "time_zone": "UTC", "starts_at": "2026-01-05T08:00", "ends_at": "2026-01-05T17:00", "rrule": "FREQ=DAILY", "business_hours": true}, []object{{"rrule": "FREQ=WEEKLY"}, {"business_hours": false}, {"rrule": nil, "business_hours": nil}}},
	} {
		now := w.Must(http.StatusCreated, "POST", w.team+c.path, c.made)
		one := w.team + c.path + "/" + now["id"].(string)
		for _, step := range c.steps {
			changed := w.Must(http.StatusOK, "PATCH", one, step)
			history := w.items(w.team + "/history")[0].(object)
			for field, want := range step {
				require.Equal(t, want, changed[field], "%v of %s", step, c.path)
				require.Equal(t, now[field], history["before"].(object)[field], "%v of %s", step, c.path)
				require.Equal(t, want, history["after"].(object)[field], "%v of %s", step, c.path)
			}
			now = changed
		}
	}
}

// TestATicketGoesFromOneToAnother, and is put off longer, each with its line.
func TestATicketGoesFromOneToAnother(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	ann, ben := w.advisor("Ann", w.team.ID), w.advisor("Ben", w.team.ID)
	path := w.path + "/tickets/" + s.ticket
	early, late := noon.AddDate(0, 0, 1).Format(time.RFC3339), noon.AddDate(0, 0, 2).Format(time.RFC3339)
	for _, step := range []object{{"assignee": ann}, {"assignee": ben}, {"snoozed_until": early}, {"snoozed_until": late}} {
		before := len(w.changes(s.ticket))
		got := w.Must(http.StatusOK, "PATCH", path, step)
		for field, want := range step {
			require.Equal(t, want, got[field])
		}
		require.Len(t, w.changes(s.ticket), before+1, "%v", step)
	}
}
