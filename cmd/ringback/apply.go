package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"ringback/cmd/app"
	"ringback/settings"
	"ringback/settings/description"
	"ringback/settings/staff"
)

type apply struct {
	File string `short:"f" required:"" placeholder:"FILE" help:"The description, in YAML; - is standard input. See docs/apply.md."`
	Plan bool   `help:"Say what would change, and change nothing."`
	Key  string `env:"RINGBACK_API_KEY" placeholder:"KEY" help:"An API key, in whose name and within whose reach it is done; left out, the operator's."`
}

// Run brings the teams to what the file says, or says what that would take.
func (a apply) Run(ctx context.Context, out output) error {
	file, err := a.read()
	if err != nil {
		return err
	}
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	return ofCompany(ctx, func(db *app.Database, company string) error {
		by, err := a.by(ctx, app.Gate(c, db, company))
		if err != nil {
			return err
		}
		vault, err := app.Vault(c, db)
		if err != nil {
			return err
		}
		plan, err := description.Apply(ctx, description.Config{
			DB: db.DB, Vault: vault, By: by, Getenv: os.LookupEnv, Now: time.Now(),
		}, file, a.Plan)
		if err != nil {
			return err
		}
		a.tell(out.words(), plan)
		return out.value(plan)
	})
}

func (a apply) read() (*description.File, error) {
	if a.File == "-" {
		return description.Read("standard input", os.Stdin)
	}
	file, err := os.Open(a.File)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return description.Read(a.File, file)
}

// by is in whose name it is done.
func (a apply) by(ctx context.Context, gate staff.Gate) (staff.Principal, error) {
	if a.Key == "" {
		return staff.Principal{CompanyID: gate.Company, Scopes: staff.Scopes, Who: commandLine}, nil
	}
	by, err := gate.OfKey(ctx, a.Key)
	if errors.Is(err, settings.ErrNotFound) {
		err = errors.New("RINGBACK_API_KEY is no key that is in force")
	}
	return by, err
}

// tell says what was done, or would be.
func (a apply) tell(to io.Writer, plan description.Plan) {
	team := "\x00"
	for _, c := range plan.Changes {
		if c.Does == description.None {
			continue
		}
		if c.Team != team {
			team = c.Team
			of := "The company"
			if team != "" {
				of = team
			}
			_, _ = fmt.Fprintln(to, of)
		}
		_, _ = fmt.Fprintf(to, "  %-7s %-10s %s\n", c.Does, c.Kind, c.Name)
		for _, f := range c.Fields {
			_, _ = fmt.Fprintf(to, "            %s: %s -> %s\n", f.Field, inJSON(f.From), inJSON(f.To))
		}
	}
	did := "Done"
	if a.Plan {
		did = "Would be"
	}
	_, _ = fmt.Fprintf(to, "%s: %d created, %d changed, %d deleted; %d as described, %d not described and kept.\n",
		did, plan.Create, plan.Change, plan.Delete, plan.Same, plan.Kept)
}
