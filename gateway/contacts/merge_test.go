package contacts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// column is one that has to be given in a new row.
type column struct {
	Table string `db:"table_name"`
	Name  string `db:"column_name"`
	Type  string `db:"data_type"`
}

// pointing are the tables that point at a contact, with the columns a row needs.
func pointing(t *testing.T, w world) map[string][]column {
	t.Helper()
	var all []column
	require.NoError(t, w.db.Select(&all, `
select c.table_name, c.column_name, c.data_type from information_schema.columns c
join pg_class k on k.relname = c.table_name and k.relnamespace = current_schema()::regnamespace and k.relkind in ('r', 'p') and not k.relispartition
where c.table_schema = current_schema() and c.is_identity = 'NO'
	and (c.is_nullable = 'NO' and c.column_default is null or c.column_name in ('contact_id', 'team_id'))
	and exists (select from information_schema.columns o where o.table_schema = c.table_schema and o.table_name = c.table_name and o.column_name = 'contact_id')
order by c.table_name, c.ordinal_position`))
	tables := map[string][]column{}
	for _, c := range all {
		tables[c.Table] = append(tables[c.Table], c)
	}
	return tables
}

// point writes a row down that points at a contact, with anything in its other columns.
func (w world) point(t *testing.T, columns []column, contact string) {
	t.Helper()
	var names, marks []string
	var values []any
	for _, c := range columns {
		var value any
		switch {
		case c.Name == "company_id":
			value = w.company
		case c.Name == "team_id":
			value = w.service
		case c.Name == "contact_id":
			value = contact
		case c.Name == "sender_id":
			value = w.first
		case c.Type == "uuid":
			value = uuid.NewString()
		case c.Type == "text":
			value = uuid.NewString()
		case c.Type == "jsonb":
			value = "{}"
		case c.Type == "bytea":
			value = []byte(uuid.NewString())
		case strings.HasPrefix(c.Type, "timestamp"):
			value = noon
		case c.Type == "boolean":
			value = true
		case c.Type == "bigint", c.Type == "integer":
			value = len(w.company)
		default:
			require.Fail(t, "a row cannot be made up", "%s.%s is of type %s", c.Table, c.Name, c.Type)
		}
		names, values = append(names, c.Name), append(values, value)
		marks = append(marks, fmt.Sprintf("$%d", len(values)))
	}
	w.exec(t, `insert into `+columns[0].Table+` (`+strings.Join(names, ", ")+`) values (`+strings.Join(marks, ", ")+`)`, values...)
}

// TestAMergeMovesAllThatPointsAtAContact, in every table that there is: one
// that comes later is found here as well.
func TestAMergeMovesAllThatPointsAtAContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from, into := w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID
	tables := pointing(t, w)
	require.Greater(t, len(tables), 8)
	before := map[string]int{}
	for name, columns := range tables {
		if name != "standings" { // each has one already
			w.point(t, columns, from)
		}
		before[name] = w.count(t, `select count(*) from `+name+` where contact_id = any($1)`, "{"+from+","+into+"}")
	}
	_, err := contacts.Merge(t.Context(), w.db, w.actor(w.service), from, into)
	require.NoError(t, err)
	for name := range tables {
		require.Zero(t, w.count(t, `select count(*) from `+name+` where contact_id = $1`, from), name)
		want := before[name]
		if name == "standings" {
			want = 1 // two became one
		}
		require.Equal(t, want, w.count(t, `select count(*) from `+name+` where contact_id = $1`, into), name)
	}
}

