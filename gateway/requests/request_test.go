package requests_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/gateway/events"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// TestTokens: 128 random bits each, of which nothing but the hash is kept.
func TestTokens(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		token, hash := requests.NewToken()
		bits, err := base64.RawURLEncoding.DecodeString(token)
		require.NoError(t, err, "it stands in an address as it is")
		require.Len(t, bits, 16)
		require.Equal(t, requests.Hash(token), hash)
		require.NotContains(t, string(hash), token)
		require.False(t, seen[token])
		seen[token] = true
	}
	for _, public := range []string{"https://texts.example.com", "https://texts.example.com/"} {
		require.Equal(t, "https://texts.example.com/r/token", requests.Link(public, "token"))
	}
}

// TestOnlyTheTokenOpensAPage: not its hash, nor what comes near it.
func TestOnlyTheTokenOpensAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, hash := requests.NewToken()
	r := w.draft(rules.AskApproval)
	r.TokenHash = hash
	w.ask(t, r)
	found, err := requests.ByToken(t.Context(), w.db, token)
	require.NoError(t, err)
	require.Equal(t, r.ID, found.ID)
	page, err := requests.PageOf(t.Context(), w.db, token)
	require.NoError(t, err)
	require.Equal(t, []string{"GVE", "GVE Service", "pl", "America/Chicago"}, []string{page.Company, page.Team, page.Language, page.Zone}, "in the contact's language")
	for _, wrong := range []string{"", token + "A", token[:21], string(hash), base64.RawURLEncoding.EncodeToString(hash)} {
		_, err := requests.ByToken(t.Context(), w.db, wrong)
		require.ErrorIs(t, err, settings.ErrNotFound)
		_, err = requests.PageOf(t.Context(), w.db, wrong)
		require.ErrorIs(t, err, settings.ErrNotFound)
	}
	require.Empty(t, w.strings(t, `select id::text from requests r where r::text like '%' || $1 || '%'`, token), "who reads the table opens no page")
}

// TestARequestOnlyMovesOn plays what may come to a request, in any order: an
// answer, its end and its being seen change it as long as it is open, once,
// and nothing that comes after does.
func TestARequestOnlyMovesOn(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	rapid.Check(t, func(t *rapid.T) {
		w := newTicket(t, db)
		kind := rapid.SampledFrom(allKinds).Draw(t, "kind")
		r := w.ask(t, w.draft(kind))
		state, lines := requests.Open, 1
		answer := requests.Answer{Resolved: truth(false), Score: 3}
		at := noon
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 5*24).Draw(t, "hours")) * time.Hour)
			live := (state == requests.Open || state == requests.Seen) && at.Before(r.ExpiresAt)
			waits := state == requests.Open || state == requests.Seen
			require.Equal(t, live, w.find(t, r.ID).Live(at))
			switch rapid.SampledFrom([]string{"seen", "answered", "expired", "cancelled"}).Draw(t, "what") {
			case "seen":
				w.inTx(t, func(tx *sqlx.Tx) error { return r.See(context.Background(), tx, at) })
				if live && state == requests.Open {
					state = requests.Seen
					lines++
				}
			case "answered":
				given, err := w.gives(r.ID, answer, at)
				require.NoError(t, err)
				require.Equal(t, live, given)
				if live {
					state = requests.Answered
					lines++
				}
			case "expired":
				w.inTx(t, func(tx *sqlx.Tx) error { return r.End(context.Background(), tx, requests.Expired, tickets.By{}, at) })
				if waits {
					state = requests.Expired
					lines++
				}
			case "cancelled":
				w.inTx(t, func(tx *sqlx.Tx) error {
					return requests.Withdraw(context.Background(), tx, w.company, w.ticket, kind, tickets.By{Who: "Ann"}, at)
				})
				if waits {
					state = requests.Cancelled
					lines++
				}
			}
			kept := w.find(t, r.ID)
			require.Equal(t, state, kept.State)
			require.Equal(t, state == requests.Answered, kept.Answer != nil)
			require.Equal(t, state == requests.Expired || state == requests.Cancelled, kept.EndedAt != nil)
			require.Len(t, w.timeline(t), lines)
		}
	})
}

