package contacts_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
)

func (w world) create(c contacts.Card) (made contacts.Card, err error) {
	tx, err := w.db.Beginx()
	if err != nil {
		return made, err
	}
	defer func() { _ = tx.Rollback() }()
	if made, err = contacts.Create(context.Background(), tx, w.actor(w.service), c); err != nil {
		return made, err
	}
	return made, tx.Commit()
}

// TestWhatCannotBeACard: every fault is named at once, by its field.
func TestWhatCannotBeACard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	phone := func(numbers ...string) (list contacts.AddressList) {
		for _, n := range numbers {
			list = append(list, contacts.Address{Address: n})
		}
		return list
	}
	for name, c := range map[string]struct {
		card contacts.Card
		want []string
	}{
		"a name of two lines":       {contacts.Card{Name: "Joe\nSmith"}, []string{"name"}},
		"a language nobody speaks":  {contacts.Card{Language: "not a language"}, []string{"language"}},
		"not a number":              {contacts.Card{Addresses: phone("555")}, []string{"addresses[0].address"}},
		"a number without its plus": {contacts.Card{Addresses: phone("13125550142")}, []string{"addresses[0].address"}},
		"what stands for withheld":  {contacts.Card{Addresses: phone("+266696687")}, []string{"addresses[0].address"}},
		"twice the same":            {contacts.Card{Addresses: phone("+13125550142", "+13125550142")}, []string{"addresses[1].address"}},
		"the same as WhatsApp's":    {contacts.Card{Addresses: contacts.AddressList{{Address: "+13125550142"}, {Kind: "whatsapp", Address: "+13125550142"}}}, []string{"addresses[1].address"}},
		"no id of WhatsApp's":       {contacts.Card{Addresses: contacts.AddressList{{Kind: "whatsapp", Address: "joe"}}}, []string{"addresses[0].address"}},
		"a visitor with a space":    {contacts.Card{Addresses: contacts.AddressList{{Kind: "visitor", Address: "a b"}}}, []string{"addresses[0].address"}},
		"a visitor without an id":   {contacts.Card{Addresses: contacts.AddressList{{Kind: "visitor"}}}, []string{"addresses[0].address"}},
		"a visitor of 101 letters":  {contacts.Card{Addresses: contacts.AddressList{{Kind: "visitor", Address: strings.Repeat("a", 101)}}}, []string{"addresses[0].address"}},
		"all at once":               {contacts.Card{Name: "\t", Language: "??", Addresses: phone("+13125550142", "x", "y")}, []string{"name", "language", "addresses[1].address", "addresses[2].address"}},
	} {
		_, err := w.create(c.card)
		var faults settings.Invalid
		require.ErrorAs(t, err, &faults, name)
		var fields []string
		for _, f := range faults {
			fields = append(fields, f.Field)
		}
		require.Equal(t, c.want, fields, name)
	}
	require.Zero(t, w.count(t, `select count(*) from contacts where company_id = $1`, w.company))
}

func TestAnAddressIsOnePersonsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	joe, err := w.create(contacts.Card{Name: "Joe", Addresses: contacts.AddressList{{Address: "+13125550142"}}})
	require.NoError(t, err)
	_, err = w.create(contacts.Card{Name: "Ann", Addresses: contacts.AddressList{{Address: "+13125550143"}, {Address: "+13125550142"}}})
	var taken *settings.Conflict
	require.ErrorAs(t, err, &taken)
	require.Equal(t, "addresses[1].address", taken.Field)
	require.Equal(t, []string{"phone +13125550142"}, w.persons(t), "nothing of the new card is left")
	_, err = newCompany(t, w.db).create(contacts.Card{Name: "Ann", Addresses: contacts.AddressList{{Address: "+13125550142"}}})
	require.NoError(t, err, "another company's customer may have it")
	require.Equal(t, joe.ID, w.texts(t, "+13125550142").ID, "who texts is whose card it is")
}

