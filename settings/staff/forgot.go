package staff

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"ringback/channels/guard"
	"ringback/settings"
)

// Somebody who has forgotten their password gets a link by e-mail, for an hour. A
// link that an admin made stays in force, and so does one that was asked for
// before: a stranger who asks again and again takes none away.
const (
	forgotFor = time.Hour
	perForgot = 3 // letters to one address in a window
	posting   = time.Minute
)

const findForgetful = `
select m.company_id, ` + addresseeColumns + ` from staff m join companies c on c.id = m.company_id
where lower(m.email) = lower($1) and m.active and m.password is not null
	and (not $2 or m.role = 'admin' and not exists (` + identityOf + `))
order by m.created_at, m.id limit 3`

// Forgot writes to whoever has that e-mail address and a password, with a link to
// choose another one. Nobody is told whether there is such an address: what there is
// to do is done after the answer. Its errors are settings.Invalid for what is no
// address, and *Throttled.
func (g Gate) Forgot(ctx context.Context, v Visit, email string) error {
	if !possible(email) || !strings.Contains(email, "@") {
		return settings.Refuse("email", "email")
	}
	if err := count(ctx, g.DB, "forgot "+email, v); err != nil {
		return err
	}
	if g.Mail == nil {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	go func() {
		ctx, stop := context.WithTimeout(ctx, posting)
		defer stop()
		if err := guard.Do(func() error { return g.sendForgotten(ctx, email) }); err != nil {
			slog.ErrorContext(ctx, "a letter with a link to choose a password", "error", err)
		}
	}()
	return nil
}

func (g Gate) sendForgotten(ctx context.Context, email string) error {
	var found []struct {
		CompanyID string `db:"company_id"`
		addressee
	}
	if err := g.DB.SelectContext(ctx, &found, findForgetful, email, g.Identity.Only); err != nil {
		return fmt.Errorf("forgotten password: %w", err)
	}
	for _, m := range found {
		var now struct {
			Tries int
			Wait  float64
		}
		if err := g.DB.GetContext(ctx, &now, countTry, hash("letter "+m.CompanyID+m.ID), window.Seconds()); err != nil {
			return fmt.Errorf("forgotten password: %w", err)
		}
		if now.Tries > perForgot {
			continue
		}
		link, err := g.link(ctx, g.DB, m.CompanyID, m.ID, "/set-password/", forgotFor)
		if err != nil {
			return fmt.Errorf("forgotten password: %w", err)
		}
		if err := g.write(ctx, m.addressee, letterForgot, link.URL, ""); err != nil {
			return err
		}
	}
	return nil
}
