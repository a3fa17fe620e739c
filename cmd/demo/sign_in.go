package demo

import (
	"context"
	"fmt"
	"path"

	"ringback/cmd/app"
	"ringback/settings"
	"ringback/settings/staff"
)

// admin is who the reader of the demo is in the console.
const admin = "maria@greenvalley.example"

// signIn lets the demo's admin in with a password that is made once and kept
// with the demo's access. It goes the way of every invitation.
func signIn(ctx context.Context, a *app.App, access *Access) error {
	maria, err := findAdmin(ctx, a)
	if err != nil {
		return fmt.Errorf("the demo's admin: %w", err)
	}
	if maria.SignIn == settings.SignInReady && access.Password != "" {
		return nil
	}
	random := secret("")
	password := "valley-" + random[:4] + "-" + random[4:8] + "-" + random[8:12]
	link, err := a.Gate.Invite(ctx, a.Company.ID, maria.ID, "demo")
	if err != nil {
		return err
	}
	if _, err := a.Gate.ChoosePassword(ctx, staff.Visit{}, path.Base(link.URL), password); err != nil {
		return fmt.Errorf("the demo's admin: %w", err)
	}
	access.Email, access.Password = admin, password
	return nil
}

// findAdmin makes her if an earlier version's demo did not.
func findAdmin(ctx context.Context, a *app.App) (settings.Member, error) {
	all, err := settings.ListStaff(ctx, a.DB, a.Company.ID, nil, "", "", 1000)
	if err != nil {
		return settings.Member{}, err
	}
	for _, m := range all {
		if m.Email == admin {
			return m, nil
		}
	}
	m := settings.NewMember()
	m.Name, m.Email, m.Role = "Maria Lopez", admin, settings.RoleAdmin
	return settings.CreateMember(ctx, a.DB.DB, a.Company.ID, who, m)
}
