package main

import (
	"context"
	"fmt"
	"io"

	"ringback/cmd/app"
	"ringback/settings/staff"
)

type key struct {
	Create keyCreate `cmd:"" help:"Make an API key and show it once."`
}

type keyCreate struct {
	Scopes []string `required:"" help:"What the key may do, such as settings:write,tickets:read."`
	Team   string   `help:"The id of the one team that the key reaches; all when left out."`
	Name   string   `help:"What the key is for."`
}

// Run makes the key in the database that the server uses.
func (k keyCreate) Run(ctx context.Context, out io.Writer) error {
	return ofCompany(ctx, func(db *app.Database, company string) error {
		made := staff.Key{Name: k.Name, Scopes: k.Scopes}
		if k.Team != "" {
			made.TeamID = &k.Team
		}
		_, plain, err := staff.CreateKey(ctx, db.DB, staff.Principal{CompanyID: company, Who: "command line"}, made)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, plain)
		return nil
	})
}
