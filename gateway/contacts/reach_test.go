package contacts_test

import (
	"errors"
	"testing"
	"time"

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
	require.Equal(t, 1, w.count(t, `select count(*) from standings where team_id = $1 and contact_id = $2 and opted_out_at is not null`, w.service, dana.ID))
	_, err = contacts.Find(t.Context(), w.db, w.company, w.service, dana.ID)
	require.ErrorIs(t, err, settings.ErrNotFound, "and shows nothing of them")
	told, err := contacts.ListEvidence(t.Context(), w.db, w.company, w.service, "", "", 10)
	require.NoError(t, err)
	require.Equal(t, []any{"", ""}, []any{told[0].Name, told[0].Address})
	require.False(t, isShared(change(contacts.Actor{CompanyID: w.company, TeamID: w.sales, Reach: []string{w.sales}, Who: "Ann", At: noon}, dana.ID, block)))
	w.meet(t, w.service, w.first, channels.SMS, theirs, "")
	card, err = contacts.Find(t.Context(), w.db, w.company, w.service, dana.ID)
	require.NoError(t, err)
	require.Equal(t, []any{"Dana", true}, []any{card.Name, card.OptedOut}, "once they write, they are met, and still opted out")
}

// TestAnOptInOfAllMeetsNobody: where a STOP of the whole company is lifted for one team,
// it goes on for the others, who learn of nobody by that.
func TestAnOptInOfAllMeetsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dana := w.texts(t, "+13125550101")
	w.exec(t, `update companies set opt_out_scope = 'company' where id = $1`, w.company)
	w.consents(t, w.service, dana.ID, "", true, noon)
	w.exec(t, `update companies set opt_out_scope = 'team' where id = $1`, w.company)
	w.consents(t, w.service, dana.ID, "", false, noon.Add(time.Hour))
	require.Equal(t, 1, w.count(t, `select count(*) from standings where team_id = $1 and contact_id = $2 and opted_out_at is not null`, w.sales, dana.ID))
	_, err := contacts.Find(t.Context(), w.db, w.company, w.sales, dana.ID)
	require.ErrorIs(t, err, settings.ErrNotFound)
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
