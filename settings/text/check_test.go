package text_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/settings/fault"
	"ringback/settings/text"
)

func TestCheck(t *testing.T) {
	list := []string{"customer_name", "advisor_name", "ticket_number", "voicehub_number", "opens_at", "amount", "link"}
	braces := func(field, what string) []fault.Fault {
		return []fault.Fault{fault.New(field, "braces_open", "What", what, "How", "{{customer_name}}")}
	}
	for _, c := range []struct {
		name           string
		message, extra string
		want           []fault.Fault
	}{
		{"fine", "Hello {{customer_name}}, {{ opens_at }}", "{{link}} {a} 100%", nil},
		{"lines and tabs are fine", "a\nb\r\nc\td", "", nil},
		{"empty is fine", "", "", nil},
		{"unknown", "Hello {{foo}}", "", []fault.Fault{fault.New("message", "no_placeholder", "Name", "{{foo}}", "List", list)}},
		{"misspelt", "", "Hello {{costumer_nam}}", []fault.Fault{fault.New("extra_message", "no_placeholder_but", "Name", "{{costumer_nam}}", "Near", "{{customer_name}}", "List", list)}},
		{"spelt otherwise", "{{Ticket Number}}", "", []fault.Fault{fault.New("message", "no_placeholder_but", "Name", "{{Ticket Number}}", "Near", "{{ticket_number}}", "List", list)}},
		{"told once", "{{foo}} {{foo}}", "", []fault.Fault{fault.New("message", "no_placeholder", "Name", "{{foo}}", "List", list)}},
		{"empty braces", "{{ }}", "", []fault.Fault{fault.New("message", "no_placeholder", "Name", "{{}}", "List", list)}},
		{"not closed", "Hello {{customer_name, we", "", braces("message", `"{{customer_name, we"`)},
		{"closed by one", "Hello {{customer_name}, we", "", braces("message", `"{{customer_name}, we"`)},
		{"not opened", "", "Hello {customer_name}}", []fault.Fault{fault.New("extra_message", "braces_closed", "What", "}}", "How", "{{customer_name}}")}},
		{"control character", "Hello\x00", "", []fault.Fault{fault.New("message", "control_character", "What", "U+0000", "After", `"Hello"`)}},
		{"broken UTF-8", "Hello\xff", "", []fault.Fault{fault.New("message", "not_utf8")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, text.Check(text.Parts{Message: c.message, Extra: c.extra}))
		})
	}
}

// A placeholder that never has a value in a message is refused there, and none is
// offered in its place.
func TestCheckWhatHasNoValue(t *testing.T) {
	takes := []string{"customer_name", "advisor_name", "ticket_number", "voicehub_number", "opens_at"}
	require.Equal(t, []fault.Fault{
		fault.New("message", "placeholder_never", "Name", "{{link}}", "List", takes),
		fault.New("extra_message", "no_placeholder", "Name", "{{amont}}", "List", takes),
	}, text.Check(text.Parts{Message: "{{link}} {{ link }} {{customer_name}}", Extra: "{{amont}}", Lacks: []string{"amount", "link"}}))
}

// A text full of mistakes is answered with a few of them.
func TestCheckStaysShort(t *testing.T) {
	var message strings.Builder
	for i := range 100 {
		fmt.Fprintf(&message, "{{x%d}}", i)
	}
	require.Len(t, text.Check(text.Parts{Message: message.String()}), 5)
}

func TestCheckLength(t *testing.T) {
	const names = len("Green Valley - Service: ")
	check := func(message, extra string) []fault.Fault {
		return text.Check(text.Parts{Company: "Green Valley", Team: "Service", Message: message, Extra: extra})
	}
	a := func(n int) string { return strings.Repeat("a", n) }

	require.Empty(t, check(a(1600-names), ""))
	require.Equal(t, []fault.Fault{fault.New("message", "text_too_long", "Count", 1601, "Limit", 1600)}, check(a(1601-names), ""))
	require.Empty(t, check(a(1000), a(599-names)))
	require.Equal(t, "extra_message", check(a(1000), a(600-names))[0].Field)

	// With the longest name there may be, not with none.
	require.Empty(t, check(a(1539-names)+" {{customer_name}}", ""))
	require.Len(t, check(a(1540-names)+" {{customer_name}}", ""), 1)
	// With what is added by itself.
	parts := text.Parts{Message: a(1600), AppendLink: true}
	require.Len(t, text.Check(parts), 1)
	parts = text.Parts{Message: a(1560), AppendOpening: true}
	require.Len(t, text.Check(parts), 1)
	// In plain letters … is three, and the providers count an emoji twice.
	require.Len(t, check(strings.Repeat("…", 600), ""), 1)
	require.Len(t, check(strings.Repeat("🚜", 800), ""), 1)
}

// What Check lets pass can be sent, whatever the values.
func TestCheckedTextsFit(t *testing.T) {
	long := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
		strings.Repeat("word ", 50), "{{customer_name}}", "{{advisor_name}} ", "{{opens_at}} ", "{{link}}", "{{amount}}", ".", ", ", "\n",
	}), 0, 12), func(pieces []string) string { return strings.Join(pieces, "") })
	names := rapid.StringOfN(rapid.SampledFrom([]rune("ab é")), 0, 100, -1)
	rapid.Check(t, func(t *rapid.T) {
		parts := text.Parts{Company: "Green Valley", Team: "Service", Message: long.Draw(t, "message"), Extra: long.Draw(t, "extra"), AppendLink: true}
		if len(text.Check(parts)) > 0 {
			t.Skip("refused")
		}
		parts.Link = "https://example.com/r/x"
		parts.OpensAt = text.SampleValues("de")["opens_at"]
		parts.Values = map[string]string{"customer_name": names.Draw(t, "customer"), "advisor_name": names.Draw(t, "advisor"), "amount": "$1.00"}
		require.LessOrEqual(t, len([]rune(text.Compose(parts))), text.MaxLength)
	})
}
