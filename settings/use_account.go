package settings

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
)

// held is a provider's account as it stands before somebody uses it.
type held struct {
	secrets []string
	key     channels.APIKey
	stored  bool     // the company has given its secrets
	mine    bool     // the edit's own team uses it already
	others  []string // ids of the other teams that do
}

const (
	lockAccount = findAccount + ` for update`

	accountUsers = `select distinct company_id, team_id from senders where kind = any($1) and account = $2`

	saveAccount = `
insert into accounts (company_id, id, provider, account, secrets, api_key) values ($1, $2, $3, $4, $5, $6)
on conflict (provider, account) do update set secrets = excluded.secrets, api_key = excluded.api_key, updated_at = now()
where accounts.company_id = excluded.company_id`
)

// UseAccount stores the secrets of the company's account at a provider, and the key
// of its API (nil: that stays as it is; one without a SID: it is taken away), and
// returns the account that a sender is to name: empty for the environment's. A new first secret moves the one before it to the second place, so that what
// is still signed with it is believed.
//
// Whoever holds an account's secret speaks for every number of it. So one that
// other teams use is changed by those who reach all of these teams, and joined
// by them or by whoever knows its secret; what is new counts when the provider
// has said that it is right; and what Masked made of a secret is never one.
func (e *Edit) UseAccount(ctx context.Context, v *Vault, provider, account string, secrets []string, key *channels.APIKey) (string, error) {
	secrets = v.ofSharedApp(provider, secrets)
	if err := checkAccount(provider, account, secrets); err != nil {
		return "", err
	}
	if ours, ok := v.Environment[provider]; ok && ours.ID != "" && ours.ID == account {
		if !slices.Contains(ours.Secrets, secrets[0]) || key != nil && *key != ours.Key {
			return "", accountTaken(provider)
		}
		return "", nil
	}
	if v.Key == nil && len(secrets) > 0 {
		return "", Refuse("account", "no_secret_key")
	}
	before, err := e.held(ctx, v, provider, account, len(secrets) > 0)
	if err != nil {
		return "", err
	}
	if len(secrets) == 0 {
		if err := e.provesItself(ctx, provider, before); err != nil {
			return "", err
		}
	}
	typed, err := unmask(provider, secrets, before.secrets)
	if err != nil {
		return "", err
	}
	typedKey, err := unmaskKey(key, before.key)
	if err != nil {
		return "", err
	}
	same := slices.Equal(before.secrets[:min(len(before.secrets), len(typed))], typed) && typedKey == before.key &&
		(provider != Meta || len(typed) != 1 || len(before.secrets) == 1) // whose app has a secret of its own no more
	knows := len(secrets) > 0 && slices.Equal(secrets, typed)
	switch {
	case same && (knows || before.mine):
		return account, nil
	case !e.reachesAll(before.others):
		return "", NewConflict(accountField(provider), "account_shared")
	case same:
		return account, nil
	}
	fresh := !before.stored && !before.mine && len(before.others) == 0 && (provider != Meta || len(typed) > 1)
	if err := e.prove(v, provider, channels.Account{ID: account, Secrets: v.live(provider, typed), Key: typedKey}, fresh); err != nil {
		return "", err
	}
	return account, e.saveAccount(ctx, v, provider, account, before, held{secrets: rotated(provider, before.secrets, typed), key: typedKey})
}

// joinAgain is whether a sender that was deleted may have its account back,
// which others may have come to use meanwhile.
func (e *Edit) joinAgain(ctx context.Context, s Sender) error {
	provider := ProviderOf(s.Kind)
	if s.Account == "" || provider == "" {
		return nil
	}
	before, err := e.held(ctx, nil, provider, s.Account, false)
	switch {
	case err != nil:
		return err
	case !before.mine && !e.reachesAll(before.others):
		return NewConflict(accountField(provider), "account_shared")
	}
	return e.provesItself(ctx, provider, before)
}

func (e *Edit) reachesAll(teams []string) bool {
	return e.Reaches == nil || !slices.ContainsFunc(teams, func(team string) bool { return !e.Reaches(team) })
}

