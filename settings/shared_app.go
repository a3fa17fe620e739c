package settings

import (
	"context"
)

// One app at Meta may serve several companies: the server has the app's secret, which
// signs, and each company proves its numbers with a token of its own, which cannot see
// another's. The server's own token sees them all and proves nobody's.

// ofSharedApp are the secrets of a number in the server's own app: a token alone. What
// else was given stays as it is.
func (v *Vault) ofSharedApp(provider string, secrets []string) []string {
	if provider == Meta && len(secrets) == 2 && secrets[1] == "" && len(v.Environment[Meta].Secrets) > 1 {
		return secrets[:1]
	}
	return secrets
}

// live are stored secrets with those that sign in the server's own app, where the
// company gave a token alone.
func (v *Vault) live(provider string, stored []string) []string {
	if provider == Meta && len(stored) == 1 {
		return append([]string{stored[0]}, signing(Meta, v.Environment[Meta].Secrets)...)
	}
	return stored
}

const otherCompany = `select exists (select from companies where id <> $1)`

// provesItself refuses a number at Meta without a token of the company's, once there
// are several companies here. One that the team uses already stays as it is.
func (e *Edit) provesItself(ctx context.Context, provider string, before held) error {
	if provider != Meta || before.stored || before.mine || len(before.others) > 0 {
		return nil
	}
	var others bool
	if err := get(ctx, e.tx, &others, otherCompany, e.Team.CompanyID); err != nil {
		return wrap(err, "who else is here")
	}
	if others {
		return Refuse("account.access_token", "own_token")
	}
	return nil
}
