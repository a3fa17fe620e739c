package contact

import (
	"net/url"
	"regexp"
	"testing"
	"unicode/utf8"

	"ringback/channels"
	"ringback/settings"
)

var dialable = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// FuzzForm: whatever is typed is refused with a field, or is a number that can be
// texted and text that can be stored.
func FuzzForm(f *testing.F) {
	for _, one := range [][3]string{
		{"Dana", "(312) 555-0177", "It leaks"},
		{"", "+48123456789", "\r\n"},
		{"\x00", "00", "\xff"},
		{"a\nb", "tel:+1;ext=5", "x"},
		{"", "266696687", "x"},
		{"", "+1312555017７", "x"},
		{"", "+999999999999999999999", "x"},
	} {
		f.Add(one[0], one[1], one[2])
	}
	senders := []settings.Sender{{Kind: channels.SMS, Address: "+13125550100"}}
	f.Fuzz(func(t *testing.T, name, phone, text string) {
		form := newForm()
		form.read(url.Values{"name": {name}, "phone": {phone}, "text": {text}, "once": {text}})
		number := form.check(senders)
		if len(form.Faults) > 0 {
			return
		}
		if !dialable.MatchString(number) {
			t.Errorf("%q is taken for a number", number)
		}
		for _, kept := range []string{form.Name, form.Text, form.Once} {
			if !utf8.ValidString(kept) || regexp.MustCompile("\x00").MatchString(kept) {
				t.Errorf("%q cannot be stored", kept)
			}
		}
	})
}
