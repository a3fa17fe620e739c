package contacts_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/gateway/contacts"
)

// TestConsentsHoldWhateverTheirOrder plays random opt-outs and opt-ins of two
// people, from two teams and their single senders, against what is told of
// them: a STOP is the team's, the carrier's is one sender's, and an opt-in
// lifts the team's own. Each leaves its evidence.
func TestConsentsHoldWhateverTheirOrder(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	rapid.Check(t, func(t *rapid.T) {
		w := newCompany(t, db)
		teamOf := map[string]string{w.first: w.service, w.second: w.service, w.others: w.sales}
		senders := []string{w.first, w.second, w.others}
		people := []string{w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID}
		out, senderOut, evidence := map[string]bool{}, map[string]bool{}, map[string]int{}
		for n := range rapid.IntRange(1, 10).Draw(t, "consents") {
			who := rapid.SampledFrom(people).Draw(t, "who")
			sender := rapid.SampledFrom(senders).Draw(t, "sender")
			stop, alone := rapid.Bool().Draw(t, "stop"), rapid.Bool().Draw(t, "one sender alone")
			team := teamOf[sender]
			evidence[team]++
			switch {
			case stop && alone:
				senderOut[sender+who] = true
				w.consents(t, team, who, sender, true, noon.Add(time.Duration(n)*time.Minute))
			case stop:
				out[team+who] = true
				w.consents(t, team, who, "", true, noon.Add(time.Duration(n)*time.Minute))
			default:
				out[team+who] = false
				for _, s := range senders {
					if teamOf[s] == team {
						senderOut[s+who] = false
					}
				}
				w.consents(t, team, who, "", false, noon.Add(time.Duration(n)*time.Minute))
			}
		}
		for n, number := range []string{"+13125550142", "+13125550143"} {
			for _, sender := range senders {
				c := w.meet(t, teamOf[sender], sender, channels.SMS, number, "")
				require.Equal(t, out[teamOf[sender]+people[n]], c.OptedOutAt != nil, "of the team")
				require.Equal(t, senderOut[sender+people[n]], c.SenderOutAt != nil, "of the sender")
			}
		}
		for team, count := range evidence {
			kept, err := contacts.ListEvidence(t.Context(), db, w.company, team, "", "", 100)
			require.NoError(t, err)
			require.Len(t, kept, count)
		}
	})
}

