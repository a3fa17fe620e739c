package text_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/settings/text"
)

func TestPrefix(t *testing.T) {
	for _, c := range []struct {
		name  string
		parts text.Parts
		want  string
	}{
		{"everything", text.Parts{Company: "Green Valley", Team: "Service", Message: "Hello.", Extra: "Bye."}, "Green Valley - Service: Hello. Bye."},
		{"no team", text.Parts{Company: "Green Valley", Message: "Hello."}, "Green Valley: Hello."},
		{"no company", text.Parts{Team: "Service", Message: "Hello."}, "Service: Hello."},
		{"neither", text.Parts{Message: "Hello."}, "Hello."},
		{"blank names", text.Parts{Company: " ", Team: "\t", Message: "Hello."}, "Hello."},
		{"only the extra message", text.Parts{Team: "Service", Extra: "Bye."}, "Service: Bye."},
		{"no words, no names either", text.Parts{Company: "Green Valley", Team: "Service", Message: " {{opens_at}} "}, ""},
		{"nothing", text.Parts{}, ""},
		{"names on one line", text.Parts{Company: "Green\nValley", Team: " Service ", Message: "Hello."}, "Green Valley - Service: Hello."},
		{"lines of a message stay", text.Parts{Team: "Service", Message: " Hello.\r\n\r\nBye. "}, "Service: Hello.\n\nBye."},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, text.Compose(c.parts)) })
	}
}

func TestAppended(t *testing.T) {
	const opens, link = "We open again Monday at 8:00.", "https://example.com/r/x"
	for _, c := range []struct {
		name  string
		parts text.Parts
		want  string
	}{
		{"the opening is added", text.Parts{Message: "Closed.", Extra: "Bye.", OpensAt: opens, AppendOpening: true}, "Closed. Bye. " + opens},
		{"not when the text has it", text.Parts{Message: "{{opens_at}} Closed.", OpensAt: opens, AppendOpening: true}, opens + " Closed."},
		{"nor when the extra message has it", text.Parts{Message: "Closed.", Extra: "{{ opens_at }} Bye.", OpensAt: opens, AppendOpening: true}, "Closed. " + opens + " Bye."},
		{"nor when nobody asked", text.Parts{Message: "Closed.", OpensAt: opens}, "Closed."},
		{"nor when it is not known", text.Parts{Message: "Closed.", AppendOpening: true}, "Closed."},
		{"empty while open", text.Parts{Message: "Thanks. {{opens_at}}", AppendOpening: true}, "Thanks."},
		{"the link is added last", text.Parts{Message: "Look.", OpensAt: opens, AppendOpening: true, Link: link, AppendLink: true}, "Look. " + opens + " " + link},
		{"not when the text has it", text.Parts{Message: "Look at {{link}} now", Link: link, AppendLink: true}, "Look at " + link + " now"},
		{"a link alone is a message", text.Parts{Team: "Service", Link: link, AppendLink: true}, "Service: " + link},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, text.Compose(c.parts)) })
	}
}

// For each text, what is left when no value is known.
func TestMissingValues(t *testing.T) {
	for message, want := range map[string]string{
		"Thanks {{customer_name}}, we will call.":                         "Thanks, we will call.",
		"Thanks, {{customer_name}}!":                                      "Thanks!",
		"Hello {{customer_name}}":                                         "Hello",
		"Hello {{ customer_name }} and welcome":                           "Hello and welcome",
		"Hello {{customer_name}} {{advisor_name}}!":                       "Hello!",
		"Hello {{customer_name}}, {{advisor_name}}, welcome":              "Hello, welcome",
		"{{customer_name}}, thanks":                                       "thanks",
		"{{customer_name}} - thanks":                                      "thanks",
		"{{customer_name}}: {{advisor_name}}":                             "",
		"Open now! {{customer_name}}, come in.":                           "Open now! come in.",
		"Yours, {{advisor_name}}":                                         "Yours",
		"Thanks - {{advisor_name}}":                                       "Thanks",
		"Call {{advisor_name}} - any time":                                "Call - any time",
		"{{customer_name}}'s order":                                       "order",
		"Is {{customer_name}}’s order here?":                              "Is order here?",
		"Your ticket is #{{ticket_number}}.":                              "Your ticket is.",
		"Ticket #{{ticket_number}} is open":                               "Ticket is open",
		"Dziękujemy. Numer zgłoszenia: {{ticket_number}}. W razie pytań…": "Dziękujemy. W razie pytań…",
		"Thanks for calling, pay here: {{link}}":                          "Thanks for calling",
		"Please look: {{link}}":                                           "Please look",
		"Please look: {{link}} today":                                     "Please look: today",
		"Prosimy o ocenę (doradca: {{advisor_name}}): 1 do 5":             "Prosimy o ocenę: 1 do 5",
		"Write ({{voicehub_number}}) or call":                             "Write or call",
		"Write (or call {{voicehub_number}}) today":                       "Write (or call) today",
		"Say “{{customer_name}}” twice":                                   "Say twice",
		"First\n{{opens_at}}\nLast":                                       "First\nLast",
		"First\n{{opens_at}}":                                             "First",
		"Hello {{customer_name}},\n\nwe are closed.":                      "Hello,\n\nwe are closed.",
		"Hello {{customer_name}}\nwe are closed.":                         "Hello\nwe are closed.",
		"{{customer_name}}":                                               "",
		"Write ({{customer_name}} or call) today":                         "Write (or call) today",
		"Merci, {{customer_name}} !":                                      "Merci !",
		"Bonjour {{customer_name}} : merci":                               "Bonjour : merci",
		"Thanks {{customer_name}} :-)":                                    "Thanks :-)",
		"{{no_such_thing}} fine":                                          "fine",
		// The team's own punctuation is theirs.
		"Well... ok ?! {{opens_at}} :-) , yes": "Well... ok ?! :-) , yes",
		"two  spaces, (brackets): fine":        "two  spaces, (brackets): fine",
	} {
		require.Equal(t, want, text.Compose(text.Parts{Message: message}), "%q", message)
	}
}

