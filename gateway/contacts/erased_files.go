package contacts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// FilesLeft is how many files of somebody who was erased are not deleted yet.
type FilesLeft struct {
	Waiting int `db:"waiting"`
	GivenUp int `db:"given_up"` // for people to look after
}

const filesLeft = `
select count(f.id) filter (where f.due_at is not null) as waiting, count(f.id) filter (where f.due_at is null) as given_up
from erasures e left join erased_files f on f.company_id = e.company_id and f.person = e.person
where e.company_id = $1 and e.person = $2 group by e.person`

// FilesLeftOf is what is left of that person's files; false: nobody was erased by that id.
func FilesLeftOf(ctx context.Context, q sqlx.QueryerContext, company, person string) (FilesLeft, bool, error) {
	var left FilesLeft
	err := sqlx.GetContext(ctx, q, &left, filesLeft, company, person)
	if errors.Is(err, sql.ErrNoRows) {
		return left, false, nil
	}
	if err != nil {
		return left, false, fmt.Errorf("files of %s: %w", person, err)
	}
	return left, true, nil
}
