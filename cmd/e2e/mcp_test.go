package e2e

import (
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"

	"ringback/cmd/client"
	"ringback/cmd/mcp"
)

// Each tool asks a running gateway for what it has.
func TestEveryToolIsAnswered(t *testing.T) {
	t.Parallel()
	const customer = "+13125550142"
	w := newWorld(t)
	w.Clock.Stop(monday10)
	w.text(customer, "Hello")
	w.settle()
	var ticket string
	require.NoError(t, w.DB.Get(&ticket, `select id from tickets`))

	here, there := sdk.NewInMemoryTransports()
	_, err := mcp.New(mcp.Config{Write: true}, client.Gateway{URL: w.URL(), Key: bootstrapKey}).Connect(t.Context(), there, nil)
	require.NoError(t, err)
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test"}, nil).Connect(t.Context(), here, nil)
	require.NoError(t, err)
	defer func() { _ = session.Close() }()
	day := monday10.Format("2006-01-02")
	asks := map[string][]map[string]any{
		"teams":        {{}},
		"find_contact": {{"query": "+1312"}, {"query": "+1312", "team": w.team.ID}},
		"why":          {{"contact": customer}, {"contact": customer, "team": w.team.ID}},
		"decisions":    {{}, {"team": w.team.ID, "automation": "customer_first_chat", "reason": "sent"}},
		"tickets":      {{}, {"team": w.team.ID, "status": "open", "contact": customer}},
		"ticket":       {{"team": w.team.ID, "ticket": ticket}},
		"deliveries":   {{}, {"contact": customer, "state": "delivered"}},
		"try_it":       {{"team": w.team.ID, "kind": "message", "text": "Hi", "contact": customer}},
		"hours":        {{"team": w.team.ID}},
		"report":       {{"team": w.team.ID}, {"team": w.team.ID, "from": day, "to": day}},
		"health":       {{}},
		"reply":        {{"team": w.team.ID, "ticket": ticket, "text": "Tomorrow at nine."}},
	}
	all, err := session.ListTools(t.Context(), nil)
	require.NoError(t, err)
	for _, tool := range all.Tools {
		require.NotEmpty(t, asks[tool.Name], "%s is asked for nothing here", tool.Name)
		for _, ask := range asks[tool.Name] {
			answer, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: tool.Name, Arguments: ask})
			require.NoError(t, err, tool.Name)
			require.False(t, answer.IsError, "%s %v: %v", tool.Name, ask, answer.Content[0].(*sdk.TextContent).Text)
		}
	}
}
