package notes

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Colleague is one of the staff who can be mentioned.
type Colleague struct {
	ID    string `db:"id"`
	Name  string `db:"name"`
	Email string `db:"email"`
}

// Mentioned are the ids of those whom a text names behind an @: by their name, by
// the first word of it where it is nobody else's, or by what stands in front of the
// @ of their address. Case does not matter.
func Mentioned(text string, among []Colleague) []string {
	first := map[string]int{}
	for _, c := range among {
		first[firstWord(c.Name)]++
	}
	text = strings.ToLower(text)
	var ids []string
	for _, c := range among {
		local, _, _ := strings.Cut(strings.ToLower(c.Email), "@")
		handles := []string{strings.ToLower(c.Name), local}
		if word := firstWord(c.Name); first[word] == 1 {
			handles = append(handles, word)
		}
		for _, handle := range handles {
			if handle != "" && names(text, "@"+handle) {
				ids = append(ids, c.ID)
				break
			}
		}
	}
	return ids
}

func firstWord(name string) string {
	word, _, _ := strings.Cut(strings.ToLower(name), " ")
	return word
}

// names reports whether a handle stands in a text as a word of its own: neither an
// address of e-mail nor the beginning of a longer name.
func names(text, handle string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], handle)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, size := utf8.DecodeRuneInString(text[at+len(handle):])
		if !letter(before) && !letter(after) && (after != '.' || size == len(text)-at-len(handle) || !letterAt(text, at+len(handle)+size)) {
			return true
		}
		from = at + len(handle)
	}
}

func letter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-'
}

// letterAt reports whether a word goes on there, as behind the dot of "ann.lee".
func letterAt(text string, at int) bool {
	r, _ := utf8.DecodeRuneInString(text[at:])
	return letter(r)
}
