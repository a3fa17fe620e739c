package contacts_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// Whatever of the erased is written down in these tests has one of these in it.
const (
	erasedNumber = "+13125550142"
	erasedWords  = "Zygmunt"
	erasedChat   = "v_00000000000000000000feedbeef0001"
)

// everything of one customer of the service, a row in each table that can hold
// something of theirs. Each statement has the company as $1, the team as $2, the
// sender as $3, the contact as $4, a ticket as $5, a request as $6 and a
// delivery as $7.
var everything = []string{
	`update contacts set name = 'Zygmunt' where company_id = $1 and id = $4`,
	`insert into addresses (company_id, kind, address, contact_id) values ($1, 'visitor', '` + erasedChat + `', $4)`,
	`insert into visitors (company_id, id, sender_id, token_hash, user_id) values ($1, '` + erasedChat + `', $3, '\x01', 'Zygmunt')`,
	`insert into visitor_tokens (token_hash, company_id, visitor_id) values ('\x02', $1, '` + erasedChat + `')`,
	`insert into tickets (company_id, id, team_id, contact_id, number, kind, opened_at, given_address) values ($1, $5, $2, $4, 1001, 'message', now(), '` + erasedNumber + `')`,
	`insert into ticket_changes (company_id, id, ticket_id, at, change, who, author, request_id, detail)
		values ($1, gen_random_uuid(), $5, now(), 'answered', 'Zygmunt', 'customer', $6, 'Zygmunt says no')`,
	`insert into escalations (company_id, ticket_id, team_id, since, due_at) values ($1, $5, $2, now(), now())`,
	`insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload, raw, handled_at)
		values ($1, $6, $2, $3, 'message', 'SM1', now(), now(), '{"Theirs": "+13125550142", "Message": {"text": "Zygmunt here"}}', 'From=+13125550142', now())`,
	`insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
		values ($1, $5, $2, $3, 'request_expired', 'timer', now(), now(), jsonb_build_object('ask', jsonb_build_object('contact', $4::uuid, 'message', 'Zygmunt')))`,
	`insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, outcome, reason, facts, text, at)
		values ($1, gen_random_uuid(), $2, $4, $5, $6, 'message', 'SM1', 'sent', 'ok', '{"open": false, "name": "Zygmunt"}', 'Dear Zygmunt', now())`,
	`insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, who, text, event_id, at)
		values ($1, gen_random_uuid(), $2, $4, $5, $3, 'customer', 'Zygmunt', 'Zygmunt here', $6, now())`,
	`insert into planned (company_id, id, team_id, contact_id, ticket_id, who, text, send_at, created_at)
		values ($1, gen_random_uuid(), $2, $4, $5, 'Ann', 'Tomorrow, Zygmunt', now(), now())`,
	`insert into notes (company_id, id, team_id, contact_id, ticket_id, who, text, at) values ($1, gen_random_uuid(), $2, $4, $5, 'Ann', 'Zygmunt is angry', now())`,
	`insert into deliveries (company_id, id, team_id, contact_id, ticket_id, sender_id, kind, account, from_address, to_address, text, due_at, template)
		values ($1, $7, $2, $4, $5, $3, 'sms', '', '', '+13125550142', 'Dear Zygmunt', now(), '{"values": ["Zygmunt"]}')`,
	`insert into deliveries (company_id, id, team_id, contact_id, staff_id, sender_id, kind, account, from_address, to_address, text)
		values ($1, gen_random_uuid(), $2, '00000000-0000-0000-0000-000000000000', gen_random_uuid(), $3, 'sms', '', '', '+1', 'New message · Zygmunt: here')`,
	`insert into reads (company_id, sender_id, contact_id, seq, provider_id) values ($1, $3, $4, 1, 'Zygmunt')`,
	`insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, journal, started_at, settled_at, outcome)
		values ($1, $5, 'CA1', $2, $3, '+13125550142', $4, $5, '[{"From": "+13125550142"}]', now(), now(), 'missed')`,
	`insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
		values ($1, $4, $2, $3, 'call_held', 'CA1/held', now(), now(), '{}')`,
	`insert into requests (company_id, id, team_id, contact_id, ticket_id, kind, token_hash, message, description, attachments, amount, answer, asked_at, expires_at)
		values ($1, $6, $2, $4, $5, 'rating', '\x03', 'For Zygmunt', 'Zygmunt', jsonb_build_array($7::uuid), 100, '{"score": 4, "comment": "Zygmunt"}', now(), now())`,
	`insert into payments (company_id, id, request_id, amount, currency, checkout, url, created_at, expires_at)
		values ($1, $6, $6, 100, 'USD', 'cs_1', 'https://pay.example/Zygmunt', now(), now())`,
	`insert into uploads (company_id, id, request_id, name, size, parts, created_at) values ($1, $6, $6, 'Zygmunt.jpg', 1, 1, now())`,
	`insert into media (company_id, id, team_id, contact_id, kind, account, origin, state, name, source)
		values ($1, $6, $2, $4, 'sms', 'AC1', 'message/1/0', 'stored', 'Zygmunt.jpg', '{"url": "https://api.twilio.com/Media/ME1", "name": "Zygmunt.jpg"}')`,
	`insert into media (company_id, id, team_id, who, state, name) values ($1, $7, $2, 'Ann', 'stored', 'Quote for Zygmunt.pdf')`,
	`insert into notices (company_id, id, team_id, ticket_id, kind, thing, about, at) values ($1, $6, $2, $5, 'message', '1', '{"text": "Zygmunt here"}', now())`,
	`insert into notices (company_id, id, team_id, kind, thing, about, at) values ($1, $7, $2, 'delivery_failed', $7::uuid::text, '{"from": "+13125550142"}', now())`,
	`insert into notice_sends (company_id, id, notice_id, staff_id, way, expires_at) values ($1, gen_random_uuid(), $6, gen_random_uuid(), 'email', now())`,
	`insert into hook_deliveries (company_id, hook_id, id, kind, payload)
		values ($1, $6, $6, 'message.received', jsonb_build_object('data', jsonb_build_object('contact', $4::uuid, 'text', 'Zygmunt')))`,
	`insert into strays (id, account, kind, ours, provider_id, payload, raw, received_at)
		values ($6, 'AC1', 'message', '+1', 'SM0', '{"Theirs": "+13125550142"}', 'Zygmunt', now())`,
	`insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, at) values ($1, gen_random_uuid(), $2, $4, true, 'message', 'STOP, says Zygmunt', now())`,
	`update standings set opted_out_at = now() where company_id = $1 and team_id = $2 and contact_id = $4`,
	`insert into sender_opt_outs (company_id, sender_id, contact_id, at) values ($1, $3, $4, now())`,
	`insert into pending_stops (company_id, team_id, address, event_id) values ($1, $2, '+13125550142', $6)`,
	`insert into idempotency_keys (company_id, key, body, answer) values ($1, 'ticket/' || $2 || '/one', '\x01', jsonb_build_object('contact', $4::uuid, 'contact_name', 'Zygmunt'))`,
	`insert into idempotency_keys (company_id, key, body, answer) values ($1, 'note/' || $5 || '/two', '\x02', '{"text": "Zygmunt is angry"}')`,
	`insert into idempotency_keys (company_id, key, body, answer) values ($1, 'share/' || $4 || '/three', '\x03', '{"url": "https://texts.example/Zygmunt"}')`,
	`insert into idempotency_keys (company_id, key, body, answer) values ($1, 'chat/` + erasedChat + `/four', '', '{}')`,
}