// TestAChangedCard: a change in, the card out. What an address was known for
// goes with it only when it is taken away.
func TestAChangedCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	joe, err := w.create(contacts.Card{Name: "Joe", Addresses: contacts.AddressList{{Address: "+13125550142"}, {Kind: "visitor", Address: "v1"}}})
	require.NoError(t, err)
	require.NoError(t, contacts.Unreachable(t.Context(), w.db, w.company, "phone", "+13125550142", "30006", noon))
	change := func(at time.Time, change func(*contacts.Card)) contacts.Card {
		var c contacts.Card
		w.inTx(t, func(tx *sqlx.Tx) (err error) {
			by := w.actor(w.service)
			by.At = at
			c, err = contacts.Change(t.Context(), tx, by, joe.ID, func(c *contacts.Card) error { change(c); return nil })
			return err
		})
		return c
	}
	c := change(noon, func(c *contacts.Card) { c.ID, c.Name, c.Language = "another", "Joseph", "pl" })
	require.Equal(t, joe.ID, c.ID, "a card does not become another's")
	require.Equal(t, "Joseph", c.Name)
	require.Equal(t, "pl", c.Language)
	require.Equal(t, contacts.AddressList{{Kind: "phone", Address: "+13125550142", Unreachable: true}, {Kind: "visitor", Address: "v1"}}, c.Addresses)

	change(noon, func(c *contacts.Card) { c.Blocked = true })
	change(noon.Add(time.Hour), func(c *contacts.Card) { c.Blocked = true })
	require.True(t, w.texts(t, "+13125550142").BlockedAt.Equal(noon), "blocked since the first time")
	require.False(t, change(noon, func(c *contacts.Card) { c.Blocked = false }).Blocked)

	c = change(noon, func(c *contacts.Card) { c.Addresses = contacts.AddressList{{Address: "+13125550143"}} })
	require.Equal(t, contacts.AddressList{{Kind: "phone", Address: "+13125550143"}}, c.Addresses)
	require.NotEqual(t, joe.ID, w.texts(t, "+13125550142").ID, "whoever has the old number is somebody else")
	require.Equal(t, joe.ID, w.texts(t, "+13125550143").ID)
}

// TestAChangeThatFailsLeavesTheCard, whatever it did before.
func TestAChangeThatFailsLeavesTheCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.meet(t, w.service, w.first, channels.SMS, "+13125550142", "Joe").ID
	tx, err := w.db.Beginx()
	require.NoError(t, err)
	_, err = contacts.Change(t.Context(), tx, w.actor(w.service), id, func(c *contacts.Card) error {
		c.Name = "Ann"
		return settings.ErrNotFound
	})
	require.ErrorIs(t, err, settings.ErrNotFound)
	require.NoError(t, tx.Commit())
	require.Equal(t, "Joe", w.texts(t, "+13125550142").Name)
	_, err = contacts.Find(t.Context(), w.db, w.company, w.sales, id)
	require.ErrorIs(t, err, settings.ErrNotFound, "a team sees whom it has met")
}

