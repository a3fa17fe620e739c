package settings

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

const (
	staffAmong = `select id from staff where company_id = $1 and id = any($2::uuid[])`
	teamsAmong = `select id from teams where company_id = $1 and id = any($2::uuid[])`
)

// IsID reports whether text is an id, in small letters or capitals.
func IsID(text string) bool {
	parsed, err := uuid.Parse(text)
	return err == nil && parsed.String() == strings.ToLower(text)
}

// among asks which of the ids are the company's, by a query of the company,
// the ids, and whatever more it takes. What is no id at all, or not
// written as we write ids, is nobody's: ids are compared as text later on.
func among(ctx context.Context, q sqlx.QueryerContext, query, companyID string, ids []string, more ...any) (map[string]bool, error) {
	possible := make([]string, 0, len(ids))
	for _, id := range ids {
		if parsed, err := uuid.Parse(id); err == nil && parsed.String() == id {
			possible = append(possible, id)
		}
	}
	known := map[string]bool{}
	if len(possible) == 0 {
		return known, nil
	}
	var found []string
	if err := sqlx.SelectContext(ctx, q, &found, query, append([]any{companyID, pq.StringArray(possible)}, more...)...); err != nil {
		return nil, wrap(err, "the company's ids")
	}
	for _, id := range found {
		known[id] = true
	}
	return known, nil
}

// checkAdvisors refuses those who are not known, and whoever would ring twice.
// Prefix stands before the field's name.
func checkAdvisors(prefix string, ids []string, known map[string]bool) Invalid {
	var wrong Invalid
	named := map[string]bool{}
	for n, id := range ids {
		field := fmt.Sprintf("%sadvisors[%d]", prefix, n)
		wrong.Add(!known[id], field, "staff_id")
		wrong.Add(known[id] && named[id], field, "twice")
		named[id] = true
	}
	return wrong
}