// TestALinkLivesToTheInstant
func TestALinkLivesToTheInstant(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for left, want := range map[time.Duration]bool{time.Second: true, 0: false, -time.Second: false} {
		w := newTicket(t, db)
		r := w.ask(t, w.draft(rules.AskApproval))
		given, err := w.gives(r.ID, requests.Answer{Approved: truth(true)}, noon.Add(requests.Life-left))
		require.NoError(t, err)
		require.Equal(t, want, given, left)
		require.Equal(t, []string{"request/" + r.ID + "/expired +604800"}, w.strings(t,
			`select provider_id || ' +' || extract(epoch from due_at - $2::timestamptz)::int from events where company_id = $1 and kind = $3`, w.company, noon, events.RequestExpired{}.Kind()))
	}
}

// TestManyAnswersAtOnce: one is stored, and only its writer is told so.
func TestManyAnswersAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.ask(t, w.draft(rules.AskApproval))
	var stored atomic.Int32
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			given, err := w.gives(r.ID, requests.Answer{Approved: truth(n%2 == 0)}, noon.Add(time.Hour))
			if err == nil && given {
				stored.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, stored.Load())
	require.Len(t, w.timeline(t), 2, "asked, and answered once")
	require.Equal(t, []string{"approval"}, w.notices(t))
}

// TestWhatComesOfAnAnswer: of each kind, the ticket's timeline, its status and
// whom the staff is told of.
func TestWhatComesOfAnAnswer(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for name, c := range map[string]struct {
		kind     string
		answer   requests.Answer
		timeline []string // after it was asked
		notices  []string
		status   string
	}{
		"approved":      {rules.AskApproval, requests.Answer{Approved: truth(true)}, []string{"answered approved by customer"}, []string{"approval"}, "open"},
		"declined":      {rules.AskApproval, requests.Answer{Approved: truth(false), Comment: "too dear"}, []string{"answered declined by customer"}, []string{"approval"}, "open"},
		"a photo":       {rules.AskPhotoVideo, requests.Answer{Files: []string{"1"}}, []string{"answered by customer"}, []string{"photo"}, "open"},
		"5 of 5":        {rules.AskRating, requests.Answer{Score: 5}, []string{"answered 5 by customer"}, nil, "open"},
		"1 of 5":        {rules.AskRating, requests.Answer{Score: 1}, []string{"answered 1 by customer"}, []string{"rating"}, "open"},
		"resolved, yes": {rules.AskResolved, requests.Answer{Resolved: truth(true)}, []string{"answered yes by customer", "closed by customer"}, nil, "closed"},
		"resolved, no":  {rules.AskResolved, requests.Answer{Resolved: truth(false)}, []string{"answered no by customer"}, []string{"answer_no"}, "open"},
	} {
		w := newTicket(t, db)
		r := w.ask(t, w.draft(c.kind))
		given, err := w.gives(r.ID, c.answer, noon.Add(time.Hour))
		require.NoError(t, err, name)
		require.True(t, given, name)
		require.Equal(t, c.timeline, w.timeline(t)[1:], name)
		require.ElementsMatch(t, c.notices, w.notices(t), name)
		require.Equal(t, []string{c.status}, w.strings(t, `select status from tickets where id = $1`, w.ticket), name)
		kept := w.find(t, r.ID)
		require.Equal(t, "page", kept.Via)
		require.True(t, kept.AnsweredAt.Equal(noon.Add(time.Hour)))
	}
}

// TestANoGoesBackToWhoHadIt: the advisor whom the question was about, unless
// somebody else has the ticket by now.
func TestANoGoesBackToWhoHadIt(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	const ann, bob = "0192e4a0-0000-7000-8000-00000000000a", "0192e4a0-0000-7000-8000-00000000000b"
	for now, want := range map[string]string{"": ann, bob: bob} {
		w := newTicket(t, db)
		draft := w.draft(rules.AskResolved)
		advisor := ann
		draft.Advisor = &advisor
		r := w.ask(t, draft)
		w.exec(t, `update tickets set status = 'done', assignee = nullif($2, '')::uuid where id = $1`, w.ticket, now)
		_, err := w.gives(r.ID, requests.Answer{Resolved: truth(false)}, noon.Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, []string{"open " + want}, w.strings(t, `select status || ' ' || assignee from tickets where id = $1`, w.ticket))
	}
}