// fills writes everything of the customer down.
func (w world) fills(t *testing.T, contact string) {
	t.Helper()
	args := []string{w.company, w.service, w.first, contact, uuid.NewString(), uuid.NewString(), uuid.NewString()}
	for _, query := range everything {
		for n, id := range args {
			query = strings.ReplaceAll(query, fmt.Sprintf("$%d", n+1), "'"+id+"'")
		}
		w.exec(t, query)
	}
}

// one is a single text of the database.
func (w world) one(t *testing.T, query string, args ...any) (text string) {
	t.Helper()
	require.NoError(t, w.db.Get(&text, query, args...))
	return text
}

// holding is which tables have one of the words in a row of theirs.
func (w world) holding(t *testing.T, words ...string) []string {
	t.Helper()
	var tables, found []string
	require.NoError(t, w.db.Select(&tables, `select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') order by 1`))
	for _, table := range tables {
		for _, word := range words {
			if w.count(t, `select count(*) from `+table+` x where x::text ilike '%' || $1 || '%' or x::text ilike '%' || $2 || '%'`, word, hex.EncodeToString([]byte(word))) > 0 {
				found = append(found, table+": "+word)
			}
		}
	}
	return found
}

// TestNothingIsLeftOfWhoIsErased: not in any table, whichever there are.
func TestNothingIsLeftOfWhoIsErased(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zygmunt, anna := w.texts(t, erasedNumber), w.texts(t, "+13125550143")
	w.fills(t, zygmunt.ID)
	require.Greater(t, len(w.holding(t, erasedNumber, erasedWords, erasedChat)), 20, "it was all there")

	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), zygmunt.ID))
	require.Equal(t, []string{"erasures: " + erasedNumber, "erasures: " + erasedChat}, w.holding(t, erasedNumber, erasedWords, erasedChat), "late callbacks are found by it")
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), zygmunt.ID), "twice pressed")
	require.Equal(t, 1, w.count(t, `select count(*) from history where what = 'erasure'`))

	w.inTx(t, func(tx *sqlx.Tx) error {
		found, err := contacts.EraseLate(t.Context(), tx, clocktest.StoppedAt(noon.Add(47*time.Hour)).Queue())
		require.False(t, found)
		return err
	})
	w.exec(t, `insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload, handled_at)
		values ($1, gen_random_uuid(), $2, $3, 'status', 'late', now(), now(), $4, now())`, w.company, w.service, w.first,
		fmt.Sprintf(`{"Theirs": "%s", "Status": {"delivery": "%s"}}`, erasedNumber, w.one(t, `select id::text from deliveries where contact_id = $1`, zygmunt.ID)))
	w.inTx(t, func(tx *sqlx.Tx) error {
		found, err := contacts.EraseLate(t.Context(), tx, clocktest.StoppedAt(noon.Add(49*time.Hour)).Queue())
		require.True(t, found)
		return err
	})
	require.Empty(t, w.holding(t, erasedNumber, erasedWords, erasedChat))

	_, err := contacts.Find(t.Context(), w.db, w.company, w.service, zygmunt.ID)
	require.ErrorIs(t, err, settings.ErrNotFound)
	_, err = contacts.Find(t.Context(), w.db, w.company, w.service, anna.ID)
	require.NoError(t, err, "nobody else is")
	require.ErrorIs(t, contacts.Erase(t.Context(), w.db, w.actor(""), uuid.NewString()), settings.ErrNotFound)
	require.ErrorIs(t, contacts.Erase(t.Context(), w.db, w.actor(""), "anna"), settings.ErrNotFound)
	other := newCompany(t, w.db)
	require.ErrorIs(t, contacts.Erase(t.Context(), w.db, other.actor(""), anna.ID), settings.ErrNotFound)
}