// TestAnOptOutSurvivesEverythingButAnOptIn: a person who said STOP is met again
// by any of their addresses, after whatever has happened to them since.
func TestAnOptOutSurvivesEverythingButAnOptIn(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	rapid.Check(t, func(t *rapid.T) {
		w := newCompany(t, db)
		mine := []string{"+13125550100"} // the person's addresses
		person := func() contacts.Card {
			found, err := contacts.List(t.Context(), db, w.company, w.service, mine[0], "", 1)
			require.NoError(t, err)
			require.Len(t, found, 1)
			return found[0]
		}
		w.consents(t, w.service, w.texts(t, mine[0]).ID, "", true, noon)
		change := func(change func(*contacts.Card)) {
			w.inTx(t, func(tx *sqlx.Tx) error {
				_, err := contacts.Change(t.Context(), tx, w.actor(w.service), person().ID, func(c *contacts.Card) error {
					change(c)
					return nil
				})
				return err
			})
		}
		next := 101
		number := func() string {
			next++
			return fmt.Sprintf("+13125550%d", next)
		}
		acts := map[string]func(){
			"renamed":   func() { change(func(c *contacts.Card) { c.Name = "Joe" }) },
			"blocked":   func() { change(func(c *contacts.Card) { c.Blocked = true }) },
			"unblocked": func() { change(func(c *contacts.Card) { c.Blocked = false }) },
			"given a number": func() {
				mine = append(mine, number())
				change(func(c *contacts.Card) {
					c.Addresses = append(c.Addresses, contacts.Address{Kind: "phone", Address: mine[len(mine)-1]})
				})
			},
			"in a list that says no opt-out": func() {
				_, err := contacts.Import(t.Context(), db, w.actor(w.service), []contacts.Row{{Line: 2, Phone: mine[0], Name: "Joe"}})
				require.NoError(t, err)
			},
			"told to be another number too": func() {
				mine = append(mine, number())
				w.links(t, channels.SMS, mine[len(mine)-1], mine[0])
			},
			"told to be somebody met since": func() {
				mine = append(mine, number())
				w.texts(t, mine[len(mine)-1])
				w.links(t, channels.SMS, mine[len(mine)-1], mine[0])
			},
			"merged into another": func() {
				mine = append(mine, number())
				_, err := contacts.Merge(t.Context(), db, w.actor(w.service), person().ID, w.texts(t, mine[len(mine)-1]).ID)
				require.NoError(t, err)
			},
			"opted in with another team": func() {
				w.meet(t, w.sales, w.others, channels.SMS, mine[0], "")
				w.consents(t, w.sales, person().ID, "", false, noon.Add(time.Hour))
			},
			"answered by an advisor": func() {
				require.NoError(t, contacts.AdvisorSpoke(t.Context(), db, w.company, w.service, person().ID, noon))
			},
		}
		names := []string{}
		for name := range acts {
			names = append(names, name)
		}
		slices.Sort(names)
		for range rapid.IntRange(1, 5).Draw(t, "acts") {
			acts[rapid.SampledFrom(names).Draw(t, "act")]()
		}
		for _, address := range mine {
			require.NotNil(t, w.texts(t, address).OptedOutAt, address)
		}
		w.consents(t, w.service, person().ID, "", false, noon.Add(2*time.Hour))
		require.Nil(t, w.texts(t, mine[0]).OptedOutAt)
	})
}

// TestEvidenceIsReadPageByPage: each opt-out and opt-in once, the newest first,
// of the team alone.
func TestEvidenceIsReadPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID
	for n, who := range []string{one, two, one, one, two} {
		w.consents(t, w.service, who, "", n%2 == 0, noon.Add(time.Duration(n)*time.Minute))
	}
	w.consents(t, w.sales, one, "", true, noon)
	read := func(contact string) (minutes []int) {
		before := ""
		for {
			page, err := contacts.ListEvidence(t.Context(), w.db, w.company, w.service, contact, before, 2)
			require.NoError(t, err)
			if len(page) == 0 {
				return minutes
			}
			for _, e := range page {
				minutes = append(minutes, int(e.At.Sub(noon).Minutes()))
				before = e.ID
			}
		}
	}
	require.Equal(t, []int{4, 3, 2, 1, 0}, read(""))
	require.Equal(t, []int{3, 2, 0}, read(one))
}

// TestEvidenceSaysWhoAndWhatWords: as the staff recorded it.
func TestEvidenceSaysWhoAndWhatWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.texts(t, "+13125550142").ID
	set := func(out bool, words string) {
		w.inTx(t, func(tx *sqlx.Tx) error {
			_, err := contacts.Change(t.Context(), tx, w.actor(w.service), id, func(c *contacts.Card) error {
				c.Name, c.OptedOut, c.Words = "Joe", out, words
				return nil
			})
			return err
		})
	}
	set(true, "no more texts, he said on the phone")
	set(true, "again") // changes nothing, and is no evidence
	set(false, "changed his mind")
	kept, err := contacts.ListEvidence(t.Context(), w.db, w.company, w.service, id, "", 9)
	require.NoError(t, err)
	var said []string
	for _, e := range kept {
		said = append(said, fmt.Sprintf("%s %s %t %s %s: %s", e.Name, e.Address, e.OptedOut, e.Source, e.Who, e.Words))
	}
	require.Equal(t, []string{
		"Joe +13125550142 false api Ann: changed his mind",
		"Joe +13125550142 true api Ann: no more texts, he said on the phone",
	}, said)
}
