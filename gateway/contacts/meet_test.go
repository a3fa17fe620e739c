package contacts_test

import (
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
)

// TestAddressKind: text, call and WhatsApp share phone numbers; only who shows
// none is known otherwise.
func TestAddressKind(t *testing.T) {
	for _, c := range []struct {
		channel channels.Kind
		address string
		want    string
	}{
		{channels.SMS, "+13125550142", "phone"},
		{channels.Voice, "+13125550142", "phone"},
		{channels.WhatsAppTwilio, "+13125550142", "phone"},
		{channels.WhatsAppCloud, "+13125550142", "phone"},
		{channels.WhatsAppCloud, "US.13491208655302741918", "whatsapp"},
		{channels.WhatsAppTwilio, "US.13491208655302741918", "whatsapp"},
		{channels.SMS, "SUPPORT", "phone"},
		{channels.SMS, "72345", "phone"},
		{channels.WebChat, "visitor-1", "visitor"},
		{channels.WebChat, "+13125550142", "visitor"},
		{channels.WhatsAppCloud, "", "phone"},
	} {
		require.Equal(t, c.want, contacts.AddressKind(c.channel, c.address), "%s %s", c.channel, c.address)
	}
}

func TestOnePersonOnEveryChannelOfANumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const number, id = "+13125550142", "US.13491208655302741918"
	texted := w.meet(t, w.service, w.first, channels.SMS, number, "")
	for _, channel := range []channels.Kind{channels.Voice, channels.WhatsAppTwilio, channels.WhatsAppCloud} {
		require.Equal(t, texted.ID, w.meet(t, w.service, w.first, channel, number, "").ID, channel)
	}
	require.Equal(t, texted.ID, w.meet(t, w.sales, w.others, channels.SMS, number, "").ID, "the company's teams know one person")
	require.NotEqual(t, texted.ID, w.meet(t, w.service, w.first, channels.WhatsAppCloud, id, "").ID)
	require.NotEqual(t, texted.ID, w.meet(t, w.service, w.first, channels.WebChat, number, "").ID, "a visitor may call themselves anything")
	other := newCompany(t, w.db)
	require.NotEqual(t, texted.ID, other.texts(t, number).ID, "another company's customer is another")
}

func TestTheNameThatAPersonCameWithStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, "Joe", w.meet(t, w.service, w.first, channels.WhatsAppCloud, "+13125550142", "Joe").Name)
	require.Equal(t, "Joe", w.meet(t, w.service, w.first, channels.WhatsAppCloud, "+13125550142", "🔥🔥🔥").Name)
	require.Equal(t, "Joe", w.meet(t, w.service, w.first, channels.SMS, "+13125550142", "").Name)
}

// TestManyMeetOnePersonAtOnce: replicas that hear of somebody new in the same
// moment make one contact.
func TestManyMeetOnePersonAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := make([]string, 8)
	var all sync.WaitGroup
	for n := range ids {
		all.Go(func() {
			tx, err := w.db.Beginx()
			if err != nil {
				return
			}
			defer func() { _ = tx.Rollback() }()
			c, err := contacts.FindOrCreate(t.Context(), tx, w.company, w.service, w.first, channels.SMS, "+13125550142", "")
			if err == nil && tx.Commit() == nil {
				ids[n] = c.ID
			}
		})
	}
	all.Wait()
	require.NotEmpty(t, ids[0])
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
	require.Equal(t, 1, w.count(t, `select count(*) from contacts where company_id = $1`, w.company))
}

// TestWhoMeetsAPersonHoldsThem: nobody else handles the same contact and team
// until that is done; another team may.
func TestWhoMeetsAPersonHoldsThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.texts(t, "+13125550142")
	w.meet(t, w.sales, w.others, channels.SMS, "+13125550142", "")
	for name, hold := range map[string]func(*sqlx.Tx) error{
		"met": func(tx *sqlx.Tx) error {
			_, err := contacts.FindOrCreate(t.Context(), tx, w.company, w.service, w.first, channels.SMS, "+13125550142", "")
			return err
		},
		"spoken to": func(tx *sqlx.Tx) error {
			_, err := contacts.Lock(t.Context(), tx, w.company, w.service, c.ID, w.first, channels.SMS, "+13125550142")
			return err
		},
		"changed": func(tx *sqlx.Tx) error {
			_, err := contacts.Change(t.Context(), tx, w.actor(w.service), c.ID, func(*contacts.Card) error { return nil })
			return err
		},
	} {
		tx, err := w.db.Beginx()
		require.NoError(t, err)
		require.NoError(t, hold(tx), name)
		taken := func(team string) bool {
			var one int
			err := w.db.Get(&one, `select 1 from standings where company_id = $1 and team_id = $2 and contact_id = $3 for update nowait`, w.company, team, c.ID)
			if err == nil {
				return false
			}
			var refused *pq.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, pqerror.Code("55P03"), refused.Code)
			return true
		}
		require.True(t, taken(w.service), name)
		require.False(t, taken(w.sales), name)
		require.NoError(t, tx.Rollback())
		require.False(t, taken(w.service), name)
	}
}

