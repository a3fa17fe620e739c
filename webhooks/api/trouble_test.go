package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
	"ringback/gateway/outboundhooks"
	"ringback/webhooks/api"
	"ringback/webhooks/api/apitest"
)

// TestADatabaseThatIsAway: whatever is asked, it is said that it may work in a moment.
func TestADatabaseThatIsAway(t *testing.T) {
	w := newWorld(t)
	away, err := sqlx.Open("postgres", "host=127.0.0.1 port=1 sslmode=disable connect_timeout=1")
	require.NoError(t, err)
	t.Cleanup(func() { _ = away.Close() })
	engine := gin.New()
	description := api.Mount(engine, api.Config{DB: away, Clock: w.clock, Vault: w.vault, Bootstrap: bootstrap, Company: w.company.ID, Hooks: outboundhooks.New(outboundhooks.Config{DB: away}), Inbox: inbox.Desk{DB: away, Clock: w.clock, Company: w.company.ID}})
	client := apitest.Serve(t, engine, bootstrap)
	parameter, away503 := regexp.MustCompile(`\{[a-z_]+\}`), 0
	for path, item := range description.OpenAPI().Paths {
		path = parameter.ReplaceAllString(strings.TrimPrefix(path, "/api/v1"), "11111111-1111-7111-8111-111111111111")
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op == nil {
				continue
			}
			answer := client.Do(method, path, object{})
			require.NotEqual(t, http.StatusInternalServerError, answer.Status, "%s %s", method, path)
			if answer.Status != http.StatusServiceUnavailable {
				continue
			}
			away503++
			require.Equal(t, "5", answer.Header.Get("Retry-After"), "%s %s", method, path)
			require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
			require.Equal(t, "unavailable", answer.JSON["type"])
			require.Contains(t, answer.JSON["detail"], "database")
		}
	}
	require.Greater(t, away503, 60)
}

// TestADatabaseInTrouble: it answers, and cannot do it now. What it finds wrong with what
// we ask is a fault of ours, and stays one.
func TestADatabaseInTrouble(t *testing.T) {
	w := newWorld(t)
	for code, status := range map[string]int{
		"57014": http.StatusServiceUnavailable, // it took too long
		"53100": http.StatusServiceUnavailable, // its disk is full
		"01000": http.StatusServiceUnavailable, // a standby may lack it
		"42P01": http.StatusInternalServerError,
	} {
		_, err := w.db.Exec(`create or replace function in_trouble() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '` + code + `'; end $$`)
		require.NoError(t, err)
		_, err = w.db.Exec(`create or replace trigger in_trouble before insert on teams execute function in_trouble()`)
		require.NoError(t, err)
		require.Equal(t, status, w.Do("POST", "/teams", chicago("Other")).Status, code)
	}
}

func TestTheDocumentSaysOnceThatItMayBeAway(t *testing.T) {
	w := newWorld(t)
	document := w.Must(http.StatusOK, "GET", "/openapi.json", nil)
	said := document["components"].(map[string]any)["responses"].(map[string]any)["Unavailable"].(map[string]any)
	require.Contains(t, said["headers"], "Retry-After")
	require.Contains(t, said["content"], "application/problem+json")
	for path, item := range document["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			require.Equal(t, map[string]any{"$ref": "#/components/responses/Unavailable"}, op.(map[string]any)["responses"].(map[string]any)["503"], "%s %s", method, path)
		}
	}
}
