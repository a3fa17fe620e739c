package api_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/webhooks/api/apitest"
)

// member adds somebody to the staff and returns their id; without a team they come
// as an identity provider brings them.
func (w world) member(name string, teams ...string) string {
	if len(teams) == 0 {
		m := settings.NewMember()
		m.Name, m.Email, m.Role, m.Phone = name, strings.ToLower(name)+"@example.com", settings.RoleAdvisor, "+13125550150"
		m, err := settings.CreateMember(w.T.Context(), w.db, w.company.ID, "test", m)
		require.NoError(w.T, err)
		return m.ID
	}
	made := w.Must(http.StatusCreated, "POST", "/staff", w.ann(object{
		"name": name, "email": strings.ToLower(name) + "@example.com", "teams": append([]string{}, teams...),
	}))
	return made["id"].(string)
}

// ann is a good body with some fields changed.
func (w world) ann(changes object) object {
	body := object{"name": "Ann", "email": "Ann.Kowalski@example.com", "role": "advisor", "teams": []any{w.teamID}, "phone": "+13125550150"}
	for field, value := range changes {
		body[field] = value
	}
	return body
}

func TestAMembersLife(t *testing.T) {
	w := newWorld(t)
	body := w.ann(object{"teams": []any{w.teamID}})
	made := w.Must(http.StatusCreated, "POST", "/staff", body)
	for field, want := range body {
		require.Equal(t, want, made[field], field)
	}
	require.Equal(t, true, made["active"])
	require.NotEmpty(t, made["created_at"])
	path := "/staff/" + made["id"].(string)
	require.Equal(t, made, w.Must(http.StatusOK, "GET", path, nil))
	require.Equal(t, []map[string]any{made}, apitest.Items(w.Must(http.StatusOK, "GET", "/staff", nil)))

	changes := object{
		"name": "Ann K.", "email": "ANN.kowalski@example.com", "role": "manager", "phone": "", "active": false, "teams": []any{},
	}
	for _, field := range slices.Sorted(maps.Keys(changes)) { // only who is active no more may be on no team
		value := changes[field]
		before := w.Must(http.StatusOK, "GET", path, nil)
		after := w.Must(http.StatusOK, "PATCH", path, object{field: value})
		require.Equal(t, after, w.Must(http.StatusOK, "GET", path, nil))
		require.Equal(t, value, after[field])
		for other := range before {
			if other != field && other != "updated_at" {
				require.Equal(t, before[other], after[other], "%s, when %s is changed", other, field)
			}
		}
	}
	now := w.Must(http.StatusOK, "GET", path, nil)
	require.Equal(t, now, w.Must(http.StatusOK, "PATCH", path, now), "what GET answers can be sent back")
	for _, phone := range []string{"+48601234567", "+14155552671"} {
		require.Equal(t, phone, w.Must(http.StatusOK, "PATCH", path, object{"phone": phone})["phone"])
	}
}

// TestWhoIsNoAdminNeedsATeam: without one they would see nothing. Who has left needs none.
func TestWhoIsNoAdminNeedsATeam(t *testing.T) {
	w := newWorld(t)
	ben := "/staff/" + w.member("Ben", w.teamID)
	for _, role := range []string{"advisor", "manager"} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", "/staff", w.ann(object{"role": role, "teams": []any{}}))["teams"], "choose at least one")
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", ben, object{"role": role, "teams": []any{}}), "teams")
	}
	both := w.Refused(http.StatusUnprocessableEntity, "POST", "/staff", w.ann(object{"name": "  ", "teams": []any{}}))
	require.Contains(t, both, "name")
	require.Contains(t, both, "teams")
	w.Must(http.StatusOK, "PATCH", ben, object{"active": false, "teams": []any{}})
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", ben, object{"active": true}), "teams")
	w.Must(http.StatusOK, "PATCH", ben, object{"active": true, "role": "admin"})
	w.Must(http.StatusCreated, "POST", "/staff", w.ann(object{"role": "admin", "teams": []any{}}))
}

func TestSomebodyWithoutAPhone(t *testing.T) {
	w := newWorld(t)
	body := w.ann(nil)
	delete(body, "phone")
	require.Empty(t, w.Must(http.StatusCreated, "POST", "/staff", body)["phone"])
}

