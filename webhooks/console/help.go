package console

import (
	"bytes"
	"embed"
	"html/template"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"
)

//go:embed help/*.md
var helpFiles embed.FS

// Manuals is the help for admins by language. Where there is none, English is
// shown. docs/help.en.md and docs/help.pl.md are its copies.
var Manuals = map[string]string{"en": manual("en"), "pl": manual("pl")}

func manual(language string) string {
	text, err := helpFiles.ReadFile("help/" + language + ".md")
	if err != nil {
		panic(err) // it is in the binary
	}
	return string(text)
}

type helpPage struct {
	Language string
	Text     template.HTML
}

// help says what each message is and how the hours work.
func (v *View) help() error {
	language := v.Words.Tag
	if Manuals[language] == "" {
		language = "en"
	}
	var page bytes.Buffer
	markdown := goldmark.New(goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	if err := markdown.Convert([]byte(Manuals[language]), &page); err != nil {
		return err
	}
	return v.Show("help.html", helpPage{language, template.HTML(page.String())}) // #nosec G203 -- our own text
}
