package contacts_test

import (
	"errors"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// TestOtherTeamsCustomersAreTheirs: an advisor of one team neither learns of the other's
// customers by a list, nor does to those of both what the other would feel.
func TestOtherTeamsCustomersAreTheirs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const theirs, both = "+13125550101", "+13125550102"
	dana := w.meet(t, w.sales, w.others, channels.SMS, theirs, "Dana")
	ben := w.meet(t, w.sales, w.others, channels.SMS, both, "Ben")
	w.meet(t, w.service, w.first, channels.SMS, both, "")
	own := w.texts(t, "+13125550103")
	advisor, admin := w.actor(w.service), w.actor(w.service)
	advisor.Reach = []string{w.service}
	manager := advisor
	manager.Reach = []string{w.service, w.sales}

	// A list tells nothing of them and changes nothing.
	done, err := contacts.Import(t.Context(), w.db, advisor, []contacts.Row{
		{Line: 2, Name: "Mallory", Phone: theirs}, {Line: 3, Name: "Benjamin", Phone: both}, {Line: 4, Name: "New", Phone: "+13125550104"},
	})
	require.NoError(t, err)
	require.Equal(t, contacts.Imported{Lines: 3, Created: 1, Updated: 1, Others: 1}, done)
	_, err = contacts.Find(t.Context(), w.db, w.company, w.service, dana.ID)
	require.ErrorIs(t, err, settings.ErrNotFound)
	card, err := contacts.Find(t.Context(), w.db, w.company, w.sales, dana.ID)
	require.NoError(t, err)
	require.Equal(t, "Dana", card.Name)
	_, err = contacts.Find(t.Context(), w.db, w.company, w.service, idOf(t, w, "+13125550104"))
	require.NoError(t, err, "whom nobody had met is theirs")

	// Whom both have met, one may name, and neither block nor give another number.
	change := func(by contacts.Actor, id string, f func(*contacts.Card)) error {
		tx, err := w.db.Beginx()
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		_, err = contacts.Change(t.Context(), tx, by, id, func(c *contacts.Card) error { f(c); return nil })
		return err
	}
	block := func(c *contacts.Card) { c.Blocked = true }
	move := func(c *contacts.Card) {
		c.Addresses = append(c.Addresses, contacts.Address{Kind: "phone", Address: "+13125550109"})
	}
	name := func(c *contacts.Card) { c.Name = "Benny" }
	for what, c := range map[string]struct {
		by     contacts.Actor
		who    string
		change func(*contacts.Card)
		shared bool
	}{
		"an advisor blocks": {advisor, ben.ID, block, true}, "an advisor adds a number": {advisor, ben.ID, move, true}, "an advisor names": {advisor, ben.ID, name, false},
		"a manager of both blocks": {manager, ben.ID, block, false}, "an admin moves": {admin, ben.ID, move, false},
		"an advisor blocks their own": {advisor, own.ID, block, false}, "an advisor moves their own": {advisor, own.ID, move, false},
	} {
		require.Equal(t, c.shared, isShared(change(c.by, c.who, c.change)), what)
	}

	// Merging is no way around it; somebody without an address takes nothing along.
	_, err = contacts.Merge(t.Context(), w.db, advisor, own.ID, ben.ID)
	require.True(t, isShared(err), "%v", err)
	_, err = contacts.Merge(t.Context(), w.db, advisor, ben.ID, own.ID)
	require.True(t, isShared(err), "%v", err)
	var nobody contacts.Contact
	w.inTx(t, func(tx *sqlx.Tx) (err error) {
		nobody, err = contacts.Unproven(t.Context(), tx, w.company, w.service, "Ben")
		return err
	})
	_, err = contacts.Merge(t.Context(), w.db, advisor, nobody.ID, ben.ID)
	require.NoError(t, err)
	_, err = contacts.Merge(t.Context(), w.db, admin, own.ID, ben.ID)
	require.NoError(t, err)

	// An opt-out goes before all of that.
	done, err = contacts.Import(t.Context(), w.db, advisor, []contacts.Row{{Line: 2, Name: "Mallory", Phone: theirs, OptedOut: true}})
	require.NoError(t, err)
	require.Equal(t, contacts.Imported{Lines: 1, OptedOut: 1, Others: 1}, done)
	card, err = contacts.Find(t.Context(), w.db, w.company, w.service, dana.ID)
	require.NoError(t, err)
	require.Equal(t, []any{"Dana", true}, []any{card.Name, card.OptedOut})
}

func isShared(err error) bool {
	var refused *settings.Conflict
	return errors.As(err, &refused) && refused.Code == "contact_shared"
}

func idOf(t *testing.T, w world, number string) (id string) {
	t.Helper()
	require.NoError(t, w.db.Get(&id, `select contact_id from addresses where company_id = $1 and address = $2`, w.company, number))
	return id
}