// TestTheWindowOfWhatsApp: 24 hours from the customer's last message to that
// sender, to the instant. What nobody wrote opens none.
func TestTheWindowOfWhatsApp(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	type wrote struct {
		ago    time.Duration
		author string
		kind   string
		second bool // to the other sender
	}
	const never = -1
	for name, c := range map[string]struct {
		wrote []wrote
		want  time.Duration // ago
	}{
		"nothing":               {nil, never},
		"just now":              {[]wrote{{0, "customer", "", false}}, 0},
		"a day ago, nearly":     {[]wrote{{24*time.Hour - time.Second, "customer", "", false}}, 24*time.Hour - time.Second},
		"a day ago":             {[]wrote{{24 * time.Hour, "customer", "", false}}, never},
		"later than now":        {[]wrote{{-time.Second, "customer", "", false}}, never},
		"the last one counts":   {[]wrote{{time.Hour, "customer", "", false}, {3 * time.Hour, "customer", "", false}}, time.Hour},
		"we wrote":              {[]wrote{{time.Hour, "advisor", "", false}, {time.Hour, "automation", "", false}}, never},
		"a reaction":            {[]wrote{{time.Hour, "customer", "reaction", false}}, never},
		"an edit, a revocation": {[]wrote{{time.Hour, "customer", "edit", false}, {time.Hour, "customer", "revoke", false}}, never},
		"what WhatsApp told":    {[]wrote{{time.Hour, "customer", "system", false}}, never},
		"to another sender":     {[]wrote{{time.Hour, "customer", "", true}}, never},
		"a message, a reaction": {[]wrote{{2 * time.Hour, "customer", "", false}, {time.Hour, "customer", "reaction", false}}, 2 * time.Hour},
		"a photo is a message":  {[]wrote{{time.Hour, "customer", "image", false}}, time.Hour},
	} {
		w := newCompany(t, db)
		id := w.texts(t, "+13125550142").ID
		for _, m := range c.wrote {
			sender := w.first
			if m.second {
				sender = w.second
			}
			w.exec(t, `insert into messages (company_id, id, team_id, contact_id, sender_id, author, text, kind, at)
				values ($1, gen_random_uuid(), $2, $3, $4, $5, '', $6, $7)`, w.company, w.service, id, sender, m.author, m.kind, noon.Add(-m.ago))
		}
		session, err := contacts.FindWhatsAppSession(t.Context(), db, w.company, w.service, id, w.first, noon)
		require.NoError(t, err)
		if c.want == never {
			require.True(t, session.Heard.IsZero(), name)
		} else {
			require.True(t, session.Heard.Equal(noon.Add(-c.want)), name)
		}
		require.Equal(t, "+13125550142", session.Phone)
	}
}

// TestHowAWhatsAppCustomerIsReachedElse: by their newest number that takes
// texts, but for the senders that they stopped.
func TestHowAWhatsAppCustomerIsReachedElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.meet(t, w.service, w.first, channels.WhatsAppCloud, "US.1111111111", "").ID
	look := func() (string, []string) {
		session, err := contacts.FindWhatsAppSession(t.Context(), w.db, w.company, w.service, id, w.first, noon)
		require.NoError(t, err)
		return session.Phone, session.Stopped
	}
	phone, stopped := look()
	require.Empty(t, phone)
	require.Empty(t, stopped)
	w.links(t, channels.WhatsAppCloud, "US.1111111111", "+13125550142")
	w.links(t, channels.WhatsAppCloud, "US.1111111111", "+13125550143")
	phone, _ = look()
	require.Equal(t, "+13125550143", phone)
	require.NoError(t, contacts.Unreachable(t.Context(), w.db, w.company, "phone", "+13125550143", "21614", noon))
	w.consents(t, w.service, id, w.second, true, noon)
	w.consents(t, w.sales, id, w.others, true, noon)
	phone, stopped = look()
	require.Equal(t, "+13125550142", phone)
	require.Equal(t, []string{w.second}, stopped, "another team's senders are none of this team's")
}

// TestAnAddressThatIsNobodys: what a dry run plays with must be no customer's.
func TestAnAddressThatIsNobodys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seen := map[string]bool{}
	for range 3 {
		number, err := contacts.Unaddressed(t.Context(), w.db, w.company, channels.SMS, []string{"PL"})
		require.NoError(t, err)
		require.Empty(t, settings.PhoneFault(number))
		require.True(t, strings.HasPrefix(number, "+48"), number)
		require.False(t, seen[number])
		seen[number] = true
		w.texts(t, number) // now it is somebody's
	}
	number, err := contacts.Unaddressed(t.Context(), w.db, w.company, channels.WhatsAppCloud, nil)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(number, "+1"), number)
	visitor, err := contacts.Unaddressed(t.Context(), w.db, w.company, channels.WebChat, []string{"PL"})
	require.NoError(t, err)
	require.NotContains(t, visitor, "+")
}
