package phone

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/rules"
	"ringback/settings/schedule"
)

// constants are the values of a type's constants in a source file: what a list
// of words has to be complete against.
func constants(t *testing.T, file, typed string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	var values []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); !ok || of.Name != typed {
			return true
		}
		for _, value := range spec.Values {
			if literal, ok := value.(*ast.BasicLit); ok {
				text, err := strconv.Unquote(literal.Value)
				require.NoError(t, err)
				values = append(values, text)
			}
		}
		return true
	})
	require.Greater(t, len(values), 3, "the constants of %s were found", typed)
	return values
}

func TestEveryReasonHasWords(t *testing.T) {
	for _, reason := range constants(t, "../../../gateway/rules/decision.go", "Reason") {
		require.NotEmpty(t, because[rules.Reason(reason)], "the decision's reason %s", reason)
	}
	for _, reason := range constants(t, "../../../settings/schedule/set.go", "Reason") {
		require.NotEmpty(t, hours[schedule.Reason(reason)], "the schedule's reason %s", reason)
	}
}

func TestEveryStateAndTroubleHasWords(t *testing.T) {
	for _, state := range constants(t, "../../../channels/state.go", "State") {
		s, known := stands[channels.State(state)]
		require.True(t, known, "the state %s", state)
		require.NotEmpty(t, s.Word)
		require.NotEmpty(t, s.Sentence)
		require.Contains(t, []string{"wait", "good", "bad"}, s.Look)
	}
	for _, reason := range constants(t, "../../../channels/errors.go", "Reason") {
		require.NotEmpty(t, troubles[channels.Reason(reason)], "the trouble %s", reason)
	}
}

func TestADecisionIsASentence(t *testing.T) {
	for want, d := range map[string]decision{
		"Sent “After-hours texts for customers (SMS and WhatsApp only)”":                 {Outcome: "sent", Reason: "sent", Automation: "after_hours_text"},
		"Not sent: the conversation is already under way":                                {Outcome: "skipped", Reason: "ticket_open"},
		"Not sent “Customer sends first chat”: the automation that fits is switched off": {Outcome: "skipped", Reason: "disabled", Automation: "customer_first_chat"},
		"Sent a confirmation: the customer opted out":                                    {Outcome: "sent", Reason: "opted_out"},
		"Put off “Capture advisor rating”: the team is open, and it is for closed hours": {Outcome: "deferred", Reason: "open", Automation: "capture_advisor_rating"},
		"Not sent: a_reason_of_a_newer_version":                                          {Outcome: "skipped", Reason: "a_reason_of_a_newer_version"},
	} {
		require.Equal(t, want, sentence(d))
	}
}