func TestWhoCannotBeStaff(t *testing.T) {
	w := newWorld(t)
	theirs := strings.TrimPrefix(w.stranger(t), "/teams/")
	path := "/staff/" + w.member("Ben", w.teamID)
	before := w.Must(http.StatusOK, "GET", path, nil)
	for _, one := range []struct {
		field string
		value any
	}{
		{"name", ""},
		{"name", "  "},
		{"name", nil},
		{"name", "two\nlines"},
		{"name", strings.Repeat("x", 101)},
		{"email", ""},
		{"email", "ann"},
		{"email", "ann@"},
		{"email", "@example.com"},
		{"email", "Ann <ann@example.com>"},
		{"email", "ann @example.com"},
		{"email", "ann@example.com\nbcc: x@example.com"},
		{"email", strings.Repeat("x", 250) + "@a.example"},
		{"email", nil},
		{"role", "owner"},
		{"role", ""},
		{"role", nil},
		{"phone", "312 555 0150"},
		{"phone", "3125550150"},
		{"phone", "+1312555"},
		{"phone", "tel:+13125550150"},
		{"phone", "+13125550150,,5"},
		{"phone", nil},
		{"active", "yes"},
		{"active", nil},
		{"teams", nil},
		{"teams", "all"},
		{"teams[0]", []string{"Service"}},
		{"teams[0]", []string{nobody}},
		{"teams[0]", []string{theirs}},
		{"teams[1]", []string{w.teamID, w.teamID}},
		{"colour", "red"},
	} {
		body := object{strings.TrimRight(one.field, "[01]"): one.value}
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", "/staff", w.ann(body)), one.field, "%v", one)
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", path, body), one.field, "%v", one)
	}
	for _, field := range []string{"name", "email", "role", "teams"} {
		body := w.ann(nil)
		delete(body, field)
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", "/staff", body), field)
	}
	require.Equal(t, []map[string]any{before}, apitest.Items(w.Must(http.StatusOK, "GET", "/staff", nil)))
}

func TestAnEmailIsOnePersons(t *testing.T) {
	w := newWorld(t)
	w.Must(http.StatusCreated, "POST", "/staff", w.ann(nil))
	ben := "/staff/" + w.member("Ben", w.teamID)
	for _, email := range []string{"Ann.Kowalski@example.com", "ann.kowalski@EXAMPLE.COM"} {
		require.Contains(t, w.Refused(http.StatusConflict, "POST", "/staff", w.ann(object{"email": email})), "email")
		require.Contains(t, w.Refused(http.StatusConflict, "PATCH", ben, object{"email": email}), "email")
	}
	require.Equal(t, "ben@example.com", w.Must(http.StatusOK, "GET", ben, nil)["email"])
	w.stranger(t)
	elsewhere := settings.NewMember()
	elsewhere.Name, elsewhere.Email, elsewhere.Role = "Ann", "ann.kowalski@example.com", settings.RoleAdmin
	_, err := settings.CreateMember(t.Context(), w.db, stranger, "test", elsewhere)
	require.NoError(t, err, "another company's is another person's")
}

func TestStaffOfAnotherCompanyAreNobody(t *testing.T) {
	w := newWorld(t)
	w.stranger(t)
	theirs := settings.NewMember()
	theirs.Name, theirs.Email, theirs.Role = "Zoe", "zoe@example.com", settings.RoleAdvisor
	theirs, err := settings.CreateMember(t.Context(), w.db, stranger, "test", theirs)
	require.NoError(t, err)
	for _, id := range []string{theirs.ID, nobody, "1", "%00"} {
		w.Refused(http.StatusNotFound, "GET", "/staff/"+id, nil)
		w.Refused(http.StatusNotFound, "PATCH", "/staff/"+id, object{"name": "Mine"})
	}
	require.Empty(t, apitest.Items(w.Must(http.StatusOK, "GET", "/staff", nil)))
	body := weekdays()
	body["advisors"] = []string{theirs.ID}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/schedules", body), "advisors[0]")
	fields := w.Refused(http.StatusUnprocessableEntity, "PATCH", w.team, tree(object{"digit": "1", "to": "advisors", "advisors": []string{theirs.ID}}))
	require.Contains(t, fields, "voice.options[0].advisors[0]")
	_, err = w.db.Exec(`update schedules set advisors = jsonb_build_array($1::text) where team_id = $2`, theirs.ID, w.teamID)
	require.NoError(t, err)
	s := w.snapshot(t, settings.NewCache())
	require.Empty(t, s.Rings, "a schedule from before staff were known")
	require.Empty(t, s.Advisors)
}