// TestWhatIsAskedForAgain: what waits already, and what an advisor asks for so
// much later; refused with the time left.
func TestWhatIsAskedForAgain(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	money := func(amount int64, currency, what string) func(*requests.Request) {
		return func(r *requests.Request) { r.Amount, r.Currency, r.Description = &amount, currency, what }
	}
	words := func(message, files string) func(*requests.Request) {
		return func(r *requests.Request) { r.Message, r.Attachments = message, []byte(files) }
	}
	nothing := func(*requests.Request) {}
	for name, c := range map[string]struct {
		kind          string
		before, again func(*requests.Request)
		after         time.Duration
		left          string // empty: it may be asked
	}{
		"the same payment":         {rules.AskPayment, money(14990, "USD", "Repair"), money(14990, "USD", "Repair"), time.Hour, "6 d 23 h"},
		"another amount":           {rules.AskPayment, money(14990, "USD", "Repair"), money(14991, "USD", "Repair"), time.Hour, ""},
		"other money":              {rules.AskPayment, money(14990, "USD", "Repair"), money(14990, "CAD", "Repair"), time.Hour, ""},
		"for something else":       {rules.AskPayment, money(14990, "USD", "Repair"), money(14990, "USD", "Blades"), time.Hour, ""},
		"the link has expired":     {rules.AskPayment, money(14990, "USD", "Repair"), money(14990, "USD", "Repair"), requests.Life, ""},
		"a second before":          {rules.AskPayment, money(14990, "USD", "Repair"), money(14990, "USD", "Repair"), requests.Life - time.Second, "1 min"},
		"the same to approve":      {rules.AskApproval, words("Replace the blade", `["a"]`), words("Replace the blade", `["a"]`), time.Minute, "6 d 23 h"},
		"other words":              {rules.AskApproval, words("Replace the blade", `["a"]`), words("Replace both", `["a"]`), time.Minute, ""},
		"another plan":             {rules.AskApproval, words("Replace the blade", `["a"]`), words("Replace the blade", `["b"]`), time.Minute, ""},
		"a photo, pressed twice":   {rules.AskPhotoVideo, nothing, nothing, 59 * time.Second, "1 min"},
		"a photo, a minute later":  {rules.AskPhotoVideo, nothing, nothing, time.Minute, ""},
		"a rating within the hour": {rules.AskRating, nothing, nothing, time.Minute, "59 min"},
		"a rating after the hour":  {rules.AskRating, nothing, nothing, time.Hour, ""},
		"whether it is resolved":   {rules.AskResolved, nothing, nothing, 59*time.Minute + 30*time.Second, "1 min"},
	} {
		w := newTicket(t, db)
		first, second := w.draft(c.kind), w.draft(c.kind)
		c.before(&first)
		c.again(&second)
		first = w.ask(t, first)
		second.AskedAt = noon.Add(c.after)
		if c.left == "" {
			require.NoError(t, second.MayAsk(t.Context(), db), name)
			continue
		}
		var refused *settings.Conflict
		require.ErrorAs(t, second.MayAsk(t.Context(), db), &refused, name)
		require.Equal(t, "already_open", refused.Code)
		require.Equal(t, c.left, refused.Params["Left"], name)
		w.inTx(t, func(tx *sqlx.Tx) error {
			return first.End(context.Background(), tx, requests.Cancelled, tickets.By{Who: "Ann"}, noon)
		})
		require.NoError(t, second.MayAsk(t.Context(), db), "%s: what was taken back is open no more", name)
	}
}

// TestAnotherTicketsRequestIsNoneOfThis
func TestAnotherTicketsRequestIsNoneOfThis(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ask(t, w.draft(rules.AskApproval))
	other := newTicket(t, w.db)
	require.NoError(t, other.draft(rules.AskApproval).MayAsk(t.Context(), w.db))
	require.NoError(t, w.draft(rules.AskRating).MayAsk(t.Context(), w.db), "another kind is something else")
}

