package settings

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"ringback/settings/fault"

	"github.com/jmoiron/sqlx"
)

// Reply is a text that a team's staff write again and again.
type Reply struct {
	ID        string    `db:"id" json:"id" readOnly:"true"`
	Title     string    `db:"title" json:"title" minLength:"1" maxLength:"100" doc:"By which it is found"`
	Text      string    `db:"text" json:"text" minLength:"1" maxLength:"1600"`
	CreatedAt time.Time `db:"created_at" json:"created_at" readOnly:"true"`
	UpdatedAt time.Time `db:"updated_at" json:"updated_at" readOnly:"true"`
}

// maxReplies is how many a team may have: it is a list that one looks through.
const maxReplies = 100

const (
	replyColumns = `id, title, text, created_at, updated_at`
	listReplies  = `select ` + replyColumns + ` from replies where company_id = $1 and team_id = $2 order by lower(title), id`
	findReply    = `select ` + replyColumns + ` from replies where company_id = $1 and team_id = $2 and id = $3 for update`
	countReplies = `select count(*) from replies where company_id = $1 and team_id = $2`
	insertReply  = `insert into replies (company_id, id, team_id, title, text, created_at) values ($1, $2, $3, $4, $5, coalesce($6, now())) returning ` + replyColumns
	updateReply  = `update replies set title = $3, text = $4, updated_at = now() where company_id = $1 and id = $2 returning ` + replyColumns
	deleteReply  = `delete from replies where company_id = $1 and id = $2`
)

// ListReplies returns a team's saved replies by title.
func ListReplies(ctx context.Context, q sqlx.QueryerContext, companyID, teamID string) ([]Reply, error) {
	found := []Reply{}
	return found, wrap(sqlx.SelectContext(ctx, q, &found, listReplies, companyID, teamID), "replies")
}

func (r *Reply) check() error {
	r.Title, r.Text = strings.TrimSpace(r.Title), strings.TrimSpace(r.Text)
	var wrong Invalid
	wrong.Add(r.Title == "", "title", "empty")
	wrong.Add(!fault.Storable(r.Title), "title", "unstorable")
	wrong.Add(strings.ContainsAny(r.Title, "\r\n\t"), "title", "not_one_line")
	wrong.Add(utf8.RuneCountInString(r.Title) > 100, "title", "too_long", "Count", 100)
	wrong.Add(r.Text == "", "text", "empty")
	wrong.Add(!fault.Storable(r.Text), "text", "unstorable")
	wrong.Add(utf8.RuneCountInString(r.Text) > 1600, "text", "too_long", "Count", 1600)
	return wrong.Err()
}

// AddReply adds a saved reply.
func (e *Edit) AddReply(ctx context.Context, r Reply) (Reply, error) {
	return e.addReply(ctx, newID(), r)
}

// addReply adds one under an id, as old as that says.
func (e *Edit) addReply(ctx context.Context, id string, r Reply) (Reply, error) {
	if err := r.check(); err != nil {
		return r, err
	}
	var count int
	if err := get(ctx, e.tx, &count, countReplies, e.Team.CompanyID, e.Team.ID); err != nil {
		return r, wrap(err, "replies")
	}
	if count >= maxReplies {
		return r, NewConflict("title", "too_many", "Count", maxReplies)
	}
	if err := get(ctx, e.tx, &r, insertReply, e.Team.CompanyID, id, e.Team.ID, r.Title, r.Text, optional(made(id))); err != nil {
		return r, wrap(err, "reply")
	}
	_, err := e.record(ctx, "reply", r.ID, nil, r)
	return r, err
}

// ChangeReply runs the change of a saved reply and stores what comes of it.
func (e *Edit) ChangeReply(ctx context.Context, id string, change func(*Reply) error) (Reply, error) {
	before, err := e.Reply(ctx, id)
	if err != nil {
		return before, err
	}
	r := before
	if err := change(&r); err != nil {
		return r, err
	}
	if err := r.check(); err != nil {
		return r, err
	}
	if err := get(ctx, e.tx, &r, updateReply, e.Team.CompanyID, before.ID, r.Title, r.Text); err != nil {
		return r, wrap(err, "reply "+id)
	}
	_, err = e.record(ctx, "reply", r.ID, before, r)
	return r, err
}

// DeleteReply deletes a saved reply.
func (e *Edit) DeleteReply(ctx context.Context, id string) error {
	before, err := e.Reply(ctx, id)
	if err != nil {
		return err
	}
	if _, err := e.tx.ExecContext(ctx, deleteReply, e.Team.CompanyID, before.ID); err != nil {
		return fmt.Errorf("reply %s: %w", id, err)
	}
	_, err = e.record(ctx, "reply", before.ID, before, nil)
	return err
}

// Reply returns one of the team's saved replies, or ErrNotFound; nobody else changes it meanwhile.
func (e *Edit) Reply(ctx context.Context, id string) (r Reply, err error) {
	if !IsID(id) {
		return r, ErrNotFound
	}
	if err = get(ctx, e.tx, &r, findReply, e.Team.CompanyID, e.Team.ID, id); err != nil && !errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("reply %s: %w", id, err)
	}
	return r, err
}
