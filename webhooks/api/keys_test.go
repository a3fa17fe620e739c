package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/api/apitest"
)

// key makes a key and returns a client that uses it.
func (w world) key(scopes []string, team any) apitest.Client {
	made := w.Must(http.StatusCreated, "POST", "/keys", object{"name": "test", "scopes": scopes, "team": team})
	return w.With(made["key"].(string))
}

func TestAKeysLife(t *testing.T) {
	w := newWorld(t)
	made := w.Must(http.StatusCreated, "POST", "/keys", object{"name": "CI", "scopes": []string{"settings:read"}})
	require.Regexp(t, `^rb_[A-Za-z0-9_-]{43}$`, made["key"])
	require.Nil(t, made["team"])
	client := w.With(made["key"].(string))
	client.Must(http.StatusOK, "GET", w.team, nil)

	list := w.Do("GET", "/keys", nil)
	require.NotContains(t, list.Text, made["key"])
	require.Equal(t, made["id"], apitest.Items(list.JSON)[0]["id"])
	var kept int
	require.NoError(t, w.db.Get(&kept, `select count(*) from api_keys where encode(hash, 'escape') like '%' || $1 || '%'`, made["key"]))
	require.Zero(t, kept)

	path := "/keys/" + made["id"].(string)
	require.Equal(t, http.StatusNoContent, w.Do("DELETE", path, nil).Status)
	client.Refused(http.StatusUnauthorized, "GET", w.team, nil)
	w.Refused(http.StatusNotFound, "DELETE", path, nil)
	require.Empty(t, apitest.Items(w.Must(http.StatusOK, "GET", "/keys", nil)))
}

func TestScopes(t *testing.T) {
	w := newWorld(t)
	reader := w.key([]string{"settings:read"}, nil)
	reader.Must(http.StatusOK, "GET", w.team+"/automations", nil)
	reader.Refused(http.StatusForbidden, "PATCH", w.team, object{"name": "x"})
	reader.Refused(http.StatusForbidden, "POST", "/teams", chicago("x"))
	reader.Refused(http.StatusForbidden, "GET", "/keys", nil)
	writer := w.key([]string{"settings:write"}, nil)
	writer.Must(http.StatusOK, "GET", w.team, nil)
	writer.Must(http.StatusOK, "PATCH", w.team, object{"name": "x"})
	writer.Refused(http.StatusForbidden, "POST", "/keys", object{"scopes": []string{"settings:write"}})
	w.key([]string{"tickets:read"}, nil).Refused(http.StatusForbidden, "GET", w.team, nil)
}

func TestAKeyCannotGiveWhatItLacks(t *testing.T) {
	w := newWorld(t)
	keys := w.key([]string{"keys:write"}, nil)
	keys.Refused(http.StatusForbidden, "POST", "/keys", object{"scopes": []string{"settings:write"}})
	keys.Must(http.StatusCreated, "POST", "/keys", object{"scopes": []string{"keys:read"}})
	w.key([]string{"keys:read"}, nil).Refused(http.StatusForbidden, "POST", "/keys", object{"scopes": []string{"keys:read"}})
}

func TestATeamsKeyReachesThatTeamAlone(t *testing.T) {
	w := newWorld(t)
	other := "/teams/" + w.Must(http.StatusCreated, "POST", "/teams", chicago("Other"))["id"].(string)
	client := w.key([]string{"settings:write", "keys:write", "deliveries:write"}, w.teamID)
	client.Must(http.StatusOK, "PATCH", w.team, object{"name": "Mine"})
	client.Refused(http.StatusNotFound, "GET", other, nil)
	client.Refused(http.StatusNotFound, "GET", other+"/senders", nil)
	require.Len(t, apitest.Items(client.Must(http.StatusOK, "GET", "/teams", nil)), 1)
	client.Must(http.StatusOK, "GET", "/company", nil)
	client.Refused(http.StatusForbidden, "PATCH", "/company", object{"name": "Mine"})
	client.Refused(http.StatusForbidden, "POST", "/teams", chicago("x"))
	client.Refused(http.StatusForbidden, "POST", "/keys", object{"scopes": []string{"settings:write"}})
}

func TestWhatCannotBeAKey(t *testing.T) {
	w := newWorld(t)
	for _, one := range []struct {
		field string
		body  object
	}{
		{"scopes", object{}},
		{"scopes", object{"scopes": []string{}}},
		{"scopes", object{"scopes": nil}},
		{"scopes[1]", object{"scopes": []string{"settings:read", "everything"}}},
		{"team", object{"scopes": []string{"settings:read"}, "team": nobody}},
		{"team", object{"scopes": []string{"settings:read"}, "team": w.stranger(t)[len("/teams/"):]}},
		{"team", object{"scopes": []string{"settings:read"}, "team": "x"}},
		{"key", object{"scopes": []string{"settings:read"}, "key": "mine"}},
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", "/keys", one.body), one.field, "%v", one.body)
	}
}

func TestAnotherCompanysKeyReachesNothingHere(t *testing.T) {
	w := newWorld(t)
	client := w.key([]string{"settings:write"}, nil)
	theirs := w.stranger(t)
	client.Refused(http.StatusNotFound, "GET", theirs, nil)
	_, err := w.db.Exec(`update api_keys set company_id = '11111111-1111-7111-8111-111111111111'`)
	require.NoError(t, err)
	client.Must(http.StatusOK, "GET", theirs, nil)
	client.Refused(http.StatusNotFound, "GET", w.team, nil)
	require.Len(t, apitest.Items(client.Must(http.StatusOK, "GET", "/teams", nil)), 1)
}
