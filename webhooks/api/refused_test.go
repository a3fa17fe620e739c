package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/api/apitest"
)

// refused are the audit's lines of what somebody lacked the right to.
func (w world) refusals() []map[string]any {
	w.T.Helper()
	return apitest.Items(w.Must(http.StatusOK, "GET", "/audit?refused=true", nil))
}

// TestWhatWasRefusedIsInTheAudit: who lacked the right to what, when and from where.
func TestWhatWasRefusedIsInTheAudit(t *testing.T) {
	w := newWorld(t)
	id, ann := w.signInAs("advisor", "Ann", strings.TrimPrefix(w.team, "/teams/"))
	require.Empty(t, w.refusals())
	contact := "/contacts/11111111-1111-7111-8111-111111111111"
	for _, asked := range []struct{ method, path, operation, kind string }{
		{"PATCH", w.team, "change-team", "settings"},
		{"POST", "/staff", "create-member", "staff"},
		{"GET", "/keys", "list-keys", "keys"},
		{"GET", contact + "/export", "export-contact", "privacy"},
	} {
		require.Equal(t, http.StatusForbidden, w.by(ann, asked.method, asked.path, object{}, from, "192.0.2.7").Status, asked.path)
		line := w.refusals()[0]
		require.Equal(t, "refused", line["what"])
		require.Equal(t, []any{"Ann", asked.kind, "192.0.2.7", nil, false}, []any{line["who"], line["subject"], line["from"], line["before"], line["can_restore"]})
		after := line["after"].(object)
		require.Equal(t, []any{id, asked.operation, "denied_role"}, []any{after["by"], after["operation"], after["reason"]})
	}
	require.Len(t, w.refusals(), 4)
	require.Len(t, apitest.Items(w.Must(http.StatusOK, "GET", "/audit?refused=true&who=ann", nil)), 4)
	require.Contains(t, w.Do("GET", "/audit.csv?refused=true", nil).Text, "export-contact")

	// What a key with the scope lacks otherwise is told as well: to lend what it has not.
	lender := w.key([]string{"staff:write"}, nil)
	require.Equal(t, http.StatusForbidden, lender.Do("PATCH", "/staff/"+id, object{"role": "admin"}).Status)
	line := w.refusals()[0]
	require.Equal(t, "change-member", line["after"].(object)["operation"])
	require.True(t, strings.HasPrefix(line["who"].(string), "key "), line["who"])
	require.Len(t, w.refusals(), 5)
	for _, nothing := range []string{"", "another key"} {
		require.Equal(t, http.StatusUnauthorized, w.With(nothing).Do("GET", "/keys", nil).Status)
	}
	require.Len(t, w.refusals(), 5, "nobody is known by those")
}

// TestAFloodOfRefusalsFillsNoAudit: it has one line a minute of each of them and each
// kind of thing, by whichever way they ask.
func TestAFloodOfRefusalsFillsNoAudit(t *testing.T) {
	w := newWorld(t)
	_, ann := w.signInAs("advisor", "Ann", strings.TrimPrefix(w.team, "/teams/"))
	for range 10 {
		require.Equal(t, http.StatusForbidden, w.by(ann, "GET", "/keys", nil).Status)
		require.Equal(t, http.StatusForbidden, w.by(ann, "POST", "/keys", object{"name": "x"}).Status)
	}
	var lines, minutes int
	require.NoError(t, w.db.Get(&lines, `select count(*) from history where what = 'refused'`))
	require.NoError(t, w.db.Get(&minutes, `select count(distinct date_trunc('minute', at)) from history where what = 'refused'`))
	require.Equal(t, minutes, lines)
}
