package mcp

import (
	"context"
	"net/url"
	"regexp"

	"github.com/google/uuid"
)

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// whom is the customer that is meant, as the API takes them: an id or a number in E.164
// as it is, and else the one who is found by it. Several who fit are returned in their
// place, and nobody at all as neither: a filter that fits nothing would be taken for
// somebody about whom nothing was decided.
func (t tools) whom(ctx context.Context, team, said string) (contact string, fit []map[string]any, err error) {
	if e164.MatchString(said) || uuid.Validate(said) == nil {
		return said, nil, nil
	}
	found, err := t.inTeams(ctx, team, "/contacts", url.Values{"q": {said}, "limit": {"20"}})
	if err != nil {
		return "", nil, err
	}
	seen := map[string]bool{}
	for _, one := range found.Items {
		if id := text(one, "id"); !seen[id] {
			seen[id] = true
			fit = append(fit, one)
		}
	}
	if len(fit) == 1 {
		return text(fit[0], "id"), nil, nil
	}
	return "", fit, nil
}
