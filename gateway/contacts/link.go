package contacts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	number "ringback/channels/phone"
	"ringback/gateway/rules"
)

const owners = `
select contact_id, count(*) as addresses from addresses where company_id = $1 and (kind, address) in (select * from unnest($2::text[], $3::text[]))
group by contact_id order by bool_or(kind = $4 and address = $5) desc, min(created_at), contact_id`

// LinkAddresses holds that several addresses are one person's, as their provider says:
// a number and a user id, or an old number and a new one; or as the number
// itself says, where it is written in another way than it is dialed. Who is
// known by one of them is given the others, and two contacts who turn out to be
// one are merged. An error may be that one of them is in use at this moment.
func LinkAddresses(ctx context.Context, tx *sqlx.Tx, by Actor, channel channels.Kind, address, name string, also []string) error {
	all := Forms(channel, append([]string{address}, also...)...)
	if len(all) == 1 {
		return nil
	}
	kinds := make(pq.StringArray, len(all))
	for i, a := range all {
		kinds[i] = AddressKind(channel, a)
		if strings.HasPrefix(a, "+") { // also one that a website vouches for
			kinds[i] = phone
		}
	}
	var found []owner
	if err := tx.SelectContext(ctx, &found, owners, by.CompanyID, kinds, pq.StringArray(all), kinds[0], address); err != nil {
		return fmt.Errorf("contact of %s %s: %w", kinds[0], mask(address), err)
	}
	if len(found) == 0 { // the address makes a contact, to whom the others are given
		if err := add(ctx, tx, by.CompanyID, "", []Customer{{Kind: kinds[0], Address: address, Name: name}}); err != nil {
			return err
		}
		return LinkAddresses(ctx, tx, by, channel, address, name, also)
	}
	into := found[0].ContactID
	if found[0].Addresses == len(all) { // they are known to be one person's
		return nil
	}
	for _, other := range found[1:] {
		if err := by.mergeSame(ctx, tx, other.ContactID, into); err != nil {
			return fmt.Errorf("merge contact %s into %s: %w", other.ContactID, into, err)
		}
	}
	if _, err := tx.ExecContext(ctx, addAddresses, by.CompanyID, into, kinds, pq.StringArray(all)); err != nil {
		return fmt.Errorf("contact %s: addresses: %w", into, err)
	}
	return nil
}

// owner is a contact who has so many of the addresses.
type owner struct {
	ContactID string `db:"contact_id"`
	Addresses int
}

// Forms are a person's addresses on a channel, and the forms in which their
// numbers are dialed beside them, each once.
func Forms(channel channels.Kind, addresses ...string) []string {
	var all []string
	for _, a := range addresses {
		dialed := number.Dialable(a)
		if rules.OnWhatsApp(channel) {
			dialed = number.OfWhatsApp(a)
		}
		for _, one := range []string{a, dialed} {
			if !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

// mergeSame is Merge within a transaction that is under way, of two contacts
// who need not be known to the same teams.
func (by Actor) mergeSame(ctx context.Context, tx *sqlx.Tx, from, into string) error {
	var there []string
	if err := tx.SelectContext(ctx, &there, lockContacts, by.CompanyID, pq.Array([]string{from, into})); err != nil {
		return err
	}
	var standings []standing
	if err := tx.SelectContext(ctx, &standings, lockStandings, by.CompanyID, pq.Array([]string{from, into})); err != nil {
		return err
	}
	return by.merge(ctx, tx, standings, from, into)
}
