package e2e

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/calls"
)

var update = flag.Bool("update", false, "write the tables of calls that are drawn from the code into the document")

const callsPage = "../../docs/calls.md"

// TestCallTables: the tables of the page on calls are what the code does.
func TestCallTables(t *testing.T) {
	for name, table := range map[string]func(*testing.T) string{"texts": textsTable, "tickets": ticketsTable, "lost": lostTable} {
		page, err := os.ReadFile(callsPage)
		require.NoError(t, err)
		begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		before, rest, ok := strings.Cut(string(page), begin)
		require.True(t, ok, "no line %s", begin)
		stands, after, ok := strings.Cut(rest, end)
		require.True(t, ok, "no line %s", end)
		drawn := table(t)
		if *update {
			require.NoError(t, os.WriteFile(callsPage, []byte(before+begin+drawn+end+after), 0o600))
			continue
		}
		require.Equal(t, drawn, stands, "docs/calls.md is behind the code: go test ./cmd/e2e -run TestCallTables -update")
	}
}

var left = map[channels.Step]string{
	channels.StepGreeting: "in the greeting", channels.StepMenu: "in the call tree", channels.StepOptionChosen: "after choosing an option",
	channels.StepRinging: "while it rings", channels.StepAnswered: "after talking to an advisor",
	channels.StepVoicemailPrompt: "while the voicemail's prompt plays", channels.StepRecording: "having left a voicemail",
	silent: "having said nothing after the tone",
}

// came is what the code makes of a row.
func (r row) came(t *testing.T) fate {
	t.Helper()
	team := snapshot(t, r.hours)
	was, over, after := comesTo(r.play(team))
	return r.come(team, was, over, after)
}

func textsTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| the caller hangs up | outcome | while open | while closed, or without any schedule | on call, at night |\n| --- | --- | --- | --- | --- |\n")
	for _, leaves := range leavings {
		text := map[string]string{}
		outcome := ""
		for _, r := range rows() {
			if r.leaves != leaves {
				continue
			}
			came := r.came(t)
			require.Contains(t, []string{"", came.Outcome}, outcome, "%v: the hours decide nothing about the outcome", r)
			require.Contains(t, []string{"", came.Automation}, text[r.hours], "%v: tickets decide nothing about the text", r)
			outcome, text[r.hours] = came.Outcome, came.Automation
		}
		require.Equal(t, text[hoursClosed], text[hoursNone])
		fmt.Fprintf(&b, "| %s | `%s` | `%s` | `%s` | `%s` |\n", left[leaves], outcome, text[hoursOpen], text[hoursClosed], text[hoursOnCall])
	}
	return b.String()
}

var effects = map[string]string{
	string(calls.OnTicket): "on *c*", string(calls.NewMissed): `new, "Missed call"`, string(calls.NewMessage): "new, unassigned, with the recording",
	string(calls.NewAnswered): "new, assigned to who answered", string(calls.NoTicket): "none",
}

// ticketsTable has a line for each outcome and switch, two in one where the
// switch changes nothing.
func ticketsTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| outcome | Ring Last Advisor | tickets for missed calls | no *c* | *c* is 3 days old | *c* is 8 days old |\n| --- | --- | --- | --- | --- | --- |\n")
	type key struct {
		outcome          string
		ringLast, create bool
	}
	cells := map[key][]string{}
	var outcomes []string
	for _, r := range rows() {
		came := r.came(t)
		if !slices.Contains(outcomes, came.Outcome) {
			outcomes = append(outcomes, came.Outcome)
		}
		k := key{came.Outcome, r.ringLast, r.create}
		if cells[k] == nil {
			cells[k] = make([]string, len(ages))
		}
		cell := &cells[k][slices.Index(ages, r.age)]
		require.Contains(t, []string{"", effects[came.Ticket]}, *cell, "%v: the outcome alone decides about the ticket", r)
		*cell = effects[came.Ticket]
	}
	word := map[bool]string{false: "off", true: "on"}
	for _, outcome := range outcomes {
		last := map[bool]string{}
		for _, ringLast := range []bool{false, true} {
			off, on := cells[key{outcome, ringLast, false}], cells[key{outcome, ringLast, true}]
			if slices.Equal(off, on) {
				last[ringLast] = "| any | " + strings.Join(off, " | ") + " |\n"
				continue
			}
			last[ringLast] = "| off | " + strings.Join(off, " | ") + " |\n"
			last[ringLast] += fmt.Sprintf("| `%s` | %s | on | %s |\n", outcome, word[ringLast], strings.Join(on, " | "))
		}
		if last[false] == last[true] {
			fmt.Fprintf(&b, "| `%s` | any %s", outcome, last[false])
			continue
		}
		for _, ringLast := range []bool{false, true} {
			fmt.Fprintf(&b, "| `%s` | %s %s", outcome, word[ringLast], last[ringLast])
		}
	}
	return b.String()
}

// lostTable is when calls are settled, and what changes about that when one
// callback never comes.
func lostTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| the caller hangs up | settled | and if it never comes |\n| --- | --- | --- |\n")
	for _, leaves := range leavings {
		r := row{leaves: leaves, hours: hoursOpen, age: -1}
		lines := r.play(snapshot(t, hoursOpen))
		want, _, after := comesTo(lines)
		var changes, nothing []string
		for i, line := range lines {
			if line.asks {
				continue
			}
			was, _, then := comesTo(slices.Delete(slices.Clone(lines), i, i+1))
			require.True(t, same(want, was), "%v, without %s", r, line.what)
			switch {
			case line.end != nil:
				changes = append(changes, fmt.Sprintf("%s: %v after the last line", line.what, words(then)))
			case then != after:
				changes = append(changes, fmt.Sprintf("%s: %v after the end", line.what, words(then)))
			case !slices.Contains(nothing, line.what):
				nothing = append(nothing, line.what)
			}
		}
		if len(nothing) > 0 {
			changes = append(changes, strings.Join(nothing, ", ")+": no change")
		}
		fmt.Fprintf(&b, "| %s | %v after the end | %s |\n", left[leaves], words(after), strings.Join(changes, "; "))
	}
	return b.String()
}

func words(d time.Duration) string {
	if d >= 2*time.Minute && d%time.Minute == 0 {
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%d seconds", d/time.Second)
}
