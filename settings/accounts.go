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

// Find returns the account that senders of a kind use with all that its provider
// is called with, or ErrNoAccount. The empty account is the environment's.
func (a Accounts) Find(ctx context.Context, kind channels.Kind, account string) (channels.Account, error) {
	return a.Vault.Account(ctx, a.DB, ProviderOf(kind), account)
}
