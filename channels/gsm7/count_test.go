package gsm7_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels/gsm7"
)

func TestCount(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	z := func(n int) string { return strings.Repeat("ż", n) }
	for _, c := range []struct {
		name, text string
		want       gsm7.Cost
	}{
		{"empty", "", gsm7.Cost{"GSM-7", 0, 0, 1}},
		{"one letter", "a", gsm7.Cost{"GSM-7", 1, 1, 1}},
		{"the last that fits alone", a(160), gsm7.Cost{"GSM-7", 160, 160, 1}},
		{"one more", a(161), gsm7.Cost{"GSM-7", 161, 161, 2}},
		{"two full segments", a(306), gsm7.Cost{"GSM-7", 306, 306, 2}},
		{"one more than two", a(307), gsm7.Cost{"GSM-7", 307, 307, 3}},
		{"the euro sign counts twice", "€", gsm7.Cost{"GSM-7", 1, 2, 1}},
		{"80 euro signs", strings.Repeat("€", 80), gsm7.Cost{"GSM-7", 80, 160, 1}},
		{"81 euro signs", strings.Repeat("€", 81), gsm7.Cost{"GSM-7", 81, 162, 2}},
		{"76 euro signs in a joined segment", strings.Repeat("€", 153), gsm7.Cost{"GSM-7", 153, 306, 3}},
		{"an extension moves whole", a(152) + "€" + a(152), gsm7.Cost{"GSM-7", 305, 306, 3}},
		{"alone, it need not move", a(152) + "€" + a(6), gsm7.Cost{"GSM-7", 159, 160, 1}},
		{"letters of GSM-7", "à la carte: 5 €, ñ Ö ß", gsm7.Cost{"GSM-7", 22, 23, 1}},
		{"lines", "a\r\nb\fc", gsm7.Cost{"GSM-7", 6, 7, 1}},
		{"one Polish letter", "ż", gsm7.Cost{"UCS-2", 1, 1, 1}},
		{"70 letters", z(70), gsm7.Cost{"UCS-2", 70, 70, 1}},
		{"71 letters", z(71), gsm7.Cost{"UCS-2", 71, 71, 2}},
		{"134 letters", z(134), gsm7.Cost{"UCS-2", 134, 134, 2}},
		{"135 letters", z(135), gsm7.Cost{"UCS-2", 135, 135, 3}},
		{"the euro sign counts once beside them", "ż€", gsm7.Cost{"UCS-2", 2, 2, 1}},
		{"an emoji counts twice", "😀", gsm7.Cost{"UCS-2", 1, 2, 1}},
		{"35 emoji", strings.Repeat("😀", 35), gsm7.Cost{"UCS-2", 35, 70, 1}},
		{"36 emoji", strings.Repeat("😀", 36), gsm7.Cost{"UCS-2", 36, 72, 2}},
		{"an emoji moves whole", z(66) + "😀" + z(66), gsm7.Cost{"UCS-2", 133, 134, 3}},
		{"the small ç is no letter of GSM-7", "ç", gsm7.Cost{"UCS-2", 1, 1, 1}},
		{"the backtick neither", "`", gsm7.Cost{"UCS-2", 1, 1, 1}},
		{"the tab neither", "\t", gsm7.Cost{"UCS-2", 1, 1, 1}},
		{"broken UTF-8", "a\xff", gsm7.Cost{"UCS-2", 2, 2, 1}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, gsm7.Count(c.text)) })
	}
}

// The alphabet has 127 letters beside the escape, and 9 extensions; anything
// else in Unicode's first plane needs UCS-2.
func TestEveryLetter(t *testing.T) {
	single, double := 0, 0
	for r := rune(0); r <= 0xffff; r++ {
		if utf16.IsSurrogate(r) {
			continue
		}
		cost := gsm7.Count(string(r))
		if cost.Encoding == gsm7.UCS2 {
			require.Equal(t, 1, cost.Units, "%U", r)
			continue
		}
		if cost.Units == 1 {
			single++
		} else {
			double++
		}
	}
	require.Equal(t, 127, single)
	require.Equal(t, 10, double)
}

// Letters of GSM-7, its extensions, and letters outside it.
var anyText = rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]rune("abc 1€[~éßżЖ😀🚜\n")), 0, 400), func(r []rune) string { return string(r) })

func TestCountProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText.Draw(t, "text")
		cost := gsm7.Count(text)
		alone, joined := 160, 153
		if cost.Encoding == gsm7.UCS2 {
			alone, joined = 70, 67
			require.Equal(t, len(utf16.Encode([]rune(text))), cost.Units)
		}
		require.Equal(t, cost.Units <= alone, cost.Segments == 1)
		if cost.Segments > 1 {
			// A boundary wastes at most one unit.
			require.LessOrEqual(t, cost.Units, cost.Segments*joined)
			require.Greater(t, cost.Units, (cost.Segments-1)*(joined-1))
		}
		require.GreaterOrEqual(t, gsm7.Count(text+"a").Segments, cost.Segments)
	})
}