// TestTwoBecomeOne: what of two cards is kept.
func TestTwoBecomeOne(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	hour := func(n int) *time.Time { at := noon.Add(time.Duration(n) * time.Hour); return &at }
	type person struct {
		name, language              string
		blocked, out, paused, spoke *time.Time
	}
	for name, c := range map[string]struct{ from, into, want person }{
		"nothing known":               {},
		"only the one that goes":      {from: person{"Joe", "pl", hour(1), hour(2), hour(3), hour(4)}, want: person{"Joe", "pl", hour(1), hour(2), hour(3), hour(4)}},
		"only the one that stays":     {into: person{"Joe", "pl", hour(1), hour(2), hour(3), hour(4)}, want: person{"Joe", "pl", hour(1), hour(2), hour(3), hour(4)}},
		"the name of who stays":       {from: person{name: "Joe", language: "pl"}, into: person{name: "Joseph", language: "de"}, want: person{name: "Joseph", language: "de"}},
		"each gives what other lacks": {from: person{language: "pl"}, into: person{name: "Joseph"}, want: person{name: "Joseph", language: "pl"}},
		"the earlier opt-out and block, the later pause and word": {
			from: person{blocked: hour(1), out: hour(8), paused: hour(1), spoke: hour(8)},
			into: person{blocked: hour(8), out: hour(1), paused: hour(8), spoke: hour(1)},
			want: person{blocked: hour(1), out: hour(1), paused: hour(8), spoke: hour(8)},
		},
	} {
		w := newCompany(t, db)
		from, into := w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID
		for id, p := range map[string]person{from: c.from, into: c.into} {
			w.exec(t, `update contacts set name = $2, language = $3, blocked_at = $4 where id = $1`, id, p.name, p.language, p.blocked)
			w.exec(t, `update standings set opted_out_at = $2, paused_until = $3, advisor_at = $4 where contact_id = $1`, id, p.out, p.paused, p.spoke)
		}
		_, err := contacts.Merge(t.Context(), db, w.actor(w.service), from, into)
		require.NoError(t, err)
		for _, number := range []string{"+13125550142", "+13125550143"} {
			got := w.texts(t, number)
			require.Equal(t, into, got.ID, name)
			same := func(want, got *time.Time, of string) {
				require.Equal(t, want == nil, got == nil, "%s: %s", name, of)
				require.True(t, want == nil || want.Equal(*got), "%s: %s: %s", name, of, got)
			}
			require.Equal(t, c.want.name, got.Name, name)
			require.Equal(t, c.want.language, got.Language, name)
			same(c.want.blocked, got.BlockedAt, "blocked")
			same(c.want.out, got.OptedOutAt, "opted out")
			same(c.want.paused, got.PausedUntil, "paused")
			same(c.want.spoke, got.AdvisorAt, "spoke")
		}
	}
}

// TestTheOptOutThatComesWithAMergeHasItsEvidence, and a sender's stays with
// the person as well.
func TestTheOptOutThatComesWithAMergeHasItsEvidence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from, into := w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID
	w.consents(t, w.service, from, "", true, noon)
	w.consents(t, w.service, from, w.second, true, noon)
	_, err := contacts.Merge(t.Context(), w.db, w.actor(w.service), from, into)
	require.NoError(t, err)
	kept, err := contacts.ListEvidence(t.Context(), w.db, w.company, w.service, into, "", 9)
	require.NoError(t, err)
	require.Len(t, kept, 3)
	require.Equal(t, "merged with contact "+from+", who is opted out", kept[0].Words)
	require.NotNil(t, w.meet(t, w.service, w.second, channels.SMS, "+13125550143", "").SenderOutAt)
	require.Nil(t, w.texts(t, "+13125550143").SenderOutAt)
}

func TestMergingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, c := w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID, w.texts(t, "+13125550144").ID
	merge := func(from, into string) error {
		_, err := contacts.Merge(t.Context(), w.db, w.actor(w.service), from, into)
		return err
	}
	require.NoError(t, merge(a, b))
	require.NoError(t, merge(a, b), "the second press of a button")
	require.NoError(t, merge(b, c))
	require.NoError(t, merge(a, c), "they are one by now")
	require.ErrorIs(t, merge(a, b), settings.ErrNotFound)
	require.ErrorIs(t, merge(c, a), settings.ErrNotFound)
	require.Equal(t, 1, w.count(t, `select count(*) from contacts where company_id = $1`, w.company))
}

// TestAnIDIsTheSameHoweverItIsWritten: clients write ids in capitals, too.
func TestAnIDIsTheSameHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from, into := w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID
	w.consents(t, w.service, from, "", true, noon)
	_, err := contacts.Merge(t.Context(), w.db, w.actor(w.service), strings.ToUpper(from), strings.ToUpper(into))
	require.NoError(t, err)
	require.Equal(t, into, w.texts(t, "+13125550142").ID)
	require.NotNil(t, w.texts(t, "+13125550143").OptedOutAt)
	require.Zero(t, w.count(t, `select count(*) from standings where contact_id = $1`, from))
}

