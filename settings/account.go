package settings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// The providers that have accounts.
const (
	Twilio = "twilio"
	Meta   = "meta"
)

// ErrNoAccount is a provider's account that nobody gave us.
var ErrNoAccount = errors.New("no such provider account")

// ProviderOf returns whose account a sender of that kind belongs to; empty: nobody's.
func ProviderOf(kind channels.Kind) string {
	switch kind {
	case channels.SMS, channels.Voice, channels.WhatsAppTwilio:
		return Twilio
	case channels.WhatsAppCloud:
		return Meta
	}
	return ""
}

// Vault holds the providers' secrets: the environment's, which it is given,
// and those that companies stored, which it can open.
type Vault struct {
	Key         *SecretKey                  // nil: companies cannot store any
	Environment map[string]channels.Account // by provider; a sender without an account of its own uses it
}

const findAccount = `select company_id, secrets from accounts where provider = $1 and account = $2`

type accountRow struct {
	CompanyID string `db:"company_id"`
	Secrets   []byte `db:"secrets"`
}

// AccountSecrets returns the live secrets of a provider's account, the one to
// send with first, or ErrNoAccount. The empty account is the environment's;
// the environment's goes before a company's of the same name.
func (v *Vault) AccountSecrets(ctx context.Context, q sqlx.QueryerContext, provider, account string) ([]string, error) {
	ours, ok := v.Environment[provider]
	if ok && len(ours.Secrets) > 0 && (account == "" || account == ours.ID) {
		return ours.Secrets, nil
	}
	if account == "" {
		return nil, fmt.Errorf("%s: %w in the environment", provider, ErrNoAccount)
	}
	var row accountRow
	err := get(ctx, q, &row, findAccount, provider, account)
	if errors.Is(err, ErrNotFound) {
		if provider == Meta && len(ours.Secrets) > 0 { // one Meta app serves many phone numbers
			return ours.Secrets, nil
		}
		return nil, fmt.Errorf("%s account %s: %w", provider, account, ErrNoAccount)
	}
	if err != nil {
		return nil, wrap(err, provider+" account "+account)
	}
	return v.open(row.Secrets, provider, account)
}

// SigningSecrets are those of AccountSecrets with which the provider signs: at
// Meta all but the first, which is the token to call with.
func (v *Vault) SigningSecrets(ctx context.Context, q sqlx.QueryerContext, provider, account string) ([]string, error) {
	secrets, err := v.AccountSecrets(ctx, q, provider, account)
	if provider == Meta && len(secrets) > 0 {
		secrets = secrets[1:]
	}
	return secrets, err
}

func (v *Vault) open(sealed []byte, provider, account string) ([]string, error) {
	if v.Key == nil {
		return nil, fmt.Errorf("%s account %s: RINGBACK_SECRET_KEY is not set", provider, account)
	}
	raw, err := v.Key.Open(sealed, provider+"/"+account)
	if err != nil {
		return nil, wrap(err, provider+" account "+account)
	}
	var secrets []string
	if json.Unmarshal(raw, &secrets) != nil { // its error would quote the secret
		return nil, fmt.Errorf("%s account %s: its secrets cannot be read", provider, account)
	}
	return secrets, nil
}

const hidden = "****"

// IsMasked reports whether the secrets are what Masked made of some.
func IsMasked(secrets []string) bool {
	return len(secrets) > 0 && strings.HasPrefix(secrets[0], hidden)
}

// Masked is a secret as it may be shown: its last four characters.
func Masked(secret string) string {
	if len(secret) < 12 {
		return hidden
	}
	return hidden + secret[len(secret)-4:]
}

var accountSID = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)

const saveAccount = `
insert into accounts (company_id, id, provider, account, secrets) values ($1, $2, $3, $4, $5)
on conflict (provider, account) do update set secrets = excluded.secrets, updated_at = now()
where accounts.company_id = excluded.company_id`

// UseAccount stores the secrets of the company's account at a provider and
// returns the account that a sender is to name: empty for the environment's.
// A new first secret moves the one before it to the second place, so that what
// is still signed with it is believed.
func (e *Edit) UseAccount(ctx context.Context, v *Vault, provider, account string, secrets []string) (string, error) {
	if err := checkAccount(provider, account, secrets); err != nil {
		return "", err
	}
	if len(secrets) == 0 {
		return account, nil
	}
	taken := NewConflict(accountField(provider), "account_taken")
	if ours, ok := v.Environment[provider]; ok && ours.ID != "" && ours.ID == account {
		if !slices.Contains(ours.Secrets, secrets[0]) {
			return "", taken
		}
		return "", nil
	}
	if v.Key == nil {
		return "", Refuse("account", "no_secret_key")
	}
	before, err := e.storedSecrets(ctx, v, provider, account, taken)
	if err != nil {
		return "", err
	}
	if len(before) > 0 && slices.Equal(before[:min(len(before), len(secrets))], secrets) {
		return account, nil
	}
	after := secrets
	switch {
	case provider == Twilio && len(before) > 0:
		after = []string{secrets[0], before[0]}
	case provider == Meta && len(before) > 1 && before[1] != secrets[1]:
		after = []string{secrets[0], secrets[1], before[1]}
	}
	raw, err := json.Marshal(after)
	if err != nil {
		return "", err
	}
	sealed := v.Key.Seal(raw, provider+"/"+account)
	done, err := e.tx.ExecContext(ctx, saveAccount, e.Team.CompanyID, newID(), provider, account, sealed)
	if err != nil {
		return "", wrap(err, provider+" account "+account)
	}
	if n, err := done.RowsAffected(); err == nil && n == 0 {
		return "", taken // another company was faster
	}
	_, err = e.record(ctx, "account", account, maskedAccount(before), maskedAccount(after))
	return account, err
}

func (e *Edit) storedSecrets(ctx context.Context, v *Vault, provider, account string, taken error) ([]string, error) {
	var row accountRow
	err := get(ctx, e.tx, &row, findAccount+` for update`, provider, account)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap(err, provider+" account "+account)
	}
	if row.CompanyID != e.Team.CompanyID {
		return nil, taken
	}
	return v.open(row.Secrets, provider, account)
}

func maskedAccount(secrets []string) any {
	if len(secrets) == 0 {
		return nil
	}
	return map[string]string{"secret": Masked(secrets[0])}
}

func accountField(provider string) string {
	if provider == Meta {
		return "account.phone_number_id"
	}
	return "account.account_sid"
}

func checkAccount(provider, account string, secrets []string) error {
	var wrong Invalid
	switch provider {
	case Twilio:
		wrong.Add(!accountSID.MatchString(account), "account.account_sid", "account_sid")
		wrong.Add(len(secrets) == 0 || secrets[0] == "", "account.auth_token", "empty")
	case Meta:
		wrong.Add(!digits.MatchString(account), "account.phone_number_id", "phone_number_id")
		if len(secrets) > 0 {
			wrong.Add(secrets[0] == "", "account.access_token", "empty_beside", "Other", "app_secret")
			wrong.Add(len(secrets) < 2 || secrets[1] == "", "account.app_secret", "empty_beside", "Other", "access_token")
		}
	default:
		wrong.Add(true, "account", "account_unneeded")
	}
	return wrong.Err()
}
