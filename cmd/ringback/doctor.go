package main

import (
	"context"
	"errors"

	"ringback/cmd/app"
	"ringback/cmd/doctor"
	"ringback/cmd/tunnel"
)

type runDoctor struct {
	Fix bool `help:"Set the webhook addresses that are wrong."`
}

// Run compares what stands at the providers with what the gateway needs. The
// exit code is 1 when something is wrong.
func (d runDoctor) Run(ctx context.Context, out output) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	if c.PublicURL == "" {
		c.PublicURL = tunnel.Current(c.DataDir)
	}
	return app.WithSchema(ctx, c, func(db *app.Database) error {
		vault, err := app.Vault(c, db)
		if err != nil {
			return err
		}
		channel, err := c.Twilio()
		if err != nil {
			return err
		}
		meta, err := c.Meta()
		if err != nil {
			return err
		}
		found := items[doctor.Finding]{[]doctor.Finding{}}
		err = doctor.Run(ctx, doctor.Config{
			DB: db.DB, Vault: vault, Twilio: channel, Meta: meta, PublicURL: c.PublicURL,
			Fix: d.Fix, Out: out.words(), Color: doctor.IsTerminal(out.to),
			Found: func(f doctor.Finding) { found.Items = append(found.Items, f) },
		})
		return errors.Join(out.value(found), err)
	})
}
