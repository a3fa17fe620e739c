package notifications

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWhatIsUsual is what docs/notices.md promises who has chosen nothing, and no text.
func TestWhatIsUsual(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	for _, kind := range []string{MissedCall, Voicemail, NewTicket, AnswerNo, Payment, TeamBudget, SenderPaused, SenderSilent, TemplateHeld, HookFailing, Escalation, Mention} {
		told[kind] = true
	}
	c := Usual()
	require.Len(t, c.Kinds, len(Kinds))
	for _, kind := range Kinds {
		require.Equal(t, Picked{Email: told[kind], Push: told[kind]}, c.Kinds[kind], kind)
	}
	require.Equal(t, Picked{Email: true, Push: true, Text: true}, c.OnSchedule)
	for n, picked := range []Picked{{Email: true}, {Push: true}, {Text: true}, {}} {
		for m, way := range []string{Email, Push, Text, "pigeon"} {
			require.Equal(t, n == m && n < 3, picked.Has(way), "%v by %s", picked, way)
		}
	}
}

// TestWhatWasChosen lies over what is usual: what is left out keeps what it has, and a
// kind of another version is no kind.
func TestWhatWasChosen(t *testing.T) {
	t.Parallel()
	with := func(change func(*Choices)) Choices {
		c := Usual()
		change(&c)
		return c
	}
	for stored, want := range map[string]Choices{
		``:                                       Usual(),
		`{}`:                                     Usual(),
		`{"kinds":{"message":{"text":true}}}`:    with(func(c *Choices) { c.Kinds[Message] = Picked{Text: true} }),
		`{"kinds":{"missed_call":{}}}`:           with(func(c *Choices) { c.Kinds[MissedCall] = Picked{} }),
		`{"kinds":{"holograms":{"email":true}}}`: Usual(),
		`{"on_schedule":{"email":false,"push":true}}`:                          with(func(c *Choices) { c.OnSchedule = Picked{Push: true, Text: true} }),
		`{"kinds":{},"on_schedule":{"email":false,"push":false,"text":false}}`: with(func(c *Choices) { c.OnSchedule = Picked{} }),
	} {
		got, err := Usual().with([]byte(stored))
		require.NoError(t, err)
		require.Equal(t, want, got, stored)
	}
	_, err := Usual().with([]byte(`{"kinds":[]}`))
	require.Error(t, err)
}

// TestWhereANoticeLeads: to its ticket where there is one, else to the page of the team
// that shows more; without a team nowhere.
func TestWhereANoticeLeads(t *testing.T) {
	t.Parallel()
	team, ticket := "T", "K"
	for kind, page := range map[string]string{
		SenderPaused: "senders", SenderSilent: "senders", TemplateHeld: "senders", DeliveryFailed: "deliveries", MissedCall: "decisions", Voicemail: "decisions", TeamBudget: "decisions",
		Message: "", Mention: "", test: "",
	} {
		want := ""
		if page != "" {
			want = "/teams/T/" + page
		}
		require.Equal(t, want, claimed{Kind: kind, Team: &team}.place(), kind)
		require.Equal(t, "/teams/T/tickets/K", claimed{Kind: kind, Team: &team, Ticket: &ticket}.place(), kind)
		require.Empty(t, claimed{Kind: kind, Ticket: &ticket}.place(), kind)
	}
	require.Equal(t, "/hooks/H", claimed{Kind: HookFailing, DedupeKey: "H/gone/2026-06-01"}.place(), "which is the company's")
}

// TestWhoItIs: by name, else by number; a caller who withholds it is told to, and a
// visitor of a website has neither.
func TestWhoItIs(t *testing.T) {
	t.Parallel()
	named := scene{Customer: sql.NullString{String: "Carla\nJensen", Valid: true}}
	for _, c := range []struct {
		kind, from string
		scene      scene
		want       string
	}{
		{Message, "+13125550142", named, "Carla Jensen"},
		{MissedCall, "", named, "Carla Jensen"},
		{Message, "+13125550142", scene{}, "+13125550142"},
		{Message, "visitor-7f", scene{}, ""},
		{Message, "", scene{}, ""},
		{MissedCall, "anonymous", scene{}, "Number withheld"},
		{Voicemail, "", scene{}, "Number withheld"},
		{Voicemail, "+13125550142", scene{}, "+13125550142"},
	} {
		require.Equal(t, c.want, who(claimed{Kind: c.kind, About: About{From: c.from}}, c.scene, "en"), "%+v", c)
	}
}

// TestWhatIsSaid: a phrase in the language, else in English, with what it names on one
// line, and nothing open at its end when that is empty.
func TestWhatIsSaid(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Ann mentioned you", say("mention", "en", "word", "Ann"))
	require.Equal(t, "Ann B. mentioned you", say("mention", "ja", "word", "Ann\r\nB."), "English where there is no other")
	require.NotEqual(t, say("mention", "en", "word", "Ann"), say("mention", "de", "word", "Ann"))
	require.Equal(t, "Notifications for you", say("many", "en", "n", ""))
	require.Equal(t, "Notifications for you: 3", say("many", "en", "n", "3"))
	require.Empty(t, say("no such phrase", "en"))

	at := time.Date(2026, 6, 1, 3, 30, 0, 0, time.UTC)
	for zone, want := range map[string]string{"America/Chicago": "2026-05-31 22:30", "Europe/Warsaw": "2026-06-01 05:30", "": "2026-06-01 03:30", "Mars/Base": "2026-06-01 03:30"} {
		require.Equal(t, want, stamp(at, zone), zone)
	}
	for text, want := range map[string]string{"": "", "abcde": "abcde", "abcdef": "abcd…", "żółwie": "żółw…", "żółwi": "żółwi"} {
		require.Equal(t, want, shorten(text, 5))
	}
	require.Equal(t, "a · b", join(" · ", "", "a", "", "b", ""))
	require.Empty(t, join(" · ", "", ""))
}

// TestWhyAMessageDidNotArrive says the reason, with the provider's word where there is
// one; of another kind its own words.
func TestWhyAMessageDidNotArrive(t *testing.T) {
	t.Parallel()
	of := func(kind, word, reason string) string {
		c := claimed{Kind: kind, About: About{Word: word, Reason: reason}}
		return c.more("en", []string{"amount", "", "word", word, "since", ""})
	}
	reason := say("refusal.landline", "en")
	require.NotEmpty(t, reason)
	require.Equal(t, reason, of(DeliveryFailed, "", "landline"))
	both := of(DeliveryFailed, "30006", "landline")
	require.True(t, strings.HasPrefix(both, reason+" ") && strings.Contains(both, "30006"), both)
	require.Contains(t, of(DeliveryFailed, "30006", ""), "30006")
	require.Empty(t, of(DeliveryFailed, "", ""))
	require.Empty(t, of(DeliveryFailed, "", "a reason of another version"))
	require.Empty(t, of(MissedCall, "", "landline"), "only of a message")
	require.NotEqual(t, of(SenderSilent, "business", ""), of(SenderSilent, "", ""), "what a word says more exactly comes first")
	require.NotEqual(t, of(SenderPaused, "misconfigured", ""), of(SenderPaused, "190", ""))
}
