package outboundhooks

import (
	"context"
	"crypto/rand"
	"encoding/base64"

	"ringback/settings"
)

// newSecret makes a secret: as it is shown this once, and as it is kept.
func (c *Dispatcher) newSecret(company, id string) (shown string, sealed []byte, err error) {
	if c.Key == nil {
		return "", nil, settings.NewConflict("", "no_secret_key")
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: it ends the program instead
	return "whsec_" + base64.StdEncoding.EncodeToString(secret), c.Key.Seal(secret, about(company, id)), nil
}

func about(company, id string) string { return "hook/" + company + "/" + id }

const rotate = `
update hooks set former_secret = secret, former_until = now() + interval '24 hours', secret = $3, updated_at = now()
where company_id = $1 and id = $2 returning ` + columns

// Rotate gives an address a new secret and returns it. The one before signs
// too for a day, so that the receiver can change over without missing anything;
// the one before that no longer does.
func (c *Dispatcher) Rotate(ctx context.Context, company, who, id string) (Hook, string, error) {
	var h Hook
	if _, err := c.enabled(ctx, company, id); err != nil {
		return h, "", err
	}
	shown, sealed, err := c.newSecret(company, id)
	if err != nil {
		return h, "", err
	}
	tx, err := c.DB.BeginTxx(ctx, nil)
	if err != nil {
		return h, "", err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	err = tx.GetContext(ctx, &h, rotate, company, id, sealed)
	if err == nil {
		err = settings.NoteOfCompany(ctx, tx, company, who, "hook", id, nil, map[string]any{"address": h.URL, "secret": settings.Masked(shown)})
	}
	if err == nil {
		err = tx.Commit()
	}
	return h, shown, wrap(err, "hook "+id)
}

// secrets are what a delivery is signed with, the newest first.
func (c *Dispatcher) secrets(d claimed) ([][]byte, error) {
	current, err := c.Key.Open(d.Secret, about(d.CompanyID, d.HookID))
	if err != nil || d.Former == nil {
		return [][]byte{current}, err
	}
	former, err := c.Key.Open(d.Former, about(d.CompanyID, d.HookID))
	return [][]byte{current, former}, err
}
