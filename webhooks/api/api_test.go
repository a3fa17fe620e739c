package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"ringback/gateway/inbox"
	"ringback/webhooks/api"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/webhooks/api/apitest"
)

const bootstrap = "bootstrap-key-for-tests"

// from is a header by which a test says whence its request comes.
const from = "Test-From"

// world is a server with one company and one team.
type world struct {
	apitest.Client
	T       *testing.T
	db      *sqlx.DB
	vault   *settings.Vault
	clock   *clock.Clock
	company settings.Company
	team    string // its path
	teamID  string
}

func newWorld(t *testing.T) world {
	t.Parallel()
	gin.SetMode(gin.TestMode)
	db := testdb.New(t)
	company, err := settings.EnsureCompany(t.Context(), db, "Green Valley Equipment")
	require.NoError(t, err)
	key, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	w := world{T: t, db: db, company: company, clock: clocktest.Stopped(t), vault: &settings.Vault{Key: key, Environment: map[string]channels.Account{
		settings.Twilio: {ID: environmentSID, Secrets: []string{"environment-token-1234"}},
	}}}
	engine := gin.New()
	engine.NoRoute(api.NotFound)
	engine.NoMethod(api.NotAllowed)
	engine.HandleMethodNotAllowed = true
	engine.Use(func(g *gin.Context) { // as the doors' router does for a proxy that it trusts
		if address := g.GetHeader(from); address != "" {
			g.Request.RemoteAddr = address + ":443"
		}
	})
	api.Mount(engine, api.Config{DB: db, Clock: w.clock, Vault: w.vault, Bootstrap: bootstrap, Company: company.ID, Inbox: inbox.Desk{DB: db, Clock: w.clock, Company: company.ID}})
	w.Client = apitest.Serve(t, engine, bootstrap)
	w.teamID = w.Must(http.StatusCreated, "POST", "/teams", chicago("Service"))["id"].(string)
	w.team = "/teams/" + w.teamID
	return w
}

// stranger is the id of the company that world.stranger makes.
const stranger = "11111111-1111-7111-8111-111111111111"

// stranger makes another company with a team and returns the path of the team.
func (w world) stranger(t *testing.T) string {
	t.Helper()
	_, err := w.db.Exec(`insert into companies (id, name) values ($1, 'Other')`, stranger)
	require.NoError(t, err)
	theirs := settings.NewTeam()
	theirs.Name, theirs.TimeZone = "Theirs", "UTC"
	team, err := settings.CreateTeam(t.Context(), w.db, stranger, "test", theirs)
	require.NoError(t, err)
	return "/teams/" + team.ID
}

type object = map[string]any

func chicago(name string) object {
	return object{"name": name, "display_name": "GVE " + name, "time_zone": "America/Chicago", "language": "en"}
}

const nobody = "01940000-0000-7000-8000-000000000000" // an id that nothing has

func TestOpenAPIIsPublicAndTellsEveryRoutesScope(t *testing.T) {
	w := newWorld(t)
	document := w.With("").Must(http.StatusOK, "GET", "/openapi.json", nil)
	require.Equal(t, "3.1.0", document["openapi"])
	for path, item := range document["paths"].(object) {
		for method, operation := range item.(object) {
			require.Regexp(t, "Needs the scope `|Needs a session|Open to everybody", operation.(object)["description"], "%s %s", method, path)
			require.NotContains(t, operation.(object)["description"], "``", "%s %s is in no scope", method, path)
		}
	}
}

func TestEveryRouteAsksForAKey(t *testing.T) {
	w := newWorld(t)
	document := w.Must(http.StatusOK, "GET", "/openapi.json", nil)
	for path, item := range document["paths"].(object) {
		path = strings.NewReplacer("/api/v1", "", "{team}", w.teamID, "{id}", nobody, "{key}", "after_hours_text").Replace(path)
		for method, operation := range item.(object) {
			if operation.(object)["description"] == "Open to everybody." {
				continue
			}
			for _, key := range []string{"", "wrong", bootstrap + "x", " "} {
				w.With(key).Refused(http.StatusUnauthorized, strings.ToUpper(method), path, nil)
			}
		}
	}
	a := w.With("").Do("GET", "/teams", nil)
	require.Equal(t, `Bearer realm="ringback"`, a.Header.Get("WWW-Authenticate"))
	w.With("").Refused(http.StatusUnauthorized, "GET", "/teams", nil, "Authorization", "Basic "+bootstrap)
	w.With("").Must(http.StatusOK, "GET", "/teams", nil, "Authorization", "bearer "+bootstrap)
}

func TestWhatIsNoRouteIsAProblemAsWell(t *testing.T) {
	w := newWorld(t)
	w.Refused(http.StatusNotFound, "GET", "/nothing", nil)
	w.Refused(http.StatusMethodNotAllowed, "DELETE", "/company", nil)
}