// TestWhatFollowsFromAnErasure: nothing waits any more, files go from the store
// and the provider, and the figures of the week stay.
func TestWhatFollowsFromAnErasure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zygmunt := w.texts(t, erasedNumber)
	w.fills(t, zygmunt.ID)
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), zygmunt.ID))

	for what, query := range map[string]string{
		"events that wait":     `select count(*) from events where handled_at is null`,
		"deliveries that wait": `select count(*) from deliveries where due_at is not null`,
		"open tickets":         `select count(*) from tickets where status <> 'closed'`,
		"escalations":          `select count(*) from escalations`,
		"their link":           `select count(*) from requests where token_hash = '\x03'`,
		"media":                `select count(*) from media`,
	} {
		require.Zero(t, w.count(t, query), what)
	}
	for what, query := range map[string]string{
		"the ticket":       `select count(*) from tickets`,
		"the call":         `select count(*) from calls where outcome = 'missed'`,
		"after hours":      `select count(*) from decisions where facts ->> 'open' = 'false'`,
		"the rating":       `select count(*) from requests where answer ->> 'score' = '4'`,
		"the checkout":     `select count(*) from payments where close_at is not null`,
		"the file":         `select count(*) from erased_files where source ->> 'url' like '%ME1' and account = 'AC1'`,
		"the evidence":     `select count(*) from consents where opted_out and words ~ '^[0-9a-f]{64}$'`,
		"no second try":    `select count(*) from deliveries where state = 'canceled' and reason = 'erased'`,
		"the one customer": `select count(*) from messages where author = 'customer' and kind = 'erased'`,
	} {
		require.Equal(t, 1, w.count(t, query), what)
	}
	require.Equal(t, 6, w.count(t, `select count(*) from erased_files where name <> ''`), "two files, each with a thumbnail, and an upload of one part, with one more that was never counted")
	w.inTx(t, func(tx *sqlx.Tx) error {
		_, err := contacts.Lock(t.Context(), tx, w.company, w.service, zygmunt.ID, w.first, channels.SMS, erasedNumber)
		require.ErrorIs(t, err, settings.ErrNotFound, "nobody speaks to them any more")
		return nil
	})
}

