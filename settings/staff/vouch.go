package staff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"ringback/channels/oidc"
	"ringback/settings"
)

// A session that began at the provider lasts as long as the provider vouches for
// its person. It is asked every askEvery in which the session is used, and tells
// by itself what it can (SignedOutThere): either way somebody who is taken out
// there is out here within a minute. A provider that does not answer signs nobody
// out until silentFor; one that gives nothing to ask with is believed for blindFor.
const (
	askEvery  = 45 * time.Second
	silentFor = time.Hour
	blindFor  = 15 * time.Minute
)

const (
	// one request asks at a time: what asks is good for once at many providers
	claimAsking = `
update sessions set asked_at = now() where company_id = $1 and id = $2 and asked_at < now() - make_interval(secs => $3) and refresh is not null
returning refresh, (select subject from staff_identities i where i.company_id = $1 and i.id = identity_id) as subject`
	vouchedAgain = `update sessions set vouched_at = now(), refresh = $3 where company_id = $1 and id = $2`
)

// ask has the provider say whether it still vouches for who has the session;
// settings.ErrNotFound when it does not, and the session has ended.
func (g Gate) ask(ctx context.Context, m *member) error {
	if g.Identity.Provider == nil || g.Key == nil {
		return nil
	}
	var asking struct {
		Refresh []byte
		Subject string
	}
	err := g.DB.GetContext(ctx, &asking, claimAsking, m.CompanyID, m.Session, askEvery.Seconds())
	if errors.Is(err, sql.ErrNoRows) { // another request does
		return nil
	}
	if err != nil {
		return fmt.Errorf("session %s: %w", m.Session, err)
	}
	ctx = context.WithoutCancel(ctx) // what was asked with may be used up: the answer is kept
	refresh, err := g.Key.Open(asking.Refresh, aboutRefresh(m.Identity))
	if err != nil {
		return fmt.Errorf("session %s: %w", m.Session, err)
	}
	who, err := g.Identity.Provider.Again(ctx, asking.Subject, string(refresh))
	if err == nil {
		if _, err := g.DB.ExecContext(ctx, vouchedAgain, m.CompanyID, m.Session, g.sealRefresh(m.Identity, who.Refresh)); err != nil {
			return fmt.Errorf("session %s: %w", m.Session, err)
		}
		err = g.follow(ctx, m, who)
	}
	var out *Shut
	switch {
	case errors.Is(err, oidc.ErrAway):
		slog.WarnContext(ctx, "the identity provider was not heard about a session", "error", err)
		return nil
	case errors.Is(err, oidc.ErrGone), errors.As(err, &out):
		if _, err := g.DB.ExecContext(ctx, endSession, m.CompanyID, m.ID, m.Session); err != nil {
			return fmt.Errorf("session %s: %w", m.Session, err)
		}
		return settings.ErrNotFound
	}
	return err
}

func aboutRefresh(identity string) string { return "identity provider/" + identity }

// sealRefresh is nil without a key: then the provider is not asked again.
func (g Gate) sealRefresh(identity, refresh string) []byte {
	if g.Key == nil || refresh == "" {
		return nil
	}
	return g.Key.Seal([]byte(refresh), aboutRefresh(identity))
}

const endThere = `
with over as (
	select s.company_id, s.staff_id, s.id from sessions s join staff_identities i on i.company_id = s.company_id and i.id = s.identity_id
	where i.company_id = $1 and i.issuer = $2 and ($3 = '' or i.subject = $3) and ($4 = '' or s.provider_session = $4)
), silent as (
	delete from push_devices d using over where d.company_id = over.company_id and d.staff_id = over.staff_id and d.session_id = over.id)
delete from sessions s using over where s.company_id = over.company_id and s.id = over.id`

// SignedOutThere ends the sessions that a token of the provider's names. It may
// come twice. Its errors are *Shut, and settings.ErrNotFound without a provider.
func (g Gate) SignedOutThere(ctx context.Context, v Visit, token string) error {
	if g.Identity.Provider == nil {
		return settings.ErrNotFound
	}
	subject, session, err := g.Identity.Provider.SignedOut(ctx, token)
	if err != nil {
		slog.WarnContext(ctx, "a sign-out by the identity provider was not believed", "from", v.From, "error", err)
		return shut(err)
	}
	if _, err := g.DB.ExecContext(ctx, endThere, g.Company, g.Identity.Provider.Issuer, subject, session); err != nil {
		return fmt.Errorf("signed out by the identity provider: %w", err)
	}
	return nil
}
