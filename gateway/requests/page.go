package requests

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// Page is a request with what its customer's page says beside it.
type Page struct {
	Request
	Company  string  `db:"company"`
	Team     string  `db:"team"`     // as customers see it
	Language string  `db:"language"` // the contact's, else the team's
	Zone     string  `db:"zone"`
	Name     *string `db:"advisor_name"` // whom a rating is about; nil: not known
}

const page = `
select r.*, c.name as company, t.display_name as team, coalesce(nullif(k.language, ''), t.language) as language, t.time_zone as zone, s.name as advisor_name
from (select ` + columns + ` from requests where token_hash = $1) r
join companies c on c.id = r.company_id
join teams t on t.company_id = r.company_id and t.id = r.team_id
join contacts k on k.company_id = r.company_id and k.id = r.contact_id
left join staff s on s.company_id = r.company_id and s.id = r.advisor`

// PageOf is what a link leads to, whosever it is: the token is all that a
// customer has to show. settings.ErrNotFound: nothing.
func PageOf(ctx context.Context, q sqlx.QueryerContext, token string) (Page, error) {
	var p Page
	err := sqlx.GetContext(ctx, q, &p, page, Hash(token))
	if errors.Is(err, sql.ErrNoRows) {
		return p, settings.ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("customer's page: %w", err)
	}
	return p, nil
}
