package contacts

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
)

// A contact is one person in the whole company, and each team sees those whom it has
// met: who wrote or called, or whom the staff wrote to or added. A number that a
// stranger typed makes nobody met, and neither does an opt-out. What one team says of them can harm another: whom a block keeps from everybody,
// and whom an address leads to what the other team tells. That is for whoever reaches
// all the teams that have met them.

const metBeyond = `
select exists (select from standings where company_id = $1 and contact_id = $2 and met
	and team_id = any(array(select id from teams where company_id = $1 and id <> all($3::uuid[]))))`

// metBeyond reports whether a team has met the contact that the actor does not reach.
func (by Actor) metBeyond(ctx context.Context, q sqlx.QueryerContext, contact string) (bool, error) {
	if by.Reach == nil {
		return false, nil
	}
	var yes bool
	if err := sqlx.GetContext(ctx, q, &yes, metBeyond, by.CompanyID, contact, pq.Array(by.Reach)); err != nil {
		return false, fmt.Errorf("contact %s: who has met them: %w", contact, err)
	}
	return yes, nil
}

// mayChange refuses what would reach other teams' work with the contact.
func (by Actor) mayChange(ctx context.Context, q sqlx.QueryerContext, before, after Card) error {
	field := ""
	switch {
	case after.Blocked != before.Blocked:
		field = "blocked"
	case !slices.EqualFunc(after.Addresses, before.Addresses, Address.same):
		field = "addresses"
	default:
		return nil
	}
	beyond, err := by.metBeyond(ctx, q, before.ID)
	if err == nil && beyond {
		err = settings.NewConflict(field, "contact_shared")
	}
	return err
}

// mayMerge refuses to give a person of other teams the addresses of another, or to
// take theirs. Somebody without any takes nothing along.
func (by Actor) mayMerge(ctx context.Context, q sqlx.QueryerContext, from, into Card) error {
	for _, c := range []Card{from, into} {
		beyond, err := by.metBeyond(ctx, q, c.ID)
		if err == nil && beyond && (c.ID == from.ID || len(from.Addresses) > 0) {
			err = settings.NewConflict("into", "contact_shared")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
