package whatsapp

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestTemplatesPageByPage: a list goes on as long as Meta names a next page, and a
// template is found wherever it stands.
func TestTemplatesPageByPage(t *testing.T) {
	t.Parallel()
	entry := func(name, language, status string) string {
		return fmt.Sprintf(`{"name":%q,"language":%q,"status":%q}`, name, language, status)
	}
	two := func(asked called) (int, string) {
		if asked.query.Get("after") == "" {
			return 200, `{"data":[` + entry("done", "en", "APPROVED") + `,` + entry("done", "pl", "PENDING") + `],"paging":{"cursors":{"after":"c1"},"next":"https://x"}}`
		}
		return 200, `{"data":[` + entry("late", "pt_BR", "REJECTED") + `,{"name":"why","language":"en","status":"REJECTED","rejected_reason":"INVALID_FORMAT"},{"name":"fine","language":"en","status":"APPROVED","rejected_reason":"NONE"}],"paging":{"cursors":{"after":"c2"}}}`
	}
	c, calls := recorded(t, two)
	all, err := c.Templates(t.Context(), testAccount, "900")
	require.NoError(t, err)
	require.Equal(t, []channels.Approval{
		{Name: "done", Language: "en", Status: "APPROVED"},
		{Name: "done", Language: "pl", Status: "PENDING"},
		{Name: "late", Language: "pt_BR", Status: "REJECTED"},
		{Name: "why", Language: "en", Status: "REJECTED", Reason: "INVALID_FORMAT"},
		{Name: "fine", Language: "en", Status: "APPROVED"},
	}, all)
	require.Len(t, *calls, 2)
	for n, after := range []string{"", "c1"} {
		asked := (*calls)[n]
		require.Equal(t, []string{"GET", "900/message_templates", "name,language,status,rejected_reason", "100", after},
			[]string{asked.method, asked.path, asked.query.Get("fields"), asked.query.Get("limit"), asked.query.Get("after")})
	}
	for _, want := range all {
		one, known, err := c.Template(t.Context(), testAccount, "900", want.Name, want.Language)
		require.NoError(t, err)
		require.True(t, known)
		require.Equal(t, want, one)
	}
	_, known, err := c.Template(t.Context(), testAccount, "900", "late", "en")
	require.NoError(t, err)
	require.False(t, known, "in that language there is none")

	for name, c := range map[string]struct {
		answer func(called) (int, string)
		pages  int
		fails  bool
	}{
		"without an end":          {always(200, `{"data":[`+entry("a", "en", "APPROVED")+`],"paging":{"cursors":{"after":"c"},"next":"https://x"}}`), maxPages, false},
		"a next without a cursor": {always(200, `{"data":[],"paging":{"next":"https://x"}}`), 1, false},
		"no list":                 {always(200, `{}`), 1, true},
		"refused on the way": {func(asked called) (int, string) {
			if asked.query.Has("after") {
				return 429, `{"error":{"code":80007}}`
			}
			return two(asked)
		}, 2, true},
	} {
		graph, calls := recorded(t, c.answer)
		all, err := graph.Templates(t.Context(), testAccount, "900")
		require.Equal(t, c.fails, err != nil, name)
		require.Len(t, *calls, c.pages, name)
		if c.fails {
			require.Nil(t, all, "%s: half of a list is none", name)
			_, known, err := graph.Template(t.Context(), testAccount, "900", "late", "pt_BR")
			require.Error(t, err, name)
			require.False(t, known, name)
		}
	}
}

// TestANumberOnTheLastPage is one of its business's, and is looked for no further.
func TestANumberOnTheLastPage(t *testing.T) {
	t.Parallel()
	c, calls := recorded(t, func(asked called) (int, string) {
		after := asked.query.Get("after")
		if after == "22" {
			return 200, `{"data":[{"id":"1"},{"id":` + testNumber + `}],"paging":{"cursors":{"after":"x"},"next":"https://x"}}`
		}
		return 200, `{"data":[{"id":"1"}],"paging":{"cursors":{"after":"` + after + `2"},"next":"https://x"}}`
	})
	require.NoError(t, c.CheckBusiness(t.Context(), testAccount, "900"))
	require.Len(t, *calls, 3)
}
