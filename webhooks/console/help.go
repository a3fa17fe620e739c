package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"

	"ringback/webhooks/web/i18n"
)

// The help in each language. It names pages and buttons by their phrases, such as
// [[nav.tickets]], so that it cannot call them otherwise than they do. Each "## part"
// is about a page and has the entry of the rail for its id.
//
//go:embed help/*.md
var helpFiles embed.FS

var (
	helpName = regexp.MustCompile(`\[\[([a-z0-9_.]+)\]\]`)
	helpPart = regexp.MustCompile(`(?m)^## (.+) \{#([a-z]+)\}$`)
)

// otherParts are the parts of pages that have one beside that of their entry.
var otherParts = map[string]string{
	"/teams/:team/tickets/:id":        "ticket",
	"/teams/:team/tickets/:id/ending": "ticket",
	"/teams/:team/conversations/new":  "ticket",
	"/teams/:team/templates":          "templates",
}

// helpPage is the help as it is shown: what it begins with, what there is, and the rest.
type helpPage struct {
	Opening, Text template.HTML
	Parts         []part
}

type part struct{ Title, ID string }

// manual is the help in a language, with the names that its pages have.
func manual(words *i18n.Language) (string, error) {
	raw, err := helpFiles.ReadFile("help/" + words.Tag + ".md")
	if err != nil {
		return "", err
	}
	return helpName.ReplaceAllStringFunc(string(raw), func(name string) string { return words.T(strings.Trim(name, "[]")) }), nil
}

// Manuals is the help by language, as it stands in docs/help.*.md.
func Manuals() (map[string]string, error) {
	d, err := draw()
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, tag := range i18n.Tags {
		text, err := manual(d.words.Match(tag, ""))
		if err != nil {
			return nil, err
		}
		all[tag] = helpPart.ReplaceAllString(text, "## $1")
	}
	return all, nil
}

// drawHelp makes the page of a language.
func drawHelp(words *i18n.Language) (helpPage, error) {
	var page helpPage
	text, err := manual(words)
	if err != nil {
		return page, err
	}
	for _, found := range helpPart.FindAllStringSubmatch(text, -1) {
		page.Parts = append(page.Parts, part{Title: found[1], ID: found[2]})
	}
	opening, rest, _ := strings.Cut(text, "\n## ")
	markdown := goldmark.New(goldmark.WithParserOptions(parser.WithAttribute()))
	for source, into := range map[string]*template.HTML{opening: &page.Opening, "## " + rest: &page.Text} {
		var drawn bytes.Buffer
		if err := markdown.Convert([]byte(source), &drawn); err != nil {
			return page, fmt.Errorf("help in %s: %w", words.Tag, err)
		}
		*into = template.HTML(drawn.String()) // #nosec G203 -- our own text
	}
	return page, nil
}

// help has a part about each page.
func (v *View) help() error {
	page, err := v.console.manuals.In(v.Words)
	if err != nil {
		return err
	}
	return v.Show("help.html", page)
}

// Help is where the help says what the page is for that it is asked from.
func (v *View) Help() string {
	about := v.Nav
	switch other, is := otherParts[v.g.FullPath()]; {
	case is:
		about = other
	case about == "" && v.g.FullPath() != "":
		about = "account" // what has no entry is about signing in
	}
	if about == "" || about == "help" {
		return "/help"
	}
	return "/help#" + about
}
