package console

import (
	"regexp"
	"strings"

	"ringback/webhooks/api"
	"ringback/webhooks/web/i18n"
)

// The API says in English what is wrong with a field. What it says is a phrase
// of ours in English, from which the others are found; the few that are not
// stay as they are.

type faultPattern struct {
	key   string
	says  *regexp.Regexp
	names []string
}

var hole = regexp.MustCompile(`\\\{\\\{\\\.(\w+)\\\}\\\}`)

// faultPatterns reads the phrases whose key begins with "refused.".
func faultPatterns(c *i18n.Catalog) []faultPattern {
	var patterns []faultPattern
	for _, key := range c.Keys() {
		if !strings.HasPrefix(key, "refused.") {
			continue
		}
		p := faultPattern{key: key}
		says := hole.ReplaceAllStringFunc(regexp.QuoteMeta(c.English(key)), func(found string) string {
			p.names = append(p.names, hole.FindStringSubmatch(found)[1])
			return "(.+?)"
		})
		p.says = regexp.MustCompile("^" + says + `\.?$`)
		patterns = append(patterns, p)
	}
	return patterns
}

// translate puts a refusal into the reader's language.
func (v *View) translate(p *api.Problem) {
	if v.Words.Tag == i18n.Tags[0] {
		return
	}
	said := make([]string, 0, len(p.Errors))
	for n := range p.Errors {
		p.Errors[n].Detail = v.fault(p.Errors[n].Detail)
		said = append(said, p.Errors[n].Detail)
	}
	if len(said) == 0 {
		p.Detail = v.fault(p.Detail)
	}
	if len(said) > 0 {
		p.Detail = v.T("refusals.nothing_changed") + " " + strings.Join(said, "; ") + "."
	}
}

func (v *View) fault(english string) string {
	for _, p := range v.console.faults {
		found := p.says.FindStringSubmatch(english)
		if found == nil {
			continue
		}
		var pairs []any
		for n, name := range p.names {
			pairs = append(pairs, name, found[n+1])
		}
		return v.T(p.key, pairs...)
	}
	return english
}
