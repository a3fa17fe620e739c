package api_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/api/apitest"
)

// TestAudit: who did what, when and from where, of whichever team.
func TestAudit(t *testing.T) {
	w := newInbox(t)
	one := w.text(customer, "SM1", noon)
	made := w.Must(http.StatusCreated, "POST", "/keys", object{"name": "POS", "scopes": []string{"tickets:read"}})
	w.Must(http.StatusOK, "PATCH", w.path, object{"display_name": "Service at night"})
	w.Must(http.StatusOK, "PUT", "/retention", object{"recordings": 7})
	require.Equal(t, http.StatusOK, w.Do("GET", "/contacts/"+one.contact+"/export", nil).Status)
	require.Equal(t, http.StatusOK, w.Do("GET", w.path+"/consents.csv", nil).Status)
	w.Must(http.StatusAccepted, "DELETE", "/contacts/"+one.contact, nil)

	lines := apitest.Items(w.Must(http.StatusOK, "GET", "/audit?limit=6", nil))
	var what []string
	for _, l := range lines {
		what = append(what, l["what"].(string))
		require.Equal(t, "127.0.0.1", l["from"], l)
		require.NotEmpty(t, l["at"])
	}
	require.Equal(t, []string{"erasure", "export", "export", "retention", "team", "key"}, what)
	require.Equal(t, w.team.ID, lines[4]["team"])
	require.Nil(t, lines[0]["team"])
	require.Equal(t, made["id"], lines[5]["subject"])
	require.NotContains(t, w.Do("GET", "/history", nil).Text, "127.0.0.1", "the history is read by more people")

	who := lines[0]["who"].(string)
	require.Len(t, apitest.Items(w.Must(http.StatusOK, "GET", "/audit?limit=6&who="+strings.ToUpper(strings.ReplaceAll(who, " ", "%20")), nil)), 6)
	require.Empty(t, apitest.Items(w.Must(http.StatusOK, "GET", "/audit?who=nobody", nil)))
	require.Empty(t, apitest.Items(w.Must(http.StatusOK, "GET", "/audit?since=2100-01-01T00:00:00Z", nil)))
	require.NotEmpty(t, apitest.Items(w.Must(http.StatusOK, "GET", "/audit?since=2020-01-01T00:00:00%2B02:00", nil)))
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", "/audit?since=yesterday", nil), "since")

	file := w.Do("GET", "/audit.csv", nil)
	require.Equal(t, "text/csv; charset=utf-8", file.Header.Get("Content-Type"))
	rows, err := csv.NewReader(strings.NewReader(file.Text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"at", "who", "from", "what", "subject", "team", "before", "after", "id", "staff_id"}, rows[0])
	require.Equal(t, "export", rows[1][3], "that the audit itself is taken away")
	require.Equal(t, "audit.csv", rows[1][4])
	require.Greater(t, len(rows), 7)
}

// TestTheAuditIsWrittenOnce: whoever holds a connection to the database.
func TestTheAuditIsWrittenOnce(t *testing.T) {
	w := newInbox(t)
	w.Must(http.StatusOK, "PATCH", w.path, object{"display_name": "Service at night"})
	for _, query := range []string{`update history set who = 'nobody'`, `delete from history`, `truncate history`} {
		_, err := w.db.Exec(query)
		require.ErrorContains(t, err, "append-only", query)
	}
}
