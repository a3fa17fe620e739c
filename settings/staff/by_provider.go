package staff

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels/oidc"
	"ringback/settings"
	"ringback/settings/transaction"
)

// Who signs in by the provider is found by issuer and subject, which stay. The
// first time, an e-mail address that the provider says is theirs leads to
// somebody here whom an admin has added and who has never been able to sign in.
// Whoever can sign in already connects the two themselves, from their account:
// otherwise who can choose an address at the provider would become the admin who
// has it here. An address that nobody has makes somebody new, if a role is theirs.

// providerBack is where browsers come back to from the provider.
func (g Gate) providerBack() string { return g.Site() + "/sign-in/provider/callback" }

// BeginProvider is a new way to the provider, with the address to send the
// browser to; again has it ask who they are although it knows. Its error is
// *Shut, or settings.ErrNotFound where there is no provider.
func (g Gate) BeginProvider(ctx context.Context, again bool) (oidc.Flow, string, error) {
	if g.Identity.Provider == nil {
		return oidc.Flow{}, "", settings.ErrNotFound
	}
	f, url, err := g.Identity.Provider.Begin(ctx, g.providerBack(), again)
	return f, url, shut(err)
}

// finish asks the provider who came back. It is counted like a password, as each
// try asks the provider something.
func (g Gate) finish(ctx context.Context, v Visit, f oidc.Flow, state, code string) (oidc.Person, error) {
	if g.Identity.Provider == nil {
		return oidc.Person{}, settings.ErrNotFound
	}
	if err := count(ctx, g.DB, atProvider(v), v); err != nil {
		return oidc.Person{}, err
	}
	who, err := g.Identity.Provider.Finish(ctx, f, g.providerBack(), state, code)
	if err == nil && (len(who.Subject) > 1000 || !utf8.ValidString(who.Subject) || strings.Contains(who.Subject, "\x00")) {
		err = oidc.ErrRefused
	}
	if err != nil {
		slog.WarnContext(ctx, "a sign-in by the identity provider failed", "error", err)
		return who, shut(err)
	}
	return who, forgive(ctx, g.DB, atProvider(v), v.From)
}

// atProvider is the name in which tries at the provider are counted: nobody has
// said yet who they are.
func atProvider(v Visit) string { return "identity provider from " + v.From }

// SignInByProvider makes a session of who came back from the provider, as SignIn
// does. Its errors are *Shut and *Throttled.
func (g Gate) SignInByProvider(ctx context.Context, v Visit, f oidc.Flow, state, code string) (Principal, string, error) {
	who, err := g.finish(ctx, v, f, state, code)
	if err != nil {
		return Principal{}, "", err
	}
	m, err := g.vouched(ctx, who)
	if err != nil {
		return Principal{}, "", err
	}
	var token string
	err = transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		if err := note(ctx, tx, v, m.CompanyID, m.ID, m.Name, "sign_in"); err != nil {
			return err
		}
		if token, err = g.enter(ctx, tx, v, m.CompanyID, m.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, vouch, hash(token), m.Identity, who.Session, g.sealRefresh(m.Identity, who.Refresh))
		return err
	})
	if err != nil {
		return Principal{}, "", fmt.Errorf("sign in by the identity provider: %w", err)
	}
	return m.principal(), token, nil
}

const vouch = `
update sessions set identity_id = $2, provider_session = $3, refresh = $4, asked_at = now(), vouched_at = now() where hash = $1`

const findIdentity = `
select ` + memberColumns + `, m.active, i.id as identity
from staff_identities i join staff m on m.company_id = i.company_id and m.id = i.staff_id
where i.company_id = $1 and i.issuer = $2 and i.subject = $3`

// vouched finds or adds who the provider says they are, with the role that it
// gives them.
func (g Gate) vouched(ctx context.Context, who oidc.Person) (member, error) {
	for range 2 { // of two who come at once for the first time, one finds the other's work
		found, err := g.identity(ctx, who)
		if !errors.Is(err, settings.ErrNotFound) {
			if err != nil {
				return found, err
			}
			return found, g.follow(ctx, &found, who)
		}
		err = g.meet(ctx, who)
		var taken *pq.Error
		if err != nil && (!errors.As(err, &taken) || taken.Code.Name() != "unique_violation") {
			return found, err
		}
	}
	return member{}, &Shut{ShutTaken}
}

func (g Gate) identity(ctx context.Context, who oidc.Person) (member, error) {
	var row struct {
		member
		Active bool
	}
	err := g.DB.GetContext(ctx, &row, findIdentity, g.Company, who.Issuer, who.Subject)
	if errors.Is(err, sql.ErrNoRows) {
		return member{}, settings.ErrNotFound
	}
	if err == nil && !row.Active {
		err = &Shut{ShutLeft}
	}
	return row.member, err
}

// follow gives the member the role that the provider says they have; ShutNoRole
// when it gives none, and when the last admin would be one no more.
func (g Gate) follow(ctx context.Context, m *member, who oidc.Person) error {
	if len(g.Identity.Roles.Of) == 0 {
		return nil
	}
	role := g.Identity.Roles.Role(who.Values)
	if role == "" {
		return &Shut{ShutNoRole}
	}
	if role == m.Role {
		return nil
	}
	changed, err := settings.ChangeMember(ctx, g.DB, m.CompanyID, g.provider(), m.ID, func(now *settings.Member) error {
		now.Role = role
		return nil
	})
	var last *settings.Conflict
	if errors.As(err, &last) {
		return fmt.Errorf("%w: %w", &Shut{ShutNoRole}, err)
	}
	m.Role = changed.Role
	return err
}

// provider is how the history names it.
func (g Gate) provider() string { return g.Identity.Provider.Host() }

// meet connects somebody whom the provider brings for the first time.
func (g Gate) meet(ctx context.Context, who oidc.Person) error {
	if !who.Verified || !possible(who.Email) || who.Email == "" {
		return &Shut{ShutUnverified}
	}
	role := g.Identity.Roles.Role(who.Values)
	if len(g.Identity.Roles.Of) > 0 && role == "" {
		return &Shut{ShutNoRole}
	}
	m, err := settings.FindMemberByEmail(ctx, g.DB, g.Company, who.Email)
	switch {
	case errors.Is(err, settings.ErrNotFound) && role == "":
		return &Shut{ShutUnknown}
	case errors.Is(err, settings.ErrNotFound):
		m = settings.NewMember()
		m.Name, m.Email, m.Role = cmp.Or(settings.Fit(who.Name), who.Email), who.Email, role
		if m, err = settings.CreateMember(ctx, g.DB, g.Company, g.provider(), m); err != nil {
			var wrong settings.Invalid
			if errors.As(err, &wrong) { // the address cannot be one's here
				return fmt.Errorf("%w: %w", &Shut{ShutUnverified}, err)
			}
			var taken *settings.Conflict
			if errors.As(err, &taken) {
				return fmt.Errorf("%w: %w", &Shut{ShutTaken}, err)
			}
			return err
		}
	case err != nil:
		return err
	case !m.Active:
		return &Shut{ShutLeft}
	case m.SignIn == settings.SignInReady:
		return &Shut{ShutTaken}
	case m.SignIn == settings.SignInNone && role == "": // whoever adds people need not be one who may give that role
		return &Shut{ShutUnknown}
	}
	return g.connect(ctx, Principal{CompanyID: g.Company, StaffID: m.ID, Who: g.provider()}, m.Name, who, true)
}
