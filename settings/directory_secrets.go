package settings

import (
	"context"
	"errors"
	"time"
)

// A caller waits for the database a moment only, and longer where nothing at
// all is known.
const (
	moment  = 80 * time.Millisecond
	atWorst = 5 * time.Second
)

// Secrets returns what a call of an account can be signed with; none for an
// account that nobody has. While the database does not answer, it is what was
// known last: who calls a company that has an account of its own is to hear
// its greeting all the same.
func (d *Directory) Secrets(ctx context.Context, account string) ([]string, error) {
	if account == "" || account == d.account {
		return d.askSecrets(ctx, account) // the environment's are at hand
	}
	ask := func(within time.Duration) ([]string, error) {
		asking, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		return d.signing.get(asking, account, func(ctx context.Context) ([]string, error) { return d.askSecrets(ctx, account) })
	}
	live, err := ask(moment)
	if err == nil {
		return live, nil
	}
	d.mu.RLock()
	live, known := d.secrets[account]
	d.mu.RUnlock()
	if known {
		return live, nil
	}
	return ask(atWorst)
}

// askSecrets asks the vault and remembers what it says of companies' own
// accounts: the environment's are never asked of the database.
func (d *Directory) askSecrets(ctx context.Context, account string) ([]string, error) {
	live, err := d.vault.AccountSecrets(ctx, d.db, Twilio, account)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		delete(d.secrets, account)
		return nil, nil // no secret verifies nothing
	}
	if account != "" && account != d.account {
		d.secrets[account] = live
	}
	return live, nil
}
