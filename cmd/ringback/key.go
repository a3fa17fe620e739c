package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"ringback/cmd/app"
	"ringback/settings"
	"ringback/settings/staff"
)

type key struct {
	Create keyCreate `cmd:"" help:"Make an API key and show it once."`
	List   keyList   `cmd:"" help:"List the keys that work, the newest first."`
	Revoke keyRevoke `cmd:"" help:"End a key at once."`
}

type keyCreate struct {
	Scopes []string `required:"" help:"What the key may do, such as settings:write,tickets:read."`
	Team   string   `help:"The id of the one team that the key reaches; all when left out."`
	Name   string   `help:"What the key is for."`
}

// commandLine is who the history names for what is done on the server itself.
const commandLine = "command line"

// shownOnce is a key with its plain form.
type shownOnce struct {
	staff.Key
	Plain string `json:"key"`
}

// Run makes the key in the database that the server uses.
func (k keyCreate) Run(ctx context.Context, out output) error {
	return ofCompany(ctx, func(db *app.Database, company string) error {
		made := staff.Key{Name: k.Name, Scopes: k.Scopes}
		if k.Team != "" {
			made.TeamID = &k.Team
		}
		made, plain, err := staff.CreateKey(ctx, db.DB, staff.Principal{CompanyID: company, Who: commandLine}, made)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(out.words(), plain)
		return out.value(shownOnce{made, plain})
	})
}

type keyList struct{}

// Run lists one key a line: id, name, what it may do, the team, when it was used.
func (keyList) Run(ctx context.Context, out output) error {
	return ofCompany(ctx, func(db *app.Database, company string) error {
		all, err := staff.ListKeys(ctx, db, company, "", most)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(out.words(), 0, 0, 2, ' ', 0)
		for _, k := range all {
			team, used := "all teams", "never used"
			if k.TeamID != nil {
				team = "team " + *k.TeamID
			}
			if k.UsedAt != nil {
				used = "used " + k.UsedAt.UTC().Format(time.RFC3339)
			}
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, strings.Join(k.Scopes, ","), team, used)
		}
		if len(all) == 0 {
			_, _ = fmt.Fprintln(table, "there is no key")
		}
		if err := table.Flush(); err != nil {
			return err
		}
		return out.value(items[staff.Key]{all})
	})
}

type keyRevoke struct {
	ID string `arg:"" help:"The key's id, as list shows it."`
}

// Run ends the key for every running server at once.
func (k keyRevoke) Run(ctx context.Context, out output) error {
	return ofCompany(ctx, func(db *app.Database, company string) error {
		if !settings.IsID(k.ID) {
			return fmt.Errorf("%q is no key's id: see ringback key list", k.ID)
		}
		if err := staff.RevokeKey(ctx, db.DB, staff.Principal{CompanyID: company, Who: commandLine}, k.ID); err != nil {
			return err
		}
		_, _ = fmt.Fprintln(out.words(), "revoked "+k.ID)
		return out.value(map[string]string{"revoked": k.ID})
	})
}