// TestNobodyIsMergedWithThemselves: the person and what is known of them stay.
func TestNobodyIsMergedWithThemselves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.texts(t, "+13125550142").ID
	w.consents(t, w.service, id, "", true, noon)
	for _, same := range []string{id, strings.ToUpper(id)} {
		_, err := contacts.Merge(t.Context(), w.db, w.actor(w.service), same, id)
		require.Error(t, err)
		c := w.texts(t, "+13125550142")
		require.Equal(t, id, c.ID)
		require.NotNil(t, c.OptedOutAt)
	}
}

// TestATeamMergesOnlyWhomItKnows: another team's contact, and another
// company's, are nobody.
func TestATeamMergesOnlyWhomItKnows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.texts(t, "+13125550142").ID
	theirs := w.meet(t, w.sales, w.others, channels.SMS, "+13125550143", "").ID
	strangers := newCompany(t, w.db).texts(t, "+13125550144").ID
	for _, other := range []string{theirs, strangers, uuid.NewString()} {
		for _, pair := range [][2]string{{mine, other}, {other, mine}} {
			_, err := contacts.Merge(t.Context(), w.db, w.actor(w.service), pair[0], pair[1])
			require.ErrorIs(t, err, settings.ErrNotFound)
		}
	}
	require.Equal(t, mine, w.texts(t, "+13125550142").ID)
}

// TestTwoWhoMergeTheOtherWayRound: one of them wins, and the person with both
// numbers is there once.
func TestTwoWhoMergeTheOtherWayRound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID
	var both errgroup.Group
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		both.Go(func() error {
			_, err := contacts.Merge(context.Background(), w.db, w.actor(w.service), pair[0], pair[1])
			return err
		})
	}
	require.ErrorIs(t, both.Wait(), settings.ErrNotFound, "for one of the two there is nobody left to merge")
	require.Equal(t, w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID)
	require.Equal(t, 1, w.count(t, `select count(*) from contacts where company_id = $1`, w.company))
}

// TestTwoWhoWereReadAtOneNumberAreMerged: how far the staff have read is one
// row for each of the two, and there is one person in the end. The newest
// message stays.
func TestTwoWhoWereReadAtOneNumberAreMerged(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for name, newer := range map[string]bool{"the one that goes was read further": true, "the one that stays was": false} {
		w := newCompany(t, db)
		from, into := w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID
		for id, seq := range map[string]int{from: map[bool]int{true: 3, false: 1}[newer], into: 2} {
			w.exec(t, `insert into reads (company_id, sender_id, contact_id, seq, provider_id) values ($1, $2, $3, $4, $4::bigint::text)`, w.company, w.first, id, seq)
		}
		w.exec(t, `insert into reads (company_id, sender_id, contact_id, seq, provider_id) values ($1, $2, $3, 7, '7')`, w.company, w.second, from)
		w.links(t, channels.WhatsAppCloud, "+13125550143", "+13125550142") // as the provider's news has it
		require.Equal(t, map[bool]int{true: 3, false: 2}[newer], w.count(t, `select seq from reads where contact_id = $1 and sender_id = $2`, into, w.first), name)
		require.Equal(t, 7, w.count(t, `select seq from reads where contact_id = $1 and sender_id = $2`, into, w.second), name)
		require.Zero(t, w.count(t, `select count(*) from reads where contact_id = $1`, from), name)
	}
}

// TestWhatWaitsForAMergedContactFindsThem: an event that was raised before may
// name who is no more.
func TestWhatWaitsForAMergedContactFindsThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, c := w.texts(t, "+13125550142").ID, w.texts(t, "+13125550143").ID, w.texts(t, "+13125550144").ID
	for _, pair := range [][2]string{{a, b}, {b, c}} {
		_, err := contacts.Merge(t.Context(), w.db, w.actor(w.service), pair[0], pair[1])
		require.NoError(t, err)
	}
	for _, id := range []string{a, b, c} {
		w.inTx(t, func(tx *sqlx.Tx) error {
			found, err := contacts.Lock(t.Context(), tx, w.company, w.service, id, w.first, channels.SMS, "+13125550144")
			require.Equal(t, c, found.ID)
			return err
		})
	}
	require.Equal(t, 1, w.count(t, `select count(*) from standings where company_id = $1`, w.company), "nobody is met again")
}
