package console

import (
	"bytes"
	"regexp"
)

// faulty is what shows a fault: a field that is wrong, what is said of the whole form,
// or what is said below several fields. A text that somebody wrote has no such quotes.
var faulty = []struct {
	found *regexp.Regexp
	focus string // what the element needs in order to be gone to
}{
	{regexp.MustCompile(` aria-invalid="true"`), " autofocus"},
	{focused, ""}, // the page itself says where to go on
	{regexp.MustCompile(` role="alert"`), ` tabindex="-1" autofocus`},
	{regexp.MustCompile(` id="[^"]*-fault[^"]*">[^<\s]`), ` tabindex="-1" autofocus`},
}

var focused = regexp.MustCompile(`<[a-z][^<>]* autofocus[ >]`)

// landing has a browser go to the first fault of a page whose form was refused: the
// page comes in answer to the form, and would begin at its top.
func landing(page []byte) []byte {
	for _, f := range faulty {
		if at := f.found.FindIndex(page); at != nil {
			return bytes.Join([][]byte{page[:at[0]], []byte(f.focus), page[at[0]:]}, nil)
		}
	}
	return page
}