// TestWhoSentPhotosFromAStaffPhone is erased like anybody else: what one of the staff
// sent from their own phone has the ids of the provider's files.
func TestWhoSentPhotosFromAStaffPhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann := w.texts(t, erasedNumber)
	w.exec(t, `insert into messages (company_id, id, team_id, contact_id, sender_id, author, who, text, media, at)
		values ($1, gen_random_uuid(), $2, $3, $4, 'staff', 'Ann', 'Zygmunt sends a photo', '[{"id": "1013859600285441", "content_type": "image/jpeg"}, {"url": "https://api.twilio.com/Media/ME1"}]', now())`,
		w.company, w.service, ann.ID, w.first)
	w.exec(t, `insert into media (company_id, id, team_id, contact_id, kind, account, origin, state, name, source)
		values ($1, gen_random_uuid(), $2, $3, 'whatsapp', '106', 'message/1/0', 'stored', 'Zygmunt.jpg', '{"id": "1013859600285441"}')`, w.company, w.service, ann.ID)
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), ann.ID))
	require.Empty(t, w.holding(t, erasedWords))
	require.Zero(t, w.count(t, `select count(*) from media`))
}

// TestAStopHoldsAfterErasure: the number that writes again is somebody new, and
// still asked for no more.
func TestAStopHoldsAfterErasure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.texts(t, erasedNumber)
	w.consents(t, w.service, first.ID, "", true, noon)
	w.consents(t, w.service, first.ID, w.second, true, noon)
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), first.ID))

	again := w.texts(t, erasedNumber)
	require.NotEqual(t, first.ID, again.ID)
	require.NotNil(t, again.OptedOutAt)
	require.True(t, again.OptedOutAt.Equal(noon))
	evidence, err := contacts.ListEvidence(t.Context(), w.db, w.company, w.service, again.ID, "", 10)
	require.NoError(t, err)
	require.Len(t, evidence, 1)
	require.Equal(t, "erased", evidence[0].Source)
	require.NotNil(t, w.meet(t, w.service, w.second, channels.SMS, erasedNumber, "").SenderOutAt)
	require.Nil(t, w.meet(t, w.sales, w.others, channels.SMS, erasedNumber, "").OptedOutAt, "the sales were never told")
	require.Nil(t, w.texts(t, "+13125550143").OptedOutAt)
	other := newCompany(t, w.db)
	require.Nil(t, other.texts(t, erasedNumber).OptedOutAt)

	w.consents(t, w.service, again.ID, "", false, noon.Add(time.Hour)) // START
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), again.ID))
	require.Nil(t, w.texts(t, erasedNumber).OptedOutAt, "who opted in is in")
}

