package gsm7_test

import (
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels/gsm7"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Zażółć gęślą jaźń":         "Zazolc gesla jazn",
		"ZAŻÓŁĆ GĘŚLĄ JAŹŃ":         "ZAZOLC GESLA JAZN",
		"za\u0301 e\u0301":          "za é", // sent as letter and accent; GSM-7 has é but no á
		"Ça coûte 5 €, garçon":      "Ça coute 5 €, garcon",
		"áéíóú ÁÉÍÓÚ":               "aéiou AÉIOU",
		"àèìòù ÀÈÌÒÙ":               "àèìòù AEIOU",
		"äöüß ÄÖÜ ẞ":                "äöüß ÄÖÜ SS",
		"ñ Ñ ã Ã õ ø å æ":           "ñ Ñ a A o ø å æ",
		"Œuf cœur":                  "OEuf coeur",
		"Việt Nam, đường":           "Viet Nam, duong",
		"ǖ ấ ǻ":                     "ü a å", // the nearest letter, not the barest
		"İstanbul ılık":             "Istanbul ilik",
		"“Quotes” ‘here’ „tu” «là»": "\"Quotes\" 'here' \"tu\" \"là\"",
		"a–b — c…":                  "a-b - c...",
		"10\u00a0000\u202f€":        "10 000 €",
		"soft\u00adhy\u200bphen":    "softhyphen",
		"`tick` and\ttab":           "'tick' and tab",
		"nº 1ª":                     "no 1a",
		"ﬁne Ａ":                     "fine A",
		"Γειά Δ Ω":                  "Γειά Δ Ω",
		"Спасибо, Łukasz 👍🏽":        "Спасибо, Lukasz 👍🏽",
		"❤️ 1️⃣":                    "❤️ 1️⃣",
		"x\u0304":                   "x",
		"plain already ^{}\\[~]|€":  "plain already ^{}\\[~]|€",
		"":                          "",
	} {
		require.Equal(t, want, gsm7.Plain(text), "%q", text)
	}
}

// No letter that GSM-7 has is ever touched.
func TestPlainKeepsTheAlphabet(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if one := string(r); gsm7.Encodable(one) {
			require.Equal(t, one+"x", gsm7.Plain(one+"x"))
			// Also beside a letter that is folded.
			require.Equal(t, one+"l", gsm7.Plain(one+"ł"))
		}
	}
}

// Every letter of European languages written in Latin has a plain form.
func TestPlainCoversLatin(t *testing.T) {
	for r := rune(0xC0); r <= 0x17F; r++ {
		require.True(t, gsm7.Encodable(gsm7.Plain(string(r))), "%c %U", r, r)
	}
	for r := rune(0x1E00); r <= 0x1E99; r++ {
		require.True(t, gsm7.Encodable(gsm7.Plain(string(r))), "%c %U", r, r)
	}
	for r := rune(0x1EA0); r <= 0x1EF9; r++ {
		require.True(t, gsm7.Encodable(gsm7.Plain(string(r))), "%c %U", r, r)
	}
}

func TestPlainProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		plain := gsm7.Plain(text)
		require.Equal(t, plain, gsm7.Plain(plain))
		if gsm7.Encodable(text) {
			require.Equal(t, text, plain)
		}
	})
}

// What Plain is for: a Polish text of 150 letters is one segment, not three.
func TestPlainSaves(t *testing.T) {
	text := "Dziękujemy za wiadomość. Odpowiemy tutaj najszybciej, jak to możliwe. Otwieramy ponownie w poniedziałek o 8:00."
	require.Equal(t, gsm7.Cost{"UCS-2", 111, 111, 2}, gsm7.Count(text))
	require.Equal(t, gsm7.Cost{"GSM-7", 111, 111, 1}, gsm7.Count(gsm7.Plain(text)))
}
