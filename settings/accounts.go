package settings

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// Accounts are the providers' accounts that senders use: the server's own, and
// those that companies stored.
type Accounts struct {
	Vault *Vault
	DB    sqlx.QueryerContext // where companies' own stand
}

// Secrets returns the live secrets of the account that senders of a kind use,
// the one to send with first, or ErrNoAccount. The empty account is the
// environment's.
func (a Accounts) Secrets(ctx context.Context, kind channels.Kind, account string) ([]string, error) {
	return a.Vault.AccountSecrets(ctx, a.DB, ProviderOf(kind), account)
}
