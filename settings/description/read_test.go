package description

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// faulty is what is wrong with a file, each as line, field and code.
func faulty(t *testing.T, text string) []string {
	t.Helper()
	_, err := Read("test.yaml", strings.NewReader(text))
	var wrong Wrong
	require.ErrorAs(t, err, &wrong, text)
	return strings.Split(strings.ReplaceAll(wrong.Error(), "test.yaml:", ""), "\n")
}

// TestWhatIsWrongWithAFile is said all at once, in its order, each with its line, its
// field and what is wrong.
func TestWhatIsWrongWithAFile(t *testing.T) {
	for text, want := range map[string][]string{
		"teams:\n- {name: A, langauge: pl}\n- {language: 7, ring_last_advisor: maybe, time_zone: [UTC]}\n": {
			"2: teams[0].langauge: unknown_field", "3: teams[1].ring_last_advisor: wrong_type", "3: teams[1].time_zone: wrong_type", "3: teams[1].name: empty",
		},
		"teams:\n- name: A\n- name: B\n- name: A\n":         {"4: teams[2].name: twice"},
		"teams: [{name: A, name: B}]":                       {"1: teams[0].name: twice"},
		"teams: [{name: null}]":                             {"1: teams[0].name: wrong_type", "1: teams[0].name: empty"},
		"teams: [{name: A, id: 0190}]":                      {"1: teams[0].id: unknown_field"},
		"teams: {name: A}":                                  {"1: teams: wrong_type"},
		"teams: [A]":                                        {"1: teams[0]: wrong_type", "1: teams[0].name: empty"},
		"teams:\n- name: A\n  voice: {ring_seconds: 1.5}\n": {"3: teams[0].voice.ring_seconds: wrong_type"},
		"teams:\n- name: A\n  senders: [{kind: sms, address: x, messages_per_second: fast}]": {"3: teams[0].senders[0].messages_per_second: wrong_type"},
		"teams:\n- name: A\n  voice: {ring_seconds: 99999999999999999999}\n":                 {"3: teams[0].voice.ring_seconds: wrong_type"},
		"teams: [{name: A, senders: [{kind: sms, address: x, messages_per_second: .nan}]}]":  {"1: teams[0].senders[0].messages_per_second: wrong_type"},
		"teams: [{name: A, automations: {a: {options: {n: -.inf}}}}]":                        {"1: teams[0].automations.a.options.n: wrong_type"},
		"teams: [{name: A, automations: {a: {options: {n: [1]}}}}]":                          {"1: teams[0].automations.a.options.n: wrong_type"},
		"company: [a]":                                  {"1: company: wrong_type"},
		"teams:\n- name: A\n  language: \"pl\n":         {"3: : yaml"},
		"teams: []\n---\nteams: []\n":                   {"1: : yaml"},
		"# nothing\n":                                   {"1: : empty"},
		"teams: []\nx-more: {anything: [1]}\nmore: 1\n": {"3: more: unknown_field"},
		"teams: [{name: A, x-more: 1}]":                 {"1: teams[0].x-more: unknown_field"},
		"teams: [{name: A, <<: B}]":                     {"1: teams[0]: wrong_type"},
		`
teams:
- name: A
  prune: {schedules: true, senders: true, holidays: true}
  schedules:
  - {title: Day}
  - {starts_at: 2026-01-05T08:00:00}
  - {title: Day}
  senders:
  - {kind: sms, address: "+13125550100"}
  - {kind: voice, address: "+13125550100"}
  - {kind: sms, address: "+13125550100"}
  - {address: "+13125550100"}
company:
  prune: {holidays: true}
`: {
			"4: teams[0].prune.holidays: nothing_listed", "7: teams[0].schedules[1].title: empty", "8: teams[0].schedules[2]: twice",
			"12: teams[0].senders[2]: twice", "13: teams[0].senders[3].kind: empty", "15: company.prune.holidays: nothing_listed",
		},
		`
teams:
- name: A
  holidays:
  - {title: Fair, from: 2026-09-12}
  - {title: Fair, from: 2026-09-13}
  - {title: Fair}
  - {title: " Fair", from: " 2026-09-12 "}
`: {"8: teams[0].holidays[3]: twice"},
	} {
		for range 4 { // in the same order each time
			require.Equal(t, want, faulty(t, text), text)
		}
	}
}

// TestWhatAFileSays, of the types that the API has: texts need no quotes, and what is
// merged stands below what is said.
func TestWhatAFileSays(t *testing.T) {
	for text, want := range map[string]map[string]any{
		"{name: 2026-01-05, language: 7, ring_last_advisor: yes}":                              {"name": "2026-01-05", "language": "7", "ring_last_advisor": true},
		"{name: ~tilde, time_zone: 'null', ring_last_advisor: false}":                          {"name": "~tilde", "time_zone": "null", "ring_last_advisor": false},
		"{name: A, senders: [{kind: sms, address: +13125550100, messages_per_second: 3}]}":     {"name": "A", "senders": []any{map[string]any{"address": "+13125550100", "messages_per_second": 3.0, "kind": "sms"}}},
		"{name: A, allowed_countries: [], voice: {ring_seconds: 0x10}}":                        {"name": "A", "allowed_countries": []any{}, "voice": map[string]any{"ring_seconds": int64(16)}},
		"{name: A, automations: {a: {options: {n: 2, f: 1.5, s: x, b: true, d: 2026-01-05}}}}": {"name": "A", "automations": map[string]any{"a": map[string]any{"options": map[string]any{"n": 2, "f": 1.5, "s": "x", "b": true, "d": "2026-01-05"}}}},
		"{name: A, schedules: [{title: D, rrule: null}]}":                                      {"name": "A", "schedules": []any{map[string]any{"title": "D", "rrule": nil}}},
		"{<<: *a, name: B}":       {"name": "B", "language": "pl"},
		"{name: B, <<: *a}":       {"name": "B", "language": "pl"},
		"{<<: [*b, *a]}":          {"name": "A", "language": "de", "time_zone": "UTC"},
		"{<<: [*a, *b], name: C}": {"name": "C", "language": "pl", "time_zone": "UTC"},
		"{<<: {name: D}}":         {"name": "D"},
		"*a":                      {"name": "A", "language": "pl"},
	} {
		f, err := Read("test.yaml", strings.NewReader("x-a: &a {name: A, language: pl}\nx-b: &b {<<: *a, language: de, time_zone: UTC}\nteams: ["+text+"]\n"))
		require.NoError(t, err, text)
		require.Equal(t, []map[string]any{want}, list(f.said, "teams"), text)
	}
}

