package twilio

import (
	"strings"
	"unicode/utf16"
)

// The GSM 03.38 alphabet; the extension's characters take two places.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtra = "^{}\\[~]|€\f"
)

// segments counts, roughly, the parts that a text goes out in: what falls
// across a border is not looked at. Other channels than SMS have one.
func segments(to, body string) int {
	if onWhatsApp(to) {
		return 1
	}
	septets := 0
	for _, r := range body {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			septets++
		case strings.ContainsRune(gsmExtra, r):
			septets += 2
		default:
			return parts(len(utf16.Encode([]rune(body))), 70, 67)
		}
	}
	return parts(septets, 160, 153)
}

// parts is how many parts of a size a text takes, when a single one may hold
// more because it needs no header.
func parts(size, single, part int) int {
	if size <= single {
		return 1
	}
	return (size + part - 1) / part
}
