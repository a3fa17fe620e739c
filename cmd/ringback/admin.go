package main

import (
	"context"
	"errors"
	"fmt"

	"ringback/cmd/app"
	"ringback/cmd/tunnel"
	"ringback/settings"
	"ringback/settings/staff"
)

type admin struct {
	Link adminLink `cmd:"" help:"Make a one-time link by which an admin who lost access chooses a new password."`
}

type adminLink struct {
	Email string `arg:"" help:"The admin's e-mail address."`
}

// adminLinked is the answer to a program.
type adminLinked struct {
	staff.Link
	Email string `json:"email"`
}

// Run makes the link in the way of every invitation, and the history says so.
func (a adminLink) Run(ctx context.Context, out output) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	if c.PublicURL == "" {
		c.PublicURL = tunnel.Current(c.DataDir)
	}
	return ofCompany(ctx, func(db *app.Database, company string) error {
		m, err := settings.FindMemberByEmail(ctx, db, company, a.Email)
		switch {
		case errors.Is(err, settings.ErrNotFound):
			return fmt.Errorf("nobody of the staff has the address %s", a.Email)
		case err != nil:
			return err
		case m.Role != settings.RoleAdmin:
			return fmt.Errorf("%s is no admin: an admin invites them on the page Staff", m.Name)
		}
		link, err := app.Gate(c, db, company).Invite(ctx, company, m.ID, commandLine)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out.words(), "%s\n\nWho opens it first chooses the password of %s. It works once, until %s.\n",
			link.URL, m.Name, link.ExpiresAt.UTC().Format("2006-01-02 15:04 UTC"))
		return out.value(adminLinked{link, m.Email})
	})
}