func TestWhoMayKnowAndChangeTheStaff(t *testing.T) {
	w := newWorld(t)
	other := w.Must(http.StatusCreated, "POST", "/teams", chicago("Other"))["id"].(string)
	mine, both, elsewhere, office := w.member("Mine", w.teamID), w.member("Both", other, w.teamID), w.member("Elsewhere", other), w.member("Office")

	settingsKey := w.key([]string{"settings:write"}, nil)
	settingsKey.Refused(http.StatusForbidden, "GET", "/staff", nil)
	settingsKey.Refused(http.StatusForbidden, "GET", "/staff/"+mine, nil)
	reader := w.key([]string{"staff:read"}, nil)
	require.Equal(t, []string{office, elsewhere, both, mine}, ids(reader.Must(http.StatusOK, "GET", "/staff", nil)))
	reader.Refused(http.StatusForbidden, "POST", "/staff", w.ann(nil))
	reader.Refused(http.StatusForbidden, "PATCH", "/staff/"+mine, object{"role": "admin"})
	reader.Refused(http.StatusForbidden, "GET", w.team, nil)
	writer := w.key([]string{"staff:write"}, nil)
	writer.Must(http.StatusOK, "GET", "/staff/"+mine, nil)
	writer.Refused(http.StatusForbidden, "PATCH", "/staff/"+mine, object{"role": "manager"})
	w.key([]string{"staff:write", "settings:write", "tickets:write", "deliveries:write"}, nil).Must(http.StatusOK, "PATCH", "/staff/"+mine, object{"role": "manager"})

	bound := w.key([]string{"staff:write"}, w.teamID)
	page := bound.Must(http.StatusOK, "GET", "/staff?limit=1", nil)
	require.Equal(t, []string{both}, ids(page))
	require.Equal(t, []string{mine}, ids(bound.Must(http.StatusOK, "GET", "/staff?cursor="+page["next"].(string), nil)))
	bound.Must(http.StatusOK, "GET", "/staff/"+both, nil)
	bound.Refused(http.StatusNotFound, "GET", "/staff/"+elsewhere, nil)
	bound.Refused(http.StatusNotFound, "GET", "/staff/"+office, nil)
	bound.Refused(http.StatusForbidden, "POST", "/staff", w.ann(object{"teams": []any{w.teamID}}))
	bound.Refused(http.StatusForbidden, "PATCH", "/staff/"+mine, object{"role": "admin"})
}

func ids(page map[string]any) []string {
	list := []string{}
	for _, item := range apitest.Items(page) {
		list = append(list, item["id"].(string))
	}
	return list
}

func TestASchedulesAdvisorsAreStaff(t *testing.T) {
	w := newWorld(t)
	ann, ben := w.member("Ann", w.teamID), w.member("Ben")
	body := weekdays()
	body["advisors"] = []any{ben, ann}
	made := w.Must(http.StatusCreated, "POST", w.team+"/schedules", body)
	require.Equal(t, body["advisors"], made["advisors"])
	path := w.team + "/schedules/" + made["id"].(string)
	bad := map[string][]string{
		"advisors[0]": {nobody, ann}, "advisors[1]": {ann, strings.ToUpper(ben)}, "advisors[2]": {ann, ben, ann},
	}
	for field, list := range bad {
		fields := w.Refused(http.StatusUnprocessableEntity, "PATCH", path, object{"advisors": list})
		require.Len(t, fields, 1)
		require.Contains(t, fields, field)
	}
	require.Equal(t, []any{ann}, w.Must(http.StatusOK, "PATCH", path, object{"advisors": []string{ann}})["advisors"])
	w.Must(http.StatusOK, "PATCH", "/staff/"+ann, object{"active": false})
	w.Must(http.StatusOK, "PATCH", path, object{"enabled": false, "advisors": []string{ben, ann}}) // may come back
}