// TestWhatStandsInTheWay: meeting a person and speaking to them tell the same
// reasons to be silent.
func TestWhatStandsInTheWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const number = "+13125550142"
	type said struct{ out, senderOut, blocked, unreachable, ours, paused, spoke bool }
	look := func(c contacts.Contact) said {
		return said{c.OptedOutAt != nil, c.SenderOutAt != nil, c.BlockedAt != nil, c.UnreachableAt != nil, c.Ours, c.PausedUntil != nil, c.AdvisorAt != nil}
	}
	id := w.texts(t, number).ID
	for _, c := range []struct {
		name   string
		happen func()
		want   said // to the service, from its first number
		second said // from its second
		sales  said
	}{
		{"nothing", func() {}, said{}, said{}, said{}},
		{"the carrier stops one sender", func() { w.consents(t, w.service, id, w.first, true, noon) }, said{senderOut: true}, said{}, said{}},
		{"STOP", func() { w.consents(t, w.service, id, "", true, noon) }, said{out: true, senderOut: true}, said{out: true}, said{}},
		{"START lifts both", func() { w.consents(t, w.service, id, "", false, noon) }, said{}, said{}, said{}},
		{
			"a block is the company's", func() { w.exec(t, `update contacts set blocked_at = $2 where id = $1`, id, noon) },
			said{blocked: true},
			said{blocked: true},
			said{blocked: true},
		},
		{"a landline is so for all", func() {
			require.NoError(t, contacts.Unreachable(t.Context(), w.db, w.company, "phone", number, "30006", noon))
		}, said{blocked: true, unreachable: true}, said{blocked: true, unreachable: true}, said{blocked: true, unreachable: true}},
		{"a pause is the team's", func() {
			require.NoError(t, contacts.Pause(t.Context(), w.db, w.company, w.sales, id, noon.Add(time.Hour)))
		}, said{blocked: true, unreachable: true}, said{blocked: true, unreachable: true}, said{blocked: true, unreachable: true, paused: true}},
		{"an advisor wrote", func() {
			require.NoError(t, contacts.AdvisorSpoke(t.Context(), w.db, w.company, w.service, id, noon))
		}, said{blocked: true, unreachable: true, spoke: true}, said{blocked: true, unreachable: true, spoke: true}, said{blocked: true, unreachable: true, paused: true}},
	} {
		c.happen()
		for _, from := range []struct {
			team, sender string
			want         said
		}{{w.service, w.first, c.want}, {w.service, w.second, c.second}, {w.sales, w.others, c.sales}} {
			require.Equal(t, from.want, look(w.meet(t, from.team, from.sender, channels.SMS, number, "")), c.name)
			w.inTx(t, func(tx *sqlx.Tx) error {
				known, err := contacts.Lock(t.Context(), tx, w.company, from.team, id, from.sender, channels.SMS, number)
				require.Equal(t, from.want, look(known), c.name)
				return err
			})
		}
	}
	require.True(t, w.texts(t, "+15005550006").Ours, "a number of ours could talk to us for ever")
}

// TestAnUnreachableAddressKeepsItsFirstReason, and other addresses of the
// person go on.
func TestAnUnreachableAddressKeepsItsFirstReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.texts(t, "+13125550142")
	w.links(t, channels.SMS, "+13125550142", "+13125550143")
	for n, code := range []string{"30006", "21614"} {
		require.NoError(t, contacts.Unreachable(t.Context(), w.db, w.company, "phone", "+13125550142", code, noon.Add(time.Duration(n)*time.Hour)))
	}
	require.True(t, w.texts(t, "+13125550142").UnreachableAt.Equal(noon))
	require.Nil(t, w.texts(t, "+13125550143").UnreachableAt)
	require.Equal(t, 1, w.count(t, `select count(*) from addresses where company_id = $1 and unreachable_for = '30006'`, w.company))
}

func TestWhenAnAdvisorSpokeOnlyRises(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.texts(t, "+13125550142")
	for _, minutes := range []int{5, 9, 2, 7} { // as callbacks may come
		require.NoError(t, contacts.AdvisorSpoke(t.Context(), w.db, w.company, w.service, c.ID, noon.Add(time.Duration(minutes)*time.Minute)))
	}
	require.True(t, w.texts(t, "+13125550142").AdvisorAt.Equal(noon.Add(9*time.Minute)))
}

func TestEachWithheldCallIsACallerOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []string
	for range 2 {
		w.inTx(t, func(tx *sqlx.Tx) error {
			c, err := contacts.Nameless(t.Context(), tx, w.company, w.service)
			ids = append(ids, c.ID)
			return err
		})
	}
	require.NotEqual(t, ids[0], ids[1])
	for _, id := range ids {
		card, err := contacts.Find(t.Context(), w.db, w.company, w.service, id)
		require.NoError(t, err)
		require.Empty(t, card.Addresses)
	}
}
