// Package text is every word that Ringback writes or reads by itself, in seven
// languages, and how a team's text becomes the message that a customer gets.
//
//   - Default is the text of an automation that the team has not worded itself.
//   - Compose puts company, team, message and placeholders together; Check says
//     before saving what would go wrong with it.
//   - Read, Answer and Rating understand what a customer answers: STOP, TAK, ★★★★.
//   - OpensAt says when the team opens again.
//
// All wording stands in languages.json; nothing here does I/O or knows the time.
//
// The hard decision: a value that is missing when a text is sent (a customer
// without a name) takes the punctuation around it along, but never words that
// the team wrote, except a label that would be left saying nothing ("Ticket:").
// Guessing further would sometimes delete half a message.
package text

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// Keys of the texts that belong to no automation. They go out where the
// provider does not answer opt-out words itself.
const (
	StopConfirmation  = "stop_confirmation"
	StartConfirmation = "start_confirmation"
	HelpText          = "help"
	AlreadyAnswered   = "already_answered" // to who answers a question again
	StaffPhone        = "staff_phone"      // to one of the staff who writes as customers do
	SenderTest        = "sender_test"      // to one of the staff who tries a number
)

// language is one entry of languages.json.
type language struct {
	Tag     string            `json:"tag"`    // BCP 47
	Texts   map[string]string `json:"texts"`  // by automation, and those above
	Spoken  map[string]string `json:"spoken"` // what callers hear where a team has no prompt of its own
	Opening opening           `json:"opening"`
	Words   words             `json:"words"`
	Rating  ratingWords       `json:"rating"`
}

//go:embed languages.json
var file []byte

// languages holds English first: it is what an unknown language falls back to.
var languages = sync.OnceValue(func() []language {
	var all []language
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&all); err != nil {
		panic("languages.json: " + err.Error())
	}
	return all
})

// Languages returns the tags of the languages there are texts in: en, pl, de,
// fr, es, it, pt-BR.
func Languages() []string {
	tags := make([]string, 0, len(languages()))
	for _, l := range languages() {
		tags = append(tags, l.Tag)
	}
	return tags
}

// Match returns the language of Languages that serves a language tag best:
// the same primary language, whatever the region (de-AT is de, pt-PT is
// pt-BR), else English.
func Match(tag string) string { return find(tag).Tag }

// Default returns the default text of an automation (or one of the keys above)
// in the language that Match finds. It is empty for a key that does not exist.
func Default(lang, key string) string { return find(lang).Texts[key] }

// YesNo are the words for yes and no in a language.
func YesNo(lang string) (yes, no string) {
	l := find(lang)
	return l.Words.Yes[0], l.Words.No[0]
}

func find(tag string) language {
	wanted := primary(tag)
	at := slices.IndexFunc(languages(), func(l language) bool { return primary(l.Tag) == wanted })
	return languages()[max(at, 0)]
}

// primary is the part of a tag that names the language; pt_BR is accepted as well.
func primary(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if end := strings.IndexAny(tag, "-_"); end >= 0 {
		tag = tag[:end]
	}
	return tag
}

// Spoken is a default prompt of the voice flow, with the team's name in it.
// Names: greeting, voicemail_prompt and after_hours_prompt, each also with
// _without for a team that has no voicemail, whisper, call_back,
// call_back_unanswered, goodbye.
func Spoken(lang, name, team string) string {
	return strings.ReplaceAll(find(lang).Spoken[name], "{{team}}", team)
}