func TestValues(t *testing.T) {
	compose := func(message, name string) string {
		return text.Compose(text.Parts{Message: message, Values: map[string]string{"customer_name": name, "ticket_number": "1042"}})
	}
	const hello = "Hello {{customer_name}}, ticket #{{ticket_number}}."
	require.Equal(t, "Hello Anna, ticket #1042.", compose(hello, "Anna"))
	require.Equal(t, "Hello Anna Anna, ticket #1042.", compose("Hello {{customer_name}} {{ customer_name}}, ticket #{{ticket_number }}.", "Anna"))

	require.Equal(t, "Anna", compose("{{customer_name}}: {{link}}", "Anna"), "a label that is a value stays")
	require.Equal(t, "Dear Anna your page.", compose("Dear {{customer_name}} your page: {{link}}.", "Anna"))

	// A customer chooses the name: it can neither fetch another value, nor
	// break the line, nor turn the text around, nor fill the message.
	require.Equal(t, "Hello {ticket_number}, ticket #1042.", compose(hello, "{{ticket_number}}"))
	require.Equal(t, "Hello {, ticket #1042.", compose(hello, "{{"))
	require.Equal(t, "Hello a b, ticket #1042.", compose(hello, "a\r\n\tb\x00\x01\x07"))
	require.Equal(t, "Hello evil, ticket #1042.", compose(hello, "\u202eevil\u2066"))
	require.Equal(t, "Hello a , b: #1042., ticket #1042.", compose(hello, "a , b: #1042."))
	require.Equal(t, "Hello "+strings.Repeat("é", 60)+", ticket #1042.", compose(hello, strings.Repeat("é", 61)))
	family := "👨‍👩‍👧" // five letters to a computer, one to a reader
	require.Equal(t, "Hello "+strings.Repeat("é", 58)+", ticket #1042.", compose(hello, strings.Repeat("é", 58)+family), "whole or not at all")
	require.Equal(t, "Hello "+strings.Repeat("é", 55)+family+", ticket #1042.", compose(hello, strings.Repeat("é", 55)+family+"é"))
	require.Equal(t, "Hello, ticket #1042.", compose(hello, "\n \x00"), "nothing visible is nothing")
	require.Equal(t, "Hello $1 \\1, ticket #1042.", compose(hello, "$1 \\1"))
}

// Texts made of what breaks such things: braces, gaps, punctuation, markers.
var anyMessage = rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
	"{{customer_name}}", "{{ opens_at }}", "{{link}}", "{{ticket_number}}", "{{nope}}", "{{", "}}", "{", "}", "customer_name",
	"Hello", "ż", " ", "  ", "\n", ",", ".", ":", "(", ")", "#", "!", "-", "'s", "\"", "\x00", "\x01", "\x07", "\xff", "🚜",
}), 0, 20), func(pieces []string) string { return strings.Join(pieces, "") })

func TestComposeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := text.Parts{
			Company: anyMessage.Draw(t, "company"), Team: anyMessage.Draw(t, "team"),
			Message: anyMessage.Draw(t, "message"), Extra: anyMessage.Draw(t, "extra"),
			OpensAt: rapid.SampledFrom([]string{"", "We open again today at 8:00."}).Draw(t, "opens"), AppendOpening: rapid.Bool().Draw(t, "append opening"),
			Link: rapid.SampledFrom([]string{"", "https://example.com/r/x"}).Draw(t, "link"), AppendLink: rapid.Bool().Draw(t, "append link"),
			Values: map[string]string{"customer_name": anyMessage.Draw(t, "name")},
		}
		composed := text.Compose(parts)
		sound(t, parts, composed)
		// Composed once more it stays what it is: nothing in it is a placeholder.
		require.Equal(t, composed, text.Compose(text.Parts{Message: composed}))
		if parts.AppendLink && parts.Link != "" {
			require.Contains(t, composed, parts.Link)
		}
		if parts.AppendOpening && parts.OpensAt != "" {
			require.Contains(t, composed, parts.OpensAt)
		}
	})
}

func sound(t require.TestingT, parts text.Parts, composed string) {
	require.True(t, utf8.ValidString(composed))
	require.NotContains(t, composed, "{{")
	require.NotContains(t, composed, "}}")
	require.Equal(t, strings.TrimSpace(composed), composed)
	require.False(t, strings.ContainsFunc(composed, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }), "%q", composed)
}

func FuzzCompose(f *testing.F) {
	f.Add("Hello {{customer_name}}, {{ link }}", "{{opens_at}} {{nope}} {{", "Anna {{link}}", "https://example.com/r/x")
	f.Add("a: {{ticket_number}}.", "(\x00) # {{", "\u202e", "")
	f.Fuzz(func(t *testing.T, message, extra, name, link string) {
		parts := text.Parts{
			Company: name, Team: extra, Message: message, Extra: extra, OpensAt: "We open again.", AppendOpening: true,
			Link: link, AppendLink: true, Values: map[string]string{"customer_name": name, "ticket_number": link},
		}
		sound(t, parts, text.Compose(parts))
		for _, problem := range text.Check(parts) {
			require.Contains(t, []string{"message", "extra_message"}, problem.Field)
			require.True(t, utf8.ValidString(problem.Error()), "%q", problem)
		}
		text.Read(message)
		text.Answer(message)
		text.Rating(message)
	})
}
