package text_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/settings/text"
)

func TestRead(t *testing.T) {
	for word, bodies := range map[text.Word][]string{
		text.Stop: {
			"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE",
			"stop", "Stop.", "  stop!! ", "\"STOP\"", "s t o p", "S-T-O-P", "stop\n", "Stop all", "opt-out", "Stop 🛑",
			"ＳＴＯＰ", "𝐒𝐓𝐎𝐏", "ＳＴＯＰ！", "st\u200bop", "\ufeffSTOP", "STOP\u2060", "\u202eSTOP", "ST\u00adOP", "STOP\u3164", "STOP\x00",
			"ARRÊT", "arret", "ARRE\u0302T", "Wypisz", "nie wysyłajcie", "NIE WYSYLAJCIE", "Abmelden", "Stopp", "Baja", "Alto", "SALIR", "no mas", "Sair", "PARE", "Disiscrivimi",
		},
		text.Start: {"START", "unstop", "Start!", "Wznów", "WZNOW", "Reprendre", "Reanudar"},
		text.Help:  {"HELP", "info", "Help?", "Pomoc", "HILFE", "Aide", "ayuda", "AIUTO", "ajuda"},
		text.Yes:   {"YES", "yes", "Yes!", "TAK", "ja", "Oui", "Sí", "SI", "sì", "Sim"},
		text.No:    {"NO", "No.", "nie", "NEIN", "non", "NÃO", "nao"},
		text.None: {
			"", " ", "?", "👍", "🛑", "\xff", "please stop", "stop it", "STOP calling me", "don't stop", "stopped", "start again", "yes please",
			"yes, tomorrow at 8", "no idea", "y", "n", "yeah", "yes/no", "NO YES", "help me", "Thanks!", "END.1", "5", "stop1", "Hello", "remove",
			"Ich möchte mich abmelden", "alta", "koniec", "СТОП",
			strings.Repeat("stop ", 200), "STOP" + strings.Repeat(" and more", 50),
		},
	} {
		for _, body := range bodies {
			require.Equal(t, word, text.Read(body), "%q", body)
		}
	}
	require.Equal(t, text.Stop, text.Read("STOP"+strings.Repeat("! ", 10_000)), "punctuation does not count, however much")
}

func TestAnswer(t *testing.T) {
	for body, want := range map[string]string{
		"YES": "yes", "y": "yes", "Yeah!": "yes", "tak": "yes", "Tak, dziękuję!": "yes", "Ja, danke": "yes", "oui 👍": "yes", "Sí.": "yes", "s": "yes", "Sim": "yes",
		"NO": "no", "n": "no", "Nope": "no", "nie": "no", "Jeszcze nie": "no", "Nö": "no", "pas encore": "no", "Todavía no": "no", "non ancora": "no", "Não": "no", "No, it isn't.": "no", "No it isn’t": "no", "No it isnʼt": "no",
		"": "", "maybe": "", "yes/no": "", "yes but it leaks again": "", "no problem": "", "stop": "", "ok": "", "1": "", "👍": "", "yes?": "", "Yes ?": "", "¿sí?": "", "no？": "", "Yes 👎": "",
	} {
		yes, ok := text.Answer(body)
		require.Equal(t, want != "", ok, "%q", body)
		require.Equal(t, want == "yes", yes, "%q", body)
	}
}

func TestRating(t *testing.T) {
	for body, want := range map[string]int{
		"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, " 5! ": 5, "5.": 5, "(4)": 4, "５": 5, "⑤": 5, "5️⃣": 5, "#3": 3, "5 👍": 5,
		"5/5": 5, "4 / 5": 4, "4 out of 5": 4, "four out of five": 4, "5 von 5": 5, "4 sur 5": 4, "3 na 5": 3, "5 de 5": 5, "4 su 5": 4,
		"5 stars": 5, "1 star!": 1, "Five stars": 5, "4 Sterne": 4, "5 gwiazdek": 5, "3 étoiles": 3, "2 estrellas": 2, "1 stella": 1, "5 estrelas": 5,
		"five": 5, "Great!": 5, "poor": 1, "pięć": 5, "PIEC": 5, "fünf": 5, "fuenf": 5, "sehr gut": 5, "cinq": 5, "tres": 3, "três": 3, "quattro": 4,
		"5, thanks!": 5, "5 thanks": 5, "Thank you! 4": 4, "5 (great)": 5, "1 (poor)": 1, "1 - poor": 1, "1 (źle)": 1, "5, dziękuję": 5, "4/5 danke": 4, "Bonjour, 5 merci beaucoup": 5, "five, thank you so much": 5, "5 gracias": 5,
		"+1": 0, "$5": 0, "5€": 0, "5%": 0, "1 👍": 0, "5 👎": 0, "1 👎": 1, "4 🙂": 4, "5+": 5,
		"thanks": 0, "thanks 6": 0, "5 (poor)": 0, "4.5 thanks": 0, "5 thanks?": 0, "5 thanks, but call me": 0,
		"★★★★★": 5, "⭐⭐⭐": 3, "⭐️⭐️": 2, "★★★☆☆": 3, "★ ★ ★ ★": 4, "🌟": 1, "***": 3, "5 ⭐": 5,
		"": 0, " ": 0, "0": 0, "6": 0, "55": 0, "10": 0, "10/10": 0, "5/10": 0, "4.5": 0, "4-5": 0, "1 2": 0, "5 people came": 0, "six": 0,
		"☆☆☆☆☆": 0, "★★★★★★": 0, "★★★★☆☆": 0, "yes": 0, "5?": 0, "great?": 0, "5/5 would call again": 0, "/5": 0, "not great": 0,
	} {
		score, ok := text.Rating(body)
		require.Equal(t, want != 0, ok, "%q", body)
		if ok {
			require.Equal(t, want, score, "%q", body)
		}
	}
}

// Case, spaces, punctuation and what nobody sees never change what is read.
func TestReadIgnoresDecoration(t *testing.T) {
	decoration := rapid.StringOfN(rapid.SampledFrom([]rune(" .,!?-_'\"()\n\t\u00a0\u200b\u200d\ufeff\u00ad\ufe0f🙂")), 0, 5, -1)
	words := []string{"STOP", "Stopall", "wznów", "HILFE", "ARRÊT", "NÃO", "tak", "hello", "5"}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(words).Draw(t, "word")
		var body strings.Builder
		for _, r := range word {
			body.WriteString(decoration.Draw(t, "between"))
			letter := string(r)
			if rapid.Bool().Draw(t, "upper") {
				letter = strings.ToUpper(letter)
			}
			body.WriteString(letter)
		}
		body.WriteString(decoration.Draw(t, "after"))
		require.Equal(t, text.Read(word), text.Read(body.String()), "%q", body.String())
	})
}
