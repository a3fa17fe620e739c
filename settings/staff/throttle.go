package staff

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Somebody who guesses passwords is stopped by three counts, which all replicas
// share: of the address, of the e-mail address from that address, and of the
// e-mail address from everywhere. The last one keeps nobody out: it slows down
// those who come from where that person has never signed in, to a few tries from
// each network, so that a stranger cannot lock somebody out by failing in their
// name from many places.
const (
	perAddress = 50
	perPair    = 10
	perEmail   = 200
	slowed     = 2
	window     = 15 * time.Minute
)

// Throttled refuses a sign-in after too many tries.
type Throttled struct {
	Wait time.Duration // until the next try makes sense
}

func (t *Throttled) Error() string {
	return fmt.Sprintf("too many tries: wait %d minutes", int(t.Wait.Minutes())+1)
}

// A try is counted before it is looked at: otherwise a thousand at once would
// all find that there were few.
const countTry = `
insert into sign_in_tries as t (key, tries, since) values ($1, 1, now())
on conflict (key) do update set
	tries = case when t.since < now() - make_interval(secs => $2) then 1 else least(t.tries + 1, 1000000) end,
	since = case when t.since < now() - make_interval(secs => $2) then now() else t.since end
returning tries, extract(epoch from since + make_interval(secs => $2) - now())::float8 as wait`

const sweepTries = `
delete from sign_in_tries where key in (
	select key from sign_in_tries where since < now() - make_interval(secs => $1) limit 100)`

// counts are the keys of one try, with how many of each are allowed.
func counts(email, address string) []struct {
	key   []byte
	limit int
} {
	email = strings.ToLower(strings.TrimSpace(email))
	return []struct {
		key   []byte
		limit int
	}{
		{hash("address " + address), perAddress},
		{hash("pair " + address + " " + email), perPair},
		{hash("email " + email), perEmail},
	}
}

// count notes a try and is *Throttled when there were too many.
func count(ctx context.Context, db sqlx.QueryerContext, email string, v Visit) error {
	var of [3]struct {
		Tries int
		Wait  float64
	}
	for n, c := range counts(email, v.From) {
		now := &of[n]
		if err := sqlx.GetContext(ctx, db, now, countTry, c.key, window.Seconds()); err != nil {
			return fmt.Errorf("count a sign-in: %w", err)
		}
		if now.Tries <= c.limit {
			continue
		}
		if c.limit == perEmail { // many fail in that name
			if of[pair].Tries <= slowed {
				continue
			}
			if here, err := known(ctx, db, email, v); err != nil || here {
				return err
			}
			now = &of[pair]
		}
		return &Throttled{Wait: max(time.Duration(now.Wait*float64(time.Second)), time.Second)}
	}
	return nil
}

// pair is the place of the count of a name from a network.
const pair = 1

// forgive takes a try back that was a good one, and with it those of the same
// person before.
func forgive(ctx context.Context, db sqlx.ExecerContext, email, address string) error {
	c := counts(email, address)
	if _, err := db.ExecContext(ctx, `update sign_in_tries set tries = tries - 1 where key = $1 or key = $2`, c[0].key, c[2].key); err != nil {
		return fmt.Errorf("count a sign-in: %w", err)
	}
	if _, err := db.ExecContext(ctx, `delete from sign_in_tries where key = $1`, c[1].key); err != nil {
		return fmt.Errorf("count a sign-in: %w", err)
	}
	return nil
}