func TestOtherCompaniesAndUnknownIDsAre404(t *testing.T) {
	w := newWorld(t)
	theirs := w.stranger(t)
	for _, team := range []string{theirs, "/teams/" + nobody, "/teams/1", "/teams/%00", "/teams/" + strings.Repeat("x", 200)} {
		for _, route := range []string{
			"GET ", "GET /automations", "GET /automations/after_hours_text", "GET /schedules", "GET /schedules.ics",
			"GET /hours", "GET /senders", "GET /history", "DELETE /schedules/" + nobody, "DELETE /senders/" + nobody,
		} {
			method, path, _ := strings.Cut(route, " ")
			w.Refused(http.StatusNotFound, method, team+path, nil)
		}
		w.Refused(http.StatusNotFound, "PATCH", team, object{"name": "Mine"})
		w.Refused(http.StatusNotFound, "POST", team+"/schedules", weekdays())
		w.Refused(http.StatusNotFound, "POST", team+"/senders", object{"kind": "sms", "address": "+15005550006"})
		w.Refused(http.StatusNotFound, "PATCH", team+"/automations/after_hours_text", object{"enabled": true})
	}
	for _, path := range []string{"/schedules/", "/senders/"} {
		for _, id := range []string{nobody, "1", "%27"} {
			w.Refused(http.StatusNotFound, "PATCH", w.team+path+id, object{})
			w.Refused(http.StatusNotFound, "DELETE", w.team+path+id, nil)
		}
	}
	w.Refused(http.StatusNotFound, "GET", w.team+"/automations/unknown", nil)
	w.Refused(http.StatusNotFound, "PATCH", w.team+"/automations/unknown", object{})
	w.Refused(http.StatusNotFound, "POST", w.team+"/automations/unknown/preview", object{})
	w.Refused(http.StatusNotFound, "DELETE", "/keys/"+nobody, nil)
	w.Refused(http.StatusNotFound, "DELETE", "/keys/x", nil)
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	w.Refused(http.StatusBadRequest, "POST", "/teams", `{"name": `)
	w.Refused(http.StatusBadRequest, "POST", "/teams", ``)
	w.Refused(http.StatusBadRequest, "PATCH", w.team, `{"name": "a"} trailing`)
	w.Refused(http.StatusUnprocessableEntity, "POST", "/teams", `[]`)
	w.Refused(http.StatusUnprocessableEntity, "PATCH", w.team, `null`)
	w.Refused(http.StatusUnprocessableEntity, "PATCH", w.team, `"text"`)
	w.Refused(http.StatusUnsupportedMediaType, "PATCH", w.team, `name=x`, "Content-Type", "application/x-www-form-urlencoded")
	w.Refused(http.StatusUnsupportedMediaType, "PATCH", w.team, `{}`, "Content-Type", "text/plain")
	w.Must(http.StatusOK, "PATCH", w.team, `{}`, "Content-Type", "application/json; charset=utf-8")
	w.Refused(http.StatusRequestEntityTooLarge, "PATCH", w.team, `{"name": "`+strings.Repeat("x", 2<<20)+`"}`)
	w.Refused(http.StatusUnprocessableEntity, "PATCH", w.team, strings.Repeat(`[`, 5000)+strings.Repeat(`]`, 5000))
	fields := w.Refused(http.StatusUnprocessableEntity, "PATCH", w.team, `{"name": "a\u0000b"}`)
	require.Contains(t, fields, "name")
	w.Must(http.StatusOK, "PATCH", w.team, "{\"name\": \"broken \xff letters\"}")
}

func TestABodyThatBreaksOff(t *testing.T) {
	w := newWorld(t)
	for _, rest := range []string{"Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"} {
		answer := w.Raw("PATCH /api/v1" + w.team + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + bootstrap + "\r\n" + rest)
		require.Contains(t, answer, "HTTP/1.1 400 Bad Request\r\n")
	}
}

func TestListsComeInPages(t *testing.T) {
	w := newWorld(t)
	want := []string{w.teamID}
	for range 4 {
		want = append([]string{w.Must(http.StatusCreated, "POST", "/teams", chicago("More"))["id"].(string)}, want...)
	}
	var got []string
	cursor, pages := "", 0
	for {
		page := w.Must(http.StatusOK, "GET", "/teams?limit=2&cursor="+cursor, nil)
		for _, item := range apitest.Items(page) {
			got = append(got, item["id"].(string))
		}
		pages++
		if page["next"] == nil {
			break
		}
		cursor = page["next"].(string)
	}
	require.Equal(t, want, got)
	require.Equal(t, 3, pages)
	require.Nil(t, w.Must(http.StatusOK, "GET", "/teams?limit=5", nil)["next"])
	for _, bad := range []string{"limit=0", "limit=201", "limit=x", "limit=-1", "cursor=x", "cursor=%00", "colour=red"} {
		fields := w.Refused(http.StatusUnprocessableEntity, "GET", "/teams?"+bad, nil)
		require.Contains(t, fields, strings.SplitN(bad, "=", 2)[0])
	}
}

// Who can read one list can read them all.
func TestEveryListSaysWhatComesNext(t *testing.T) {
	w := newWorld(t)
	document := w.With("").Must(http.StatusOK, "GET", "/openapi.json", nil)
	schemas := document["components"].(object)["schemas"].(object)
	lists := 0
	for path, item := range document["paths"].(object) {
		get, ok := item.(object)["get"].(object)
		if !ok {
			continue
		}
		raw, err := json.Marshal(get["responses"].(object)["200"])
		require.NoError(t, err)
		_, name, ok := strings.Cut(string(raw), `"$ref":"#/components/schemas/`)
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, `"`)
		fields, _ := schemas[name].(object)["properties"].(object)
		if fields["items"] == nil {
			continue
		}
		lists++
		require.Contains(t, fields, "next", path)
	}
	require.Greater(t, lists, 20)
}
