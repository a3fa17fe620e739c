package mcp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/cmd/mcp"
)

// TestWhyTakesWhatPeopleSay: a number as it is written, or a name. What fits nobody, or
// several, is not somebody about whom nothing was decided.
func TestWhyTakesWhatPeopleSay(t *testing.T) {
	const ann, anna = "0190a1b2-0000-7000-8000-000000000001", "0190a1b2-0000-7000-8000-000000000002"
	asked := ""
	g := &gateway{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found := map[string]string{"(312) 555-0142": `{"id":"` + ann + `"}`, "Ann": `{"id":"` + ann + `","name":"Ann"},{"id":"` + anna + `","name":"Anna"}`}
		switch r.URL.Path {
		case "/api/v1/teams":
			_, _ = fmt.Fprint(w, `{"items":[{"id":"t1"},{"id":"t2"}],"next":null}`)
		case "/api/v1/teams/t1/contacts", "/api/v1/teams/t2/contacts":
			_, _ = fmt.Fprintf(w, `{"items":[%s]}`, found[r.URL.Query().Get("q")])
		case "/api/v1/teams/t1/decisions":
			asked = r.URL.Query().Get("contact")
			_, _ = fmt.Fprint(w, `{"items":[{"id":"d1","reason":"opted_out"}]}`)
		default:
			_, _ = fmt.Fprint(w, `{"items":[]}`)
		}
	}))}
	t.Cleanup(g.Close)
	s := g.session(t, mcp.Config{}, "right")
	for said, contact := range map[string]string{"(312) 555-0142": ann, ann: ann, "+13125550142": "+13125550142"} {
		answer, failed := call(t, s, "why", map[string]any{"contact": said})
		require.False(t, failed, answer)
		require.Contains(t, answer, "opted_out")
		require.Equal(t, contact, asked, said)
	}
	asked = ""
	answer, failed := call(t, s, "why", map[string]any{"contact": "Ann"})
	require.False(t, failed, answer)
	require.Contains(t, answer, "Several customers fit")
	require.Contains(t, answer, anna)
	answer, failed = call(t, s, "why", map[string]any{"contact": "0199"})
	require.True(t, failed, answer)
	require.Contains(t, answer, "no customer has that name or number")
	require.Empty(t, asked)
}
