package text_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/gsm7"
	"ringback/settings/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

var keys = []string{
	"customer_hangs_up", "customer_leaves_voicemail", "after_successful_call", "capture_advisor_rating",
	"ask_issue_resolved", "customer_first_chat", "request_photo_video", "share_voicehub", "after_hours_call",
	"customer_call_missed", "request_approval", "request_payment", "after_hours_text", "after_hours_ticket",
	text.StopConfirmation, text.StartConfirmation, text.HelpText,
}

// sample is a default text as a customer of the demo company would get it.
func sample(lang, key string) string {
	values := text.SampleValues(lang)
	return text.Compose(text.Parts{
		Company: "Green Valley Equipment", Team: "Service", Message: text.Default(lang, key),
		OpensAt: values["opens_at"], Link: values["link"], Values: values,
	})
}

// The golden file is the page to read when a text is changed: what the
// customer gets and what it costs.
func TestDefaultTexts(t *testing.T) {
	var page strings.Builder
	for _, lang := range text.Languages() {
		for _, key := range keys {
			got := sample(lang, key)
			fmt.Fprintf(&page, "== %s %s\n%s\n   as written  %s\n   plain       %s\n\n", lang, key, got, cost(got), cost(gsm7.Plain(got)))
		}
	}
	const golden = "testdata/defaults.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(page.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), page.String(), "when the change is meant: go test ./settings/text -update")
}

func cost(s string) string {
	c := gsm7.Count(s)
	return fmt.Sprintf("%s, %d characters, %d segments", c.Encoding, c.Characters, c.Segments)
}

func TestEveryLanguageHasEveryText(t *testing.T) {
	placeholder := regexp.MustCompile(`{{\w+}}`)
	require.Equal(t, []string{"en", "pl", "de", "fr", "es", "it", "pt-BR"}, text.Languages())
	for _, lang := range text.Languages() {
		for _, key := range keys {
			t.Run(lang+"/"+key, func(t *testing.T) {
				message := text.Default(lang, key)
				require.NotEmpty(t, message)
				if lang != "en" {
					require.NotEqual(t, text.Default("en", key), message)
				}
				require.ElementsMatch(t, placeholder.FindAllString(text.Default("en", key), -1), placeholder.FindAllString(message, -1))
				require.Empty(t, text.Check(text.Parts{Message: message}))
				require.NotContains(t, message, "–")
				require.NotContains(t, message, "—")
				require.Equal(t, strings.TrimSpace(message), message)
				require.NotContains(t, message, "  ")

				plain := gsm7.Count(gsm7.Plain(sample(lang, key)))
				require.Equal(t, gsm7.GSM7, plain.Encoding)
				require.LessOrEqual(t, plain.Segments, 2)
				// On a channel without a page, or while the team is open, the
				// text still reads as a text.
				bare := text.Compose(text.Parts{Message: message})
				require.NotEmpty(t, bare)
				require.NotRegexp(t, `[:,(#]$|[:,] *\.| {2}|\( *\)| [,.]|^[ ,.]`, bare)
			})
		}
	}
}

// What the page of texts fixes word by word.
func TestGivenTexts(t *testing.T) {
	require.Equal(t, "Thanks for your message. We are closed right now and will reply when we are back. {{opens_at}}", text.Default("en", "after_hours_text"))
	require.Equal(t, "Dziękujemy za wiadomość. Jesteśmy teraz poza godzinami pracy i odpowiemy po otwarciu. {{opens_at}}", text.Default("pl", "after_hours_text"))
	require.Empty(t, text.Default("en", "no_such_key"))
}

func TestMatch(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "en", "pl": "pl", "pt": "pt-BR", "pt-PT": "pt-BR", "pt_BR": "pt-BR", "de-AT": "de", "FR-ca": "fr",
		"es-419": "es", " it ": "it", "": "en", "uk": "en", "plx": "en", "-": "en",
	} {
		require.Equal(t, want, text.Match(tag), "%q", tag)
	}
	for _, lang := range text.Languages() {
		require.Equal(t, lang, text.Match(lang))
	}
}