func TestAChangeOfStaffIsInForceAtOnceAndInTheHistory(t *testing.T) {
	w := newWorld(t)
	cache := settings.NewCache()
	ann, ben, far := w.member("Ann", w.teamID), w.member("Ben", w.teamID), w.member("Far")
	w.member("Stranger") // neither on the team nor named by it
	body := weekdays()
	body["advisors"] = []any{far, ben, ann}
	schedule := w.Must(http.StatusCreated, "POST", w.team+"/schedules", body)["id"].(string)

	s := w.snapshot(t, cache)
	require.Equal(t, map[string][]string{schedule: {far, ben, ann}}, s.Rings)
	require.Equal(t, map[string]settings.Advisor{
		ann: {ID: ann, Name: "Ann", Phone: "+13125550150"},
		ben: {ID: ben, Name: "Ben", Phone: "+13125550150"},
		far: {ID: far, Name: "Far", Phone: "+13125550150"},
	}, s.Advisors)

	w.Must(http.StatusOK, "PATCH", "/staff/"+far, object{"phone": "+13125550199", "role": "admin"})
	require.Equal(t, "+13125550199", w.snapshot(t, cache).Advisors[far].Phone, "also of those on no team")
	w.Must(http.StatusOK, "PATCH", "/staff/"+ben, object{"active": false})
	s = w.snapshot(t, cache)
	require.Equal(t, map[string][]string{schedule: {far, ann}}, s.Rings)
	require.NotContains(t, s.Advisors, ben)
	carla := w.member("Carla", w.teamID)
	require.Contains(t, w.snapshot(t, cache).Advisors, carla)
	w.Must(http.StatusOK, "PATCH", "/staff/"+carla, object{"role": "admin", "teams": []string{}})
	s = w.snapshot(t, cache)
	require.Contains(t, s.Advisors, carla, "admins answer on every team")

	w.Must(http.StatusOK, "PATCH", "/staff/"+carla, object{"teams": []string{}, "name": "Carla"})
	require.Equal(t, s.Team.Version, w.snapshot(t, cache).Team.Version, "nothing changed")
	w.Refused(http.StatusConflict, "PATCH", "/staff/"+carla, object{"email": "ann@example.com"})
	require.Equal(t, s.Team.Version, w.snapshot(t, cache).Team.Version, "nothing was saved")

	var lines []struct{ Who, Was, Is string }
	require.NoError(t, w.db.Select(&lines, `select who, coalesce(before->>'phone', '') as was, after->>'phone' as is
		from history where company_id = $1 and what = 'staff' and subject = $2 order by id`, w.company.ID, far))
	require.Equal(t, []struct{ Who, Was, Is string }{
		{"test", "", "+13125550150"}, {"bootstrap key", "+13125550150", "+13125550199"},
	}, lines)
	var all int
	require.NoError(t, w.db.Get(&all, `select count(*) from history where what = 'staff'`))
	require.Equal(t, 8, all, "five came, three were changed")
}

func TestColleaguesAreKnownByName(t *testing.T) {
	w := newWorld(t)
	other := w.Must(http.StatusCreated, "POST", "/teams", chicago("Sales"))["id"].(string)
	_, cookie := w.signInAs("advisor", "Ann", w.teamID)
	w.signInAs("manager", "Bob", w.teamID, other)
	w.signInAs("admin", "Maria")
	w.signInAs("advisor", "Zoe", other)
	gone, _ := w.signInAs("advisor", "Gone", w.teamID)
	w.Must(http.StatusOK, "PATCH", "/staff/"+gone, object{"active": false})

	answer := w.by(cookie, "GET", w.team+"/advisors", nil)
	var names []string
	for _, a := range apitest.Items(answer.JSON) {
		require.Len(t, a, 3, "a name, and nothing else about them")
		names = append(names, a["name"].(string))
	}
	require.Equal(t, []string{"Gone", "Maria", "Bob", "Ann"}, names)
	require.NotContains(t, answer.Text, "@example.com")
	require.Equal(t, http.StatusNotFound, w.by(cookie, "GET", "/teams/"+other+"/advisors", nil).Status)
	require.Equal(t, http.StatusForbidden, w.by(cookie, "GET", "/staff", nil).Status)
}

func TestStaffAndTeamsAreSearchedByPartOfAName(t *testing.T) {
	w := newWorld(t)
	w.Must(http.StatusCreated, "POST", "/teams", chicago("Sales 100%_off"))
	w.signInAs("advisor", "Ann", w.teamID)
	w.signInAs("advisor", "Joanna", w.teamID)
	for query, want := range map[string]int{"ANN": 2, "joa": 1, "ann@": 1, "zebra": 0, "": 2, "%25": 0, "_": 0} {
		require.Len(t, apitest.Items(w.Must(http.StatusOK, "GET", "/staff?q="+query, nil)), want, query)
	}
	w.Refused(http.StatusUnprocessableEntity, "GET", "/staff?q=%00", nil)
	w.Refused(http.StatusUnprocessableEntity, "GET", "/teams?q=%FF", nil)
	for query, want := range map[string]int{"sal": 1, "SERV": 1, "gve": 2, "0%25_o": 1, "%25%25": 0} {
		require.Len(t, apitest.Items(w.Must(http.StatusOK, "GET", "/teams?q="+query, nil)), want, query)
	}
}
