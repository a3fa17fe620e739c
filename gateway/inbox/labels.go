package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/transaction"
)

// Label is a word by which a team sorts its tickets.
type Label struct {
	ID   string `db:"id" json:"id" readOnly:"true"`
	Name string `db:"name" json:"name" minLength:"1" maxLength:"40"`
}

// noted is a label as the history holds it.
func (l Label) noted() any { return map[string]string{"name": l.Name} }

// maxLabels is how many a team has at most: a list that one chooses from.
const maxLabels = 50

const (
	labelsOf = `
select h.ticket_id, i.label_id from unnest($2::uuid[]) h (ticket_id)
cross join lateral (select label_id from ticket_labels where company_id = $1 and ticket_id = h.ticket_id offset 0) i`

	named = `select id, name from labels where company_id = $1 and id = any($2::uuid[]) order by lower(name), id`
)

// withLabels gives the tickets their labels, each ticket's looked up by itself, and
// each name once.
func withLabels(ctx context.Context, q sqlx.QueryerContext, company string, all []Ticket) error {
	ids := make([]string, len(all))
	for n := range all {
		all[n].Labels, ids[n] = []Label{}, all[n].ID
	}
	var found []struct {
		Ticket string `db:"ticket_id"`
		Label  string `db:"label_id"`
	}
	if err := sqlx.SelectContext(ctx, q, &found, labelsOf, company, pq.Array(ids)); err != nil {
		return fmt.Errorf("labels of tickets: %w", err)
	}
	on := map[string][]string{} // by label
	for _, one := range found {
		on[one.Label] = append(on[one.Label], one.Ticket)
	}
	if len(on) == 0 {
		return nil
	}
	var labels []Label
	if err := sqlx.SelectContext(ctx, q, &labels, named, company, pq.Array(slices.Collect(maps.Keys(on)))); err != nil {
		return fmt.Errorf("names of labels: %w", err)
	}
	for _, label := range labels {
		for n := range all {
			if slices.Contains(on[label.ID], all[n].ID) {
				all[n].Labels = append(all[n].Labels, label)
			}
		}
	}
	return nil
}

const teamLabels = `select id, name from labels where company_id = $1 and team_id = $2 order by lower(name), id`

// Labels are a team's, by name.
func (d Desk) Labels(ctx context.Context, who staff.Principal, team string) ([]Label, error) {
	found := []Label{}
	if err := sqlx.SelectContext(ctx, d.DB, &found, teamLabels, who.CompanyID, team); err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	return found, nil
}

const addLabel = `insert into labels (company_id, id, team_id, name) values ($1, $2, $3, $4) on conflict (company_id, team_id, lower(name)) do nothing`

// AddLabel adds a label to the team's list. One of that name, in capitals or not, is
// a *settings.Conflict.
func (d Desk) AddLabel(ctx context.Context, who staff.Principal, team string, l Label) (Label, error) {
	l.ID, l.Name = uuid.Must(uuid.NewV7()).String(), strings.Join(strings.Fields(l.Name), " ")
	return l, d.addLabel(ctx, who, team, l)
}

func (d Desk) addLabel(ctx context.Context, who staff.Principal, team string, l Label) error {
	if err := shaped(l); err != nil {
		return err
	}
	return transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) error {
		if err := lockTeam(ctx, tx, who.CompanyID, team); err != nil {
			return err
		}
		var there []Label
		if err := sqlx.SelectContext(ctx, tx, &there, teamLabels, who.CompanyID, team); err != nil {
			return fmt.Errorf("labels: %w", err)
		}
		if len(there) >= maxLabels {
			return settings.NewConflict("name", "label_most", "Count", maxLabels)
		}
		done, err := tx.ExecContext(ctx, addLabel, who.CompanyID, l.ID, team, l.Name)
		if err != nil {
			return fmt.Errorf("add a label: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, settings.NewConflict("name", "label_taken"))
		}
		return settings.Note(ctx, tx, who.CompanyID, team, who.Who, "label", l.ID, nil, l.noted())
	})
}

