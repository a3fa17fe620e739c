package contacts_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// What may be an opt-out is asked about until it is settled: it stands through a
// merge with somebody who is opted out or not, the first one stays, and what a single
// sender's carrier tells settles nothing.
func TestRefusalInDoubt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const number, other = "+13125550142", "+13125550143"
	c := w.texts(t, number)
	doubt := func(contact, words string) {
		t.Helper()
		require.NoError(t, contacts.Doubt(t.Context(), w.db, w.company, w.service, contact, contacts.Refusal{At: noon, Words: words, Event: uuid.NewString()}))
	}
	said := func(contact string) *contacts.Refusal {
		t.Helper()
		card, err := contacts.Find(t.Context(), w.db, w.company, w.service, contact)
		require.NoError(t, err)
		return card.Refusal
	}
	require.Nil(t, said(c.ID))
	doubt(c.ID, "stop texting me at night")
	doubt(c.ID, "stop texting me in English")
	require.Equal(t, "stop texting me at night", said(c.ID).Words)
	require.NotNil(t, w.meet(t, w.service, w.first, channels.SMS, number, "").NearRefusalAt)
	require.Nil(t, w.meet(t, w.sales, w.others, channels.SMS, number, "").NearRefusalAt, "of one team")
	w.consents(t, w.service, c.ID, w.first, true, noon)
	require.NotNil(t, said(c.ID), "a carrier's block is no word of theirs")

	into := w.texts(t, other)
	by := contacts.Actor{CompanyID: w.company, TeamID: w.service, Who: "Ana", At: noon.Add(time.Hour)}
	_, err := contacts.Merge(t.Context(), w.db, by, c.ID, into.ID)
	require.NoError(t, err)
	require.Equal(t, "stop texting me at night", said(into.ID).Words)

	tx := w.db.MustBegin()
	defer func() { _ = tx.Rollback() }()
	_, err = contacts.SettleRefusal(t.Context(), tx, by, uuid.NewString(), true)
	require.ErrorIs(t, err, settings.ErrNotFound)
	card, err := contacts.SettleRefusal(t.Context(), tx, by, into.ID, true)
	require.NoError(t, err)
	require.True(t, card.OptedOut)
	require.Nil(t, card.Refusal)
	var conflict *settings.Conflict
	_, err = contacts.SettleRefusal(t.Context(), tx, by, into.ID, false)
	require.ErrorAs(t, err, &conflict)
	require.NoError(t, tx.Commit())
	evidence, err := contacts.ListEvidence(t.Context(), w.db, w.company, w.service, into.ID, "", 1)
	require.NoError(t, err)
	require.Equal(t, []any{"stop texting me at night", "Ana", true, true}, []any{evidence[0].Words, evidence[0].Who, evidence[0].OptedOut, evidence[0].Event != nil})

	doubt(into.ID, "stop it")
	require.Nil(t, said(into.ID), "who has opted out was understood")
}