// TestWhereAFieldStands: its own line, or that of what it is in.
func TestWhereAFieldStands(t *testing.T) {
	f, err := Read("test.yaml", strings.NewReader("x-a: &a\n  language: pl\nteams:\n- name: A\n  <<: *a\n  voice:\n    options:\n    - {digit: 1}\n    -\n      digit: 2\ncompany:\n  holidays: []\n"))
	require.NoError(t, err)
	for path, line := range map[string]int{
		"teams[0].name": 4, "teams[0].language": 2, "teams[0].time_zone": 4, "teams[0].voice": 6, "teams[0].voice.options[1].digit": 10, "teams[0].voice.options[1].to": 10,
		"teams[0].voice.options[7].to": 7, "teams[7].name": 3, "company.holidays[0].title": 12, "company.prune.holidays": 11, "more": 1, "": 1,
	} {
		require.Equal(t, line, f.line(path), path)
	}
}

// TestHowLargeAFileMayBe, in bytes, in what it repeats and in how deep it goes.
func TestHowLargeAFileMayBe(t *testing.T) {
	const head = "teams: [] #"
	_, err := Read("test.yaml", strings.NewReader(head+strings.Repeat("x", mostBytes-len(head))))
	require.NoError(t, err)
	require.Equal(t, []string{"0: : too_large"}, faulty(t, head+strings.Repeat("x", mostBytes-len(head)+1)))
	countries := func(n int) string { // in five more nodes
		return "teams: [{name: A, allowed_countries: [" + strings.Repeat("U,", n) + "]}]"
	}
	_, err = Read("test.yaml", strings.NewReader(countries(mostNodes-5)))
	require.NoError(t, err)
	require.Equal(t, []string{fmt.Sprintf("1: teams[0].allowed_countries[%d]: too_large", mostNodes-5)}, faulty(t, countries(mostNodes-4)))
	failing := errors.New("the disk")
	_, err = Read("test.yaml", readerOf(func([]byte) (int, error) { return 0, failing }))
	require.ErrorIs(t, err, failing)
}

type readerOf func([]byte) (int, error)

func (r readerOf) Read(into []byte) (int, error) { return r(into) }

// TestWhatDiffers, by the paths of what is no mapping itself; what nobody chooses never
// does.
func TestWhatDiffers(t *testing.T) {
	type o = map[string]any
	for name, c := range map[string]struct {
		before, after any
		want          []Field
	}{
		"nothing":               {o{"a": 1, "b": o{"c": "x"}}, o{"a": 1, "b": o{"c": "x"}}, nil},
		"deep, in order":        {o{"z": 1, "b": o{"c": "x", "d": 1}}, o{"z": 2, "b": o{"c": "y", "d": 1}}, []Field{{"b.c", "x", "y"}, {"z", 1.0, 2.0}}},
		"new and gone":          {o{"a": 1}, o{"b": o{"c": nil, "d": true}}, []Field{{"a", 1.0, nil}, {"b.d", nil, true}}},
		"a list as a whole":     {o{"a": []int{1, 2}}, o{"a": []int{2, 1}}, []Field{{"a", []any{1.0, 2.0}, []any{2.0, 1.0}}}},
		"what moves":            {o{"id": 1, "created_at": 1, "updated_at": 1, "calendar": o{"a": 1}}, o{"id": 2}, nil},
		"only at the top":       {o{"a": o{"id": 1}}, o{"a": o{"id": 2}}, []Field{{"a.id", 1.0, 2.0}}},
		"an empty list is none": {o{"a": []int{}}, o{"a": nil}, []Field{{"a", []any{}, nil}}},
	} {
		fields, err := differ(c.before, c.after)
		require.NoError(t, err)
		require.Equal(t, c.want, fields, name)
	}
	_, err := differ(1, map[string]any{})
	require.Error(t, err, "what is no mapping cannot be compared")
}

// TestAPlanCounts each of its changes once, by what is done.
func TestAPlanCounts(t *testing.T) {
	var p Plan
	p.add(Change{Does: Create}, Change{Does: Alter}, Change{Does: Alter})
	p.add(Change{Does: Delete}, Change{Does: None}, Change{Does: None}, Change{Does: None}, Change{Does: Keep}, Change{Does: Keep}, Change{Does: Keep}, Change{Does: Keep})
	require.Equal(t, []int{11, 1, 2, 1, 3, 4}, []int{len(p.Changes), p.Create, p.Change, p.Delete, p.Same, p.Kept})
}
