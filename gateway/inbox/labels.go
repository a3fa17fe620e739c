package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// Label is a word by which a team sorts its tickets.
type Label struct {
	ID   string `db:"id" json:"id" readOnly:"true"`
	Name string `db:"name" json:"name" minLength:"1" maxLength:"40"`
}

// maxLabels is how many a team has at most: a list that one chooses from.
const maxLabels = 50

const labelsOf = `
select h.ticket_id, l.id, l.name from unnest($2::uuid[]) h (ticket_id)
cross join lateral (select label_id from ticket_labels where company_id = $1 and ticket_id = h.ticket_id offset 0) i
join labels l on l.company_id = $1 and l.id = i.label_id order by lower(l.name), l.id`

// labelled gives the tickets their labels, each looked up by itself.
func labelled(ctx context.Context, q sqlx.QueryerContext, company string, all []Ticket) error {
	at, ids := map[string]*Ticket{}, make([]string, len(all))
	for n := range all {
		all[n].Labels, ids[n], at[all[n].ID] = []Label{}, all[n].ID, &all[n]
	}
	if len(all) == 0 {
		return nil
	}
	var found []struct {
		Ticket string `db:"ticket_id"`
		Label
	}
	if err := sqlx.SelectContext(ctx, q, &found, labelsOf, company, pq.Array(ids)); err != nil {
		return fmt.Errorf("labels of tickets: %w", err)
	}
	for _, one := range found {
		at[one.Ticket].Labels = append(at[one.Ticket].Labels, one.Label)
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
	if err := shaped(l); err != nil {
		return l, err
	}
	return l, d.inTx(ctx, func(tx *sqlx.Tx) error {
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
		return settings.Note(ctx, tx, who.CompanyID, team, who.Who, "label", l.ID, nil, map[string]string{"name": l.Name})
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
	if uuid.Validate(id) != nil {
		return settings.ErrNotFound
	}
	return d.inTx(ctx, func(tx *sqlx.Tx) error {
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
		return settings.Note(ctx, tx, who.CompanyID, team, who.Who, "label", id, map[string]string{"name": name}, nil)
	})
}

const (
	putLabel = `
insert into ticket_labels (company_id, ticket_id, label_id)
select company_id, $4, id from labels where company_id = $1 and team_id = $2 and id = $3 for key share
on conflict do nothing`

	isLabel     = `select exists (select from labels where company_id = $1 and team_id = $2 and id = $3)`
	removeLabel = `delete from ticket_labels where company_id = $1 and ticket_id = $2 and label_id = $3`
)

// PutLabel puts one of the team's labels on a ticket, or takes it off; either is as
// good when it is so already.
func (d Desk) PutLabel(ctx context.Context, who staff.Principal, team, ticket, label string, on bool) (Ticket, error) {
	if uuid.Validate(label) != nil {
		return Ticket{}, settings.ErrNotFound
	}
	var after Ticket
	err := d.onTicket(ctx, who.CompanyID, team, ticket, func(tx *sqlx.Tx, kept tickets.Ticket) error {
		var there bool
		err := tx.GetContext(ctx, &there, isLabel, who.CompanyID, team, label)
		switch {
		case err == nil && !there:
			return settings.ErrNotFound
		case err == nil && on:
			_, err = tx.ExecContext(ctx, putLabel, who.CompanyID, team, label, kept.ID)
		case err == nil:
			_, err = tx.ExecContext(ctx, removeLabel, who.CompanyID, kept.ID, label)
		}
		if err != nil {
			return fmt.Errorf("ticket %s: label: %w", kept.ID, err)
		}
		after, err = FindTicket(ctx, tx, who.CompanyID, team, kept.ID)
		return err
	})
	return after, err
}
