package settings

import (
	"context"
	"errors"

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

// Signing returns the secrets with which the provider of such an account signs:
// none for an account that is not known here, and no secret verifies nothing.
func (a Accounts) Signing(ctx context.Context, kind channels.Kind, account string) ([]string, error) {
	live, err := a.Vault.SigningSecrets(ctx, a.DB, ProviderOf(kind), account)
	if errors.Is(err, ErrNoAccount) {
		return nil, nil
	}
	return live, err
}
