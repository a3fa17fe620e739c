// Package i18n is what the pages say, in the seven languages: phrases from
// files that a translator can read (a key with all its languages beside each
// other), numbers and times as each language writes them.
//
// The hard decision: a phrase is asked for by its key alone, and a test holds
// that every key is there in every language, so that no page falls back to
// English in the middle of a sentence.
package i18n

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Tags is the languages, the first one where nothing else is known.
var Tags = []string{"en", "pl", "de", "fr", "es", "it", "pt-BR"}

// Names is what each language calls itself.
var Names = map[string]string{
	"en": "English", "pl": "Polski", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "pt-BR": "Português (Brasil)",
}

// Catalog holds the phrases of a set of pages.
type Catalog struct {
	languages map[string]*Language
	keys      []string
	english   map[string]string // as it stands in the file
	matcher   language.Matcher
}

// Language is one language of a catalog. Its phrases are read when the first is asked for.
type Language struct {
	Tag     string
	phrases func() *i18n.Localizer
	counted map[string]bool // the keys with plural forms
	printer *message.Printer
	calendar
}

// Load reads every *.json of the folders. A file is {"key": {"en": "…", "pl": "…"}};
// a phrase that counts has its plural forms instead: {"en": {"one": "{{.N}}
// ticket", "other": "{{.N}} tickets"}}.
func Load(folders ...fs.FS) (*Catalog, error) {
	c := &Catalog{languages: map[string]*Language{}, english: map[string]string{}}
	var tags []language.Tag
	for _, tag := range Tags {
		parsed := language.MustParse(tag)
		tags = append(tags, parsed)
		c.languages[tag] = &Language{
			Tag: tag, counted: map[string]bool{}, printer: message.NewPrinter(parsed), calendar: calendars[tag],
			phrases: sync.OnceValue(func() *i18n.Localizer { return localizer(parsed, folders) }),
		}
	}
	c.matcher = language.NewMatcher(tags)
	return c, all(folders, c.note)
}

// all hands on every phrase of the folders.
func all(folders []fs.FS, hand func(key string, languages map[string]phrase) error) error {
	for _, files := range folders {
		names, err := fs.Glob(files, "*.json")
		if err != nil {
			return err
		}
		for _, name := range names {
			raw, err := fs.ReadFile(files, name)
			phrases := map[string]map[string]phrase{}
			if err == nil {
				err = json.Unmarshal(raw, &phrases)
			}
			for key, languages := range phrases {
				if err == nil {
					err = hand(key, languages)
				}
			}
			if err != nil {
				return fmt.Errorf("words in %s: %w", name, err)
			}
		}
	}
	return nil
}

// note checks that a phrase is there once, in every language.
func (c *Catalog) note(key string, languages map[string]phrase) error {
	if c.Has(key) {
		return fmt.Errorf("%s stands in two files", key)
	}
	c.keys = append(c.keys, key)
	c.english[key] = languages[Tags[0]].Other
	for _, tag := range Tags {
		said, ok := languages[tag]
		if !ok {
			return fmt.Errorf("%s is missing in %s", key, tag)
		}
		if said.counts() {
			c.languages[tag].counted[key] = true
		}
	}
	return nil
}

// localizer has the phrases of one language, which Load has looked at.
func localizer(tag language.Tag, folders []fs.FS) *i18n.Localizer {
	bundle := i18n.NewBundle(tag)
	err := all(folders, func(key string, languages map[string]phrase) error {
		m := i18n.Message{ID: key, Other: languages[tag.String()].Other}
		if said := languages[tag.String()]; said.counts() {
			m = said.message(key)
		}
		return bundle.AddMessages(tag, &m)
	})
	if err != nil {
		panic(err) // the files are in the binary, and a test says every phrase
	}
	return i18n.NewLocalizer(bundle, tag.String())
}

// phrase is a text, or its plural forms.
type phrase struct{ Zero, One, Two, Few, Many, Other string }

func (p *phrase) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &p.Other) == nil {
		return nil
	}
	type forms phrase
	return json.Unmarshal(raw, (*forms)(p))
}

// counts reports whether it has plural forms. Most have none, and a template for each
// form of every phrase would be most of what a catalog weighs.
func (p phrase) counts() bool { return p != phrase{Other: p.Other} }

// message has every form: a number whose form a phrase does not give, as "1 min"
// has none beside "2 min", is said as all others are.
func (p phrase) message(key string) i18n.Message {
	or := func(form string) string { return cmp.Or(form, p.Other) }
	return i18n.Message{ID: key, Zero: or(p.Zero), One: or(p.One), Two: or(p.Two), Few: or(p.Few), Many: or(p.Many), Other: p.Other}
}

// Keys is every key, in no order.
func (c *Catalog) Keys() []string { return c.keys }

// English is a phrase as it stands in its file, with its placeholders.
func (c *Catalog) English(key string) string { return c.english[key] }

// Has reports whether there is such a key.
func (c *Catalog) Has(key string) bool {
	_, ok := c.english[key]
	return ok
}

// Match is the best language for a browser: what was chosen, if it is one of
// ours or of a country that speaks one, else what Accept-Language asks for, else
// English.
func (c *Catalog) Match(chosen, accepted string) *Language {
	if l, ok := c.languages[chosen]; ok {
		return l
	}
	tags, _, err := language.ParseAcceptLanguage(accepted)
	if err != nil {
		tags = nil
	}
	if tag, err := language.Parse(chosen); err == nil {
		tags = slices.Insert(tags, 0, tag)
	}
	if len(tags) == 0 {
		return c.languages[Tags[0]]
	}
	_, n, _ := c.matcher.Match(tags...)
	return c.languages[Tags[n]]
}

// T is the phrase of a key. Pairs are names and values for its placeholders,
// "N" being what it counts: T("tickets.count", "N", 5).
func (l *Language) T(key string, pairs ...any) string {
	config := i18n.LocalizeConfig{MessageID: key}
	if len(pairs) > 0 {
		values := map[string]any{}
		for n := 0; n+1 < len(pairs); n += 2 {
			value := pairs[n+1]
			if pointer, ok := value.(*int); ok && pointer != nil {
				value = *pointer
			}
			values[fmt.Sprint(pairs[n])] = l.written(value)
			if pairs[n] == "N" && l.counted[key] {
				config.PluralCount = value
			}
		}
		config.TemplateData = values
	}
	said, err := l.phrases().Localize(&config)
	if err != nil {
		return key // the test over all templates does not let this happen
	}
	return said
}

func (l *Language) written(value any) any {
	switch value.(type) {
	case int, int64, float64:
		return l.printer.Sprint(value)
	}
	return value
}

// Number is a number with the language's separators.
func (l *Language) Number(n any) string { return l.printer.Sprint(n) }

// Empty is a catalog without phrases, which still knows the languages.
func Empty() *Catalog {
	c, err := Load(none{})
	if err != nil {
		panic(err) // there is nothing to fail
	}
	return c
}

type none struct{}

func (none) Open(string) (fs.File, error)  { return nil, fs.ErrNotExist }
func (none) Glob(string) ([]string, error) { return nil, nil }