// TestAStopToTheWholeCompanyHoldsAfterErasure, and until a START.
func TestAStopToTheWholeCompanyHoldsAfterErasure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(t, `update companies set opt_out_scope = 'company'`)
	first := w.texts(t, erasedNumber)
	w.consents(t, w.service, first.ID, "", true, noon)
	card, err := contacts.Find(t.Context(), w.db, w.company, w.service, first.ID)
	require.NoError(t, err)
	require.True(t, card.OptedOut)
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), first.ID))
	again := w.meet(t, w.sales, w.others, channels.SMS, erasedNumber, "")
	require.True(t, again.Known().OptedOut)
	w.consents(t, w.sales, again.ID, "", false, noon.Add(time.Hour))
	require.False(t, w.meet(t, w.sales, w.others, channels.SMS, erasedNumber, "").Known().OptedOut)
	require.False(t, w.texts(t, erasedNumber).Known().OptedOut)
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), again.ID))
	require.False(t, w.texts(t, erasedNumber).Known().OptedOut, "who opted in is in")
}

// TestAStopHoldsForAnAddressThatIsAdded: by the staff, or by a list.
func TestAStopHoldsForAnAddressThatIsAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.texts(t, erasedNumber)
	w.consents(t, w.service, first.ID, "", true, noon)
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), first.ID))
	anna := w.texts(t, "+13125550143")
	w.inTx(t, func(tx *sqlx.Tx) error {
		_, err := contacts.Change(t.Context(), tx, w.actor(w.service), anna.ID, func(c *contacts.Card) error {
			c.Addresses = append(c.Addresses, contacts.Address{Kind: "phone", Address: erasedNumber})
			return nil
		})
		return err
	})
	card, err := contacts.Find(t.Context(), w.db, w.company, w.service, anna.ID)
	require.NoError(t, err)
	require.True(t, card.OptedOut)
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), anna.ID))
	_, err = contacts.Import(t.Context(), w.db, w.actor(w.service), []contacts.Row{{Line: 2, Phone: erasedNumber}})
	require.NoError(t, err)
	require.Equal(t, 1, w.count(t, `select count(*) from standings where team_id = $1 and opted_out_at is not null`, w.service))
}

// TestWhoWasMergedIsErasedWithWhoStays: by either id.
func TestWhoWasMergedIsErasedWithWhoStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from, into := w.texts(t, erasedNumber), w.texts(t, "+13125550143")
	_, err := contacts.Merge(t.Context(), w.db, w.actor(w.service), from.ID, into.ID)
	require.NoError(t, err)
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), from.ID))
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), into.ID))
	require.Zero(t, w.count(t, `select count(*) from contacts`))
	require.Equal(t, 1, w.count(t, `select count(*) from erasures`))
}

// TestNothingIsLeftOfWhoWasMerged: what names them by the id they had goes as well.
func TestNothingIsLeftOfWhoWasMerged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zygmunt, anna, stays := w.texts(t, erasedNumber), w.texts(t, "+13125550143"), w.texts(t, "+13125550144")
	w.fills(t, zygmunt.ID)
	for _, pair := range [][2]string{{zygmunt.ID, anna.ID}, {anna.ID, stays.ID}} {
		_, err := contacts.Merge(t.Context(), w.db, w.actor(w.service), pair[0], pair[1])
		require.NoError(t, err)
	}
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), stays.ID))
	require.Equal(t, []string{"erasures: " + erasedNumber, "erasures: " + erasedChat}, w.holding(t, erasedNumber, erasedWords, erasedChat))
}

// TestWhoIsBeingHandledIsErasedAMomentLater: and three who press at once erase
// once.
func TestWhoIsBeingHandledIsErasedAMomentLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zygmunt := w.texts(t, erasedNumber)
	tx, err := w.db.Beginx()
	require.NoError(t, err)
	_, err = contacts.FindOrCreate(t.Context(), tx, w.company, w.service, w.first, channels.SMS, erasedNumber, "")
	require.NoError(t, err)
	var pressed sync.WaitGroup
	faults := make(chan error, 3)
	for range 3 {
		pressed.Go(func() { faults <- contacts.Erase(context.Background(), w.db, w.actor(""), zygmunt.ID) })
	}
	require.Equal(t, 1, w.count(t, `select count(*) from contacts`), "not while somebody is at it")
	require.NoError(t, tx.Commit())
	pressed.Wait()
	for range 3 {
		require.NoError(t, <-faults)
	}
	require.Zero(t, w.count(t, `select count(*) from contacts`))
	require.Equal(t, 1, w.count(t, `select count(*) from history where what = 'erasure'`))
}