// lockTeam keeps others from counting the team's labels at the same moment.
func lockTeam(ctx context.Context, tx *sqlx.Tx, company, team string) error {
	var id string
	err := tx.GetContext(ctx, &id, `select id from teams where company_id = $1 and id = $2 for no key update`, company, team)
	if errors.Is(err, sql.ErrNoRows) {
		err = settings.ErrNotFound
	}
	return err
}

const (
	dropLabel = `delete from labels where company_id = $1 and team_id = $2 and id = $3 returning name`
	takeOff   = `delete from ticket_labels where company_id = $1 and label_id = $2`
)

// DropLabel takes a label from the team's list, and from all tickets that have it.
func (d Desk) DropLabel(ctx context.Context, who staff.Principal, team, id string) error {
	if !settings.IsID(id) {
		return settings.ErrNotFound
	}
	return transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) error {
		var name string
		err := tx.GetContext(ctx, &name, dropLabel, who.CompanyID, team, id)
		if errors.Is(err, sql.ErrNoRows) {
			return settings.ErrNotFound
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, takeOff, who.CompanyID, id)
		}
		if err != nil {
			return fmt.Errorf("label %s: drop: %w", id, err)
		}
		return settings.Note(ctx, tx, who.CompanyID, team, who.Who, "label", id, Label{Name: name}.noted(), nil)
	})
}

// LabelChange is which labels of the team go on a ticket and which come off, by id.
// Either is as good when it is so already.
type LabelChange struct {
	Add    []string `json:"add,omitempty" maxItems:"50"`
	Remove []string `json:"remove,omitempty" maxItems:"50"`
}

const (
	putLabels = `
insert into ticket_labels (company_id, ticket_id, label_id) select $1, $2, unnest($3::uuid[])
on conflict do nothing`

	removeLabels = `delete from ticket_labels where company_id = $1 and ticket_id = $2 and label_id = any($3::uuid[])`

	keepLabels = `select id, name from labels where company_id = $1 and team_id = $2 for key share`
)

// LabelTicket puts labels on a ticket, and takes some off.
func (d Desk) LabelTicket(ctx context.Context, who staff.Principal, team, ticket string, c LabelChange) (Ticket, error) {
	if err := shaped(c); err != nil {
		return Ticket{}, err
	}
	var after Ticket
	err := d.onTicket(ctx, who.CompanyID, team, ticket, func(tx *sqlx.Tx, kept tickets.Ticket) error {
		before, err := FindTicket(ctx, tx, who.CompanyID, team, kept.ID)
		if err != nil {
			return err
		}
		if err := c.make(ctx, tx, kept); err != nil {
			return err
		}
		after, err = FindTicket(ctx, tx, who.CompanyID, team, kept.ID)
		after.Undo = undoOf(before, after, false)
		return err
	})
	return after, err
}

func (c LabelChange) make(ctx context.Context, tx *sqlx.Tx, kept tickets.Ticket) error {
	var there []Label // which nobody takes from the list meanwhile
	if err := tx.SelectContext(ctx, &there, keepLabels, kept.CompanyID, kept.TeamID); err != nil {
		return fmt.Errorf("labels: %w", err)
	}
	if err := errors.Join(known("add", c.Add, there), known("remove", c.Remove, there)); err != nil {
		return err
	}
	for _, one := range []struct {
		query string
		ids   []string
	}{{putLabels, c.Add}, {removeLabels, c.Remove}} {
		if _, err := tx.ExecContext(ctx, one.query, kept.CompanyID, kept.ID, pq.Array(one.ids)); err != nil {
			return fmt.Errorf("ticket %s: labels: %w", kept.ID, err)
		}
	}
	return nil
}

// known refuses what is none of the team's labels.
func known(field string, ids []string, there []Label) error {
	var wrong settings.Invalid
	for n, id := range ids {
		wrong.Add(!slices.ContainsFunc(there, func(l Label) bool { return l.ID == id }), fmt.Sprintf("%s[%d]", field, n), "nothing_there")
	}
	return wrong.Err()
}
