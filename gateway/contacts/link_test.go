package contacts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/gateway/contacts"
)

// persons are the company's contacts, each by its addresses.
func (w world) persons(t tester) []string {
	t.Helper()
	var found []string
	require.NoError(t, w.db.Select(&found, `
select string_agg(kind || ' ' || address, ', ' order by address) from addresses where company_id = $1 group by contact_id order by 1`, w.company))
	return found
}

// TestAddressesOfOnePerson: news of a provider, one after the other, and who
// there is then.
func TestAddressesOfOnePerson(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	const id, newID, number, newNumber = "US.1111111111", "US.2222222222", "+13125550142", "+13125550143"
	for name, c := range map[string]struct {
		news [][]string // an address, and which others are the same person's
		want []string
	}{
		"a number alone":                 {[][]string{{number}}, nil},
		"a number and its user id":       {[][]string{{number, id}}, []string{"phone " + number + ", whatsapp " + id}},
		"the other way round":            {[][]string{{id, number}}, []string{"phone " + number + ", whatsapp " + id}},
		"told again":                     {[][]string{{id, number}, {id, number}, {number, id}}, []string{"phone " + number + ", whatsapp " + id}},
		"the number changes":             {[][]string{{number, id}, {newNumber, number}}, []string{"phone " + number + ", phone " + newNumber + ", whatsapp " + id}},
		"the user id changes":            {[][]string{{number, id}, {newID, id}}, []string{"phone " + number + ", whatsapp " + id + ", whatsapp " + newID}},
		"two who turn out to be one":     {[][]string{{number, id}, {newNumber, newID}, {newID, id}}, []string{"phone " + number + ", phone " + newNumber + ", whatsapp " + id + ", whatsapp " + newID}},
		"two who have nothing in common": {[][]string{{number, id}, {newNumber, newID}}, []string{"phone " + number + ", whatsapp " + id, "phone " + newNumber + ", whatsapp " + newID}},
	} {
		w := newCompany(t, db)
		for _, news := range c.news {
			w.links(t, channels.WhatsAppCloud, news[0], news[1:]...)
		}
		require.Equal(t, c.want, w.persons(t), name)
	}
}

// TestAVisitorIsGivenTheNumberThatAWebsiteVouchesFor
func TestAVisitorIsGivenTheNumberThatAWebsiteVouchesFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.links(t, channels.WebChat, "visitor-1", "+13125550142")
	require.Equal(t, []string{"phone +13125550142, visitor visitor-1"}, w.persons(t))
}

// TestWhoIsAskedAboutStays: of two contacts the one of the address that the
// event came from goes on, so that what is being handled finds itself.
func TestWhoIsAskedAboutStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.texts(t, "+13125550142").ID
	writes := w.meet(t, w.service, w.first, channels.WhatsAppCloud, "US.1111111111", "Joe").ID
	w.links(t, channels.WhatsAppCloud, "US.1111111111", "+13125550142")
	c := w.texts(t, "+13125550142")
	require.Equal(t, writes, c.ID)
	require.NotEqual(t, old, c.ID)
	require.Equal(t, "Joe", c.Name)
}

// TestNewsOfOnePersonInAnyOrder: whatever order news comes in, and however
// often, who is one person with whom is what all of it together says; and who
// said STOP as any of them is opted out as all.
func TestNewsOfOnePersonInAnyOrder(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	addresses := []string{"+13125550141", "+13125550142", "+13125550143", "US.1111111111", "US.2222222222", "US.3333333333"}
	rapid.Check(t, func(t *rapid.T) {
		w := newCompany(t, db)
		person := map[string]int{} // of each address that was heard of
		stopped := map[int]bool{}
		met := func(address string) {
			if _, known := person[address]; !known {
				person[address] = slices.Index(addresses, address)
			}
		}
		for range rapid.IntRange(1, 7).Draw(t, "news") {
			one := rapid.SampledFrom(addresses).Draw(t, "one")
			met(one)
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				w.meet(t, w.service, w.first, channels.WhatsAppCloud, one, "")
			case 1:
				c := w.meet(t, w.service, w.first, channels.WhatsAppCloud, one, "")
				w.consents(t, w.service, c.ID, "", true, noon)
				stopped[person[one]] = true
			default:
				other := rapid.SampledFrom(addresses).Filter(func(a string) bool { return a != one }).Draw(t, "other")
				met(other)
				w.links(t, channels.WhatsAppCloud, one, other)
				gone, stays := person[other], person[one]
				stopped[stays] = stopped[stays] || stopped[gone]
				for a, p := range person {
					if p == gone {
						person[a] = stays
					}
				}
			}
		}
		ids := map[int]string{}
		for _, address := range addresses {
			p, known := person[address]
			if !known {
				continue
			}
			c := w.meet(t, w.service, w.first, channels.WhatsAppCloud, address, "")
			require.Equal(t, stopped[p], c.OptedOutAt != nil, address)
			if id, seen := ids[p]; seen {
				require.Equal(t, id, c.ID, address)
			}
			ids[p] = c.ID
		}
		require.Equal(t, len(ids), w.count(t, `select count(*) from contacts where company_id = $1`, w.company), strings.Join(w.persons(t), "; "))
	})
}

// TestSomebodyInUseIsNotWaitedFor: two transactions that link and handle could
// else wait for each other for ever.
func TestSomebodyInUseIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.texts(t, "+13125550142")
	w.texts(t, "+13125550143")
	handling, err := w.db.Beginx()
	require.NoError(t, err)
	defer func() { _ = handling.Rollback() }()
	_, err = contacts.FindOrCreate(t.Context(), handling, w.company, w.service, w.first, channels.SMS, "+13125550142", "")
	require.NoError(t, err)
	linking, err := w.db.Beginx()
	require.NoError(t, err)
	require.Error(t, contacts.LinkAddresses(t.Context(), linking, w.actor(w.service), channels.SMS, "+13125550143", "", []string{"+13125550142"}))
	require.NoError(t, linking.Rollback())
	require.NoError(t, handling.Commit())
	w.inTx(t, func(tx *sqlx.Tx) error {
		return contacts.LinkAddresses(t.Context(), tx, w.actor(w.service), channels.SMS, "+13125550143", "", []string{"+13125550142"})
	})
	require.Len(t, w.persons(t), 1)
}
