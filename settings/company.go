package settings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings/fault"
	"ringback/settings/transaction"
)

// Company is a tenant: nothing of one is ever seen by another.
type Company struct {
	ID   string `db:"id" json:"id" readOnly:"true"`
	Name string `db:"name" json:"name" minLength:"1" maxLength:"100" doc:"As customers see it at the beginning of a text"`

	ContactPerHour int `db:"contact_per_hour" json:"contact_per_hour" required:"false" minimum:"0" maximum:"1000" doc:"At most so many automatic messages to one person in an hour, over all teams"`
	ContactPerDay  int `db:"contact_per_day" json:"contact_per_day" required:"false" minimum:"0" maximum:"1000" doc:"And in a day"`

	SegmentPrice float64 `db:"segment_price" json:"segment_price" required:"false" minimum:"0" maximum:"100" doc:"What one segment of an SMS costs, for the reports; 0: not said"`
	Currency     string  `db:"currency" json:"currency" required:"false" maxLength:"3" example:"USD" doc:"Of that price: three letters of ISO 4217; empty with a price of 0"`
	OptOutScope  string  `db:"opt_out_scope" json:"opt_out_scope" required:"false" enum:"sender,team,company" doc:"How far a customer’s STOP reaches: the sender they wrote it to, the team, or the whole company. What was said before a change keeps its reach"`
	SecondFactor string  `db:"second_factor" json:"second_factor" required:"false" enum:"optional,required" doc:"Whether everybody who signs in with a password needs a second factor"`

	CreatedAt time.Time `db:"created_at" json:"created_at" readOnly:"true"`
	UpdatedAt time.Time `db:"updated_at" json:"updated_at" readOnly:"true"`
}

const companyColumns = `id, name, contact_per_hour, contact_per_day, segment_price, currency, opt_out_scope, second_factor, created_at, updated_at`

const firstCompany = `select ` + companyColumns + ` from companies order by created_at, id limit 1`

const insertCompany = `
insert into companies (id, name) values ($1, $2) returning ` + companyColumns

// one number for all replicas that start at once on an empty database
const lockCompanies = `select pg_advisory_xact_lock(7305281)`

// EnsureCompany returns the first company, which owns the bootstrap key, and
// makes it when there is none. Replicas may call it at once.
func EnsureCompany(ctx context.Context, db *sqlx.DB, name string) (Company, error) {
	var c Company
	err := transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, lockCompanies); err != nil {
			return err
		}
		err := get(ctx, tx, &c, firstCompany)
		if errors.Is(err, ErrNotFound) {
			return get(ctx, tx, &c, insertCompany, newID(), name)
		}
		return err
	})
	return c, wrap(err, "the first company")
}

const findCompany = `select ` + companyColumns + ` from companies where id = $1`

// FindCompany returns the company of that id.
func FindCompany(ctx context.Context, q sqlx.QueryerContext, id string) (Company, error) {
	var c Company
	err := get(ctx, q, &c, findCompany, id)
	return c, wrap(err, "company "+id)
}

const updateCompany = `
update companies set name = $2, contact_per_hour = $3, contact_per_day = $4, segment_price = $5, currency = $6, second_factor = $7, opt_out_scope = $8, updated_at = now()
where id = $1 returning ` + companyColumns

const moveAllVersions = `update teams set version = version + 1 where company_id = $1`

// RenameCompany changes the name that customers see, for all its teams.
func RenameCompany(ctx context.Context, db *sqlx.DB, id, who, name string) (Company, error) {
	return ChangeCompany(ctx, db, id, who, func(c *Company) error {
		c.Name = name
		return nil
	})
}

// ChangeCompany runs the change of the company and stores what comes of it.
func ChangeCompany(ctx context.Context, db *sqlx.DB, id, who string, change func(*Company) error) (Company, error) {
	var c Company
	err := transaction.Run(ctx, db, func(tx *sqlx.Tx) (err error) {
		c, err = changeCompany(ctx, tx, id, who, change)
		return err
	})
	return c, wrap(err, "company "+id)
}

func changeCompany(ctx context.Context, tx *sqlx.Tx, id, who string, change func(*Company) error) (Company, error) {
	var before Company
	if err := get(ctx, tx, &before, findCompany+` for no key update`, id); err != nil {
		return before, err
	}
	c := before
	looked := change(&c)
	c.ID = id
	if err := fault.Together(looked, c.check()); err != nil {
		return before, err
	}
	if c.Name != before.Name {
		var teams []Team
		if err := sqlx.SelectContext(ctx, tx, &teams, `select `+teamColumns+` from teams where company_id = $1`, id); err != nil {
			return before, wrap(err, "teams")
		}
		all := make(map[string]renaming, len(teams))
		for _, t := range teams {
			all[t.ID] = renaming{before.Name, c.Name, t, t}
		}
		if err := fit(ctx, tx, id, "name", all); err != nil {
			return before, err
		}
	}
	changed, err := record(ctx, tx, id, nil, who, "company", id, before, c)
	if err != nil || !changed {
		return before, err
	}
	if err := get(ctx, tx, &c, updateCompany, id, c.Name, c.ContactPerHour, c.ContactPerDay, c.SegmentPrice, c.Currency, c.SecondFactor, c.OptOutScope); err != nil {
		return c, err
	}
	_, err = tx.ExecContext(ctx, moveAllVersions, id)
	return c, err
}

func (c Company) check() error {
	var wrong Invalid
	_ = wrong.Take(CheckName("name", c.Name)) // it knows no other errors
	for field, n := range map[string]int{"contact_per_hour": c.ContactPerHour, "contact_per_day": c.ContactPerDay} {
		wrong.Add(n < 0 || n > 1000, field, "range", "From", 0, "To", 1000)
	}
	wrong.Add(!slices.Contains([]string{SecondFactorOptional, SecondFactorRequired}, c.SecondFactor), "second_factor", "not_one_of", "List", []string{SecondFactorOptional, SecondFactorRequired})
	wrong.Add(!slices.Contains(OptOutScopes, c.OptOutScope), "opt_out_scope", "not_one_of", "List", OptOutScopes)
	wrong.Add(c.SegmentPrice < 0, "segment_price", "too_low", "Limit", 0)
	wrong.Add(c.SegmentPrice > 100, "segment_price", "too_high", "Limit", 100)
	if c.Currency == "" {
		wrong.Add(c.SegmentPrice > 0, "currency", "currency")
		return wrong.Err()
	}
	code, err := Currency(c.Currency)
	wrong.Add(err != nil || code != c.Currency, "currency", "currency")
	return wrong.Err()
}

// OptOutScopes are how far a STOP may reach.
var OptOutScopes = []string{"sender", "team", "company"}

// What a company wants of a second factor.
const (
	SecondFactorOptional = "optional"
	SecondFactorRequired = "required"
)

// wrap names what an error is about; nil stays nil.
func wrap(err error, about string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", about, err)
}