func TestTimeLeftAsOneSaysIt(t *testing.T) {
	for span, want := range map[time.Duration]string{
		time.Nanosecond: "1 min", time.Minute: "1 min", time.Minute + 1: "2 min", 59 * time.Minute: "59 min", time.Hour: "1 h 0 min",
		59*time.Minute + time.Second: "1 h 0 min", 24*time.Hour - time.Minute: "23 h 59 min", 24 * time.Hour: "1 d 0 h", requests.Life: "7 d 0 h",
		requests.Life - time.Hour: "6 d 23 h", 25*time.Hour + 59*time.Minute: "1 d 1 h",
	} {
		require.Equal(t, want, requests.Left(span), fmt.Sprint(span))
	}
}

// TestWaiting: an advisor's own question that has no answer; one that the
// gateway asked by itself keeps nobody from anything.
func TestWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	waiting := func(at time.Time) bool {
		r := w.draft(rules.AskRating)
		r.AskedAt = at
		yes, err := requests.Waiting(t.Context(), w.db, r)
		require.NoError(t, err)
		return yes
	}
	automatic := w.draft(rules.AskRating)
	automatic.Who = ""
	w.ask(t, automatic)
	require.False(t, waiting(noon))
	r := w.ask(t, w.draft(rules.AskRating))
	require.True(t, waiting(noon))
	require.False(t, waiting(noon.Add(requests.Life)))
	yes, err := requests.Waiting(t.Context(), w.db, r)
	require.NoError(t, err)
	require.False(t, yes, "it does not wait for itself")
	_, err = w.gives(r.ID, requests.Answer{Score: 5}, noon)
	require.NoError(t, err)
	require.False(t, waiting(noon))
}

// TestMoneyThatComesIsAnAnswer, also when the link has expired meanwhile; that
// it failed is none.
func TestMoneyThatComesIsAnAnswer(t *testing.T) {
	t.Parallel()
	db := newWorld(t).db
	for before, end := range map[string]string{requests.Open: "", requests.Expired: requests.Expired, requests.Cancelled: requests.Cancelled} {
		w := newTicket(t, db)
		r := w.ask(t, w.draft(rules.AskPayment))
		w.inTx(t, func(tx *sqlx.Tx) error {
			if end != "" {
				require.NoError(t, r.End(context.Background(), tx, end, tickets.By{}, noon))
			}
			return r.Settled(context.Background(), tx, "attempt", "payment_failed", "149.90 USD", noon)
		})
		require.Equal(t, before, w.find(t, r.ID).State)
		w.inTx(t, func(tx *sqlx.Tx) error {
			return r.Settled(context.Background(), tx, "attempt", "paid", "149.90 USD", noon.Add(time.Hour))
		})
		w.inTx(t, func(tx *sqlx.Tx) error {
			return r.Settled(context.Background(), tx, "attempt", "refunded", "149.90 USD", noon.Add(2*time.Hour))
		})
		kept := w.find(t, r.ID)
		require.Equal(t, requests.Answered, kept.State)
		require.JSONEq(t, `{"payment":"refunded"}`, string(*kept.Answer))
		require.True(t, kept.AnsweredAt.Equal(noon.Add(time.Hour)), "since it was paid")
		require.Subset(t, w.timeline(t), []string{"payment_failed 149.90 USD by customer", "paid 149.90 USD by customer", "refunded 149.90 USD by customer"})
		require.Equal(t, []string{"payment", "payment", "payment"}, w.notices(t))
	}
}

// TestTheSameAnswer: whatever the comment, and never when files came.
func TestTheSameAnswer(t *testing.T) {
	for _, c := range []struct {
		a, b requests.Answer
		want bool
	}{
		{requests.Answer{Approved: truth(true)}, requests.Answer{Approved: truth(true), Comment: "please"}, true},
		{requests.Answer{Approved: truth(true)}, requests.Answer{Approved: truth(false)}, false},
		{requests.Answer{Resolved: truth(true)}, requests.Answer{Approved: truth(true)}, false},
		{requests.Answer{Score: 4}, requests.Answer{Score: 4}, true},
		{requests.Answer{Score: 4}, requests.Answer{Score: 5}, false},
		{requests.Answer{Payment: "paid"}, requests.Answer{Payment: "refunded"}, false},
		{requests.Answer{Files: []string{"1"}}, requests.Answer{Files: []string{"1"}}, false},
	} {
		require.Equal(t, c.want, c.a.Same(c.b), "%+v %+v", c.a, c.b)
		require.Equal(t, c.want, c.b.Same(c.a), "%+v %+v", c.b, c.a)
	}
}