// unmask puts the stored secret where a form brought its mask back, as it was
// shown. A mask of anything else is no secret.
func unmask(provider string, secrets, stored []string) ([]string, error) {
	fields := []string{"account.auth_token"}
	if provider == Meta {
		fields = []string{"account.access_token", "account.app_secret"}
	}
	var wrong Invalid
	typed := slices.Clone(secrets)
	for n, secret := range secrets {
		switch {
		case !isMask(secret):
		case n < len(stored) && Masked(stored[n]) == secret:
			typed[n] = stored[n]
		default:
			wrong.Add(true, fields[n], "masked")
		}
	}
	return typed, wrong.Err()
}

// unmaskKey is the key as it is to be stored.
func unmaskKey(given *channels.APIKey, stored channels.APIKey) (channels.APIKey, error) {
	switch {
	case given == nil:
		return stored, nil
	case !isMask(given.Secret):
		return *given, nil
	case given.SID == stored.SID && given.Secret == Masked(stored.Secret):
		return stored, nil
	}
	return *given, Refuse("account.api_key_secret", "masked")
}

func isMask(secret string) bool { return strings.HasPrefix(secret, hidden) }

func rotated(provider string, before, typed []string) []string {
	switch {
	case provider == Meta && len(before) > 1 && len(typed) > 1 && before[1] != typed[1]:
		return []string{typed[0], typed[1], before[1]}
	case provider == Meta || len(before) == 0:
		return typed
	case before[0] == typed[0]: // its key alone is another
		return before
	}
	return []string{typed[0], before[0]}
}

// saveAccount is told to the history of every team that uses the account.
func (e *Edit) saveAccount(ctx context.Context, v *Vault, provider, account string, before, after held) error {
	raw, err := json.Marshal(after.secrets)
	if err != nil {
		return err
	}
	key, err := v.sealKey(after.key, provider, account)
	if err != nil {
		return err
	}
	sealed := v.Key.Seal(raw, provider+"/"+account)
	done, err := e.tx.ExecContext(ctx, saveAccount, e.Team.CompanyID, newID(), provider, account, sealed, key)
	if err != nil {
		return wrap(err, provider+" account "+account)
	}
	if n, err := done.RowsAffected(); err == nil && n == 0 {
		return accountTaken(provider) // another company was faster
	}
	was, is := maskedAccount(before.secrets, before.key), maskedAccount(after.secrets, after.key)
	for _, team := range before.others {
		if err := Note(ctx, e.tx, e.Team.CompanyID, team, e.who, "account", account, was, is); err != nil {
			return err
		}
	}
	_, err = e.record(ctx, "account", account, was, is)
	return err
}

// held reads the account under a lock; opened, with its secrets.
func (e *Edit) held(ctx context.Context, v *Vault, provider, account string, opened bool) (held, error) {
	var h held
	var row accountRow
	err := get(ctx, e.tx, &row, lockAccount, provider, account)
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return h, wrap(err, provider+" account "+account)
	case row.CompanyID != e.Team.CompanyID:
		return h, accountTaken(provider)
	default:
		h.stored = true
	}
	if h.stored && opened {
		if h.secrets, err = v.open(row.Secrets, provider, account); err != nil {
			return h, err
		}
		if h.key, err = v.openKey(row.APIKey, provider, account); err != nil {
			return h, err
		}
	}
	var users []struct {
		Company string `db:"company_id"`
		Team    string `db:"team_id"`
	}
	if err := sqlx.SelectContext(ctx, e.tx, &users, accountUsers, kindsOf(provider), account); err != nil {
		return h, wrap(err, "teams of "+provider+" account "+account)
	}
	for _, u := range users {
		switch {
		case u.Company != e.Team.CompanyID:
			return h, accountTaken(provider)
		case u.Team == e.Team.ID:
			h.mine = true
		default:
			h.others = append(h.others, u.Team)
		}
	}
	return h, nil
}

// kindsOf are the kinds of sender that have an account at the provider.
func kindsOf(provider string) pq.StringArray {
	var of pq.StringArray
	for _, kind := range kinds {
		if kind.provider == provider {
			of = append(of, string(kind.of))
		}
	}
	return of
}

func accountTaken(provider string) error { return NewConflict(accountField(provider), "account_taken") }
