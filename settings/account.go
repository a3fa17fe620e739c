package settings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

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

// Vault holds the providers' secrets: the environment's, which it is given,
// and those that companies stored, which it can open.
type Vault struct {
	Key         *SecretKey                  // nil: companies cannot store any
	Environment map[string]channels.Account // by provider; a sender without an account of its own uses it
	// Check asks the provider whether an account's secrets are its own, by its key
	// where it has one; the error is a *channels.SendError. Nil: nobody can be asked.
	Check func(ctx context.Context, provider string, account channels.Account) error
	// CheckBusiness asks Meta with the account's own token whether it is a number of the
	// business account; the error is a *channels.SendError. Nil: nobody can be asked.
	CheckBusiness func(ctx context.Context, account channels.Account, business string) error
}

const findAccount = `select company_id, secrets, api_key from accounts where provider = $1 and account = $2`

type accountRow struct {
	CompanyID string `db:"company_id"`
	Secrets   []byte `db:"secrets"`
	APIKey    []byte `db:"api_key"`
}

// AccountSecrets returns the live secrets of a provider's account, the one to
// send with first, or ErrNoAccount.
func (v *Vault) AccountSecrets(ctx context.Context, q sqlx.QueryerContext, provider, account string) ([]string, error) {
	found, err := v.Account(ctx, q, provider, account)
	return found.Secrets, err
}

// Account returns a provider's account with its live secrets and its key, or
// ErrNoAccount. The empty account is the environment's; the environment's goes
// before a company's of the same name.
func (v *Vault) Account(ctx context.Context, q sqlx.QueryerContext, provider, account string) (channels.Account, error) {
	ours, ok := v.Environment[provider]
	if ok && len(ours.Secrets) > 0 && (account == "" || account == ours.ID) {
		return ours, nil
	}
	if account == "" {
		return channels.Account{}, fmt.Errorf("%s: %w in the environment", provider, ErrNoAccount)
	}
	var row accountRow
	err := get(ctx, q, &row, findAccount, provider, account)
	if errors.Is(err, ErrNotFound) {
		if provider == Meta && len(ours.Secrets) > 0 { // one Meta app serves many phone numbers
			return channels.Account{ID: account, Secrets: ours.Secrets}, nil
		}
		return channels.Account{}, fmt.Errorf("%s account %s: %w", provider, account, ErrNoAccount)
	}
	if err != nil {
		return channels.Account{}, wrap(err, provider+" account "+account)
	}
	return v.openAccount(row, provider, account)
}

func (v *Vault) openAccount(row accountRow, provider, id string) (channels.Account, error) {
	secrets, err := v.open(row.Secrets, provider, id)
	if err != nil {
		return channels.Account{}, err
	}
	key, err := v.openKey(row.APIKey, provider, id)
	return channels.Account{ID: id, Secrets: v.live(provider, secrets), Key: key}, err
}

// signing are those of an account's live secrets with which the provider signs: at
// Meta all but the first, which is the token to call with.
func signing(provider string, live []string) []string {
	if provider == Meta && len(live) > 0 {
		return live[1:]
	}
	return live
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

// keyName is what the key of an account's API is sealed for.
func keyName(provider, account string) string { return provider + "/" + account + "/api_key" }

func (v *Vault) openKey(sealed []byte, provider, account string) (channels.APIKey, error) {
	var key channels.APIKey
	if sealed == nil {
		return key, nil
	}
	raw, err := v.Key.Open(sealed, keyName(provider, account))
	if err != nil {
		return key, wrap(err, provider+" account "+account)
	}
	if json.Unmarshal(raw, &key) != nil { // its error would quote the secret
		return key, fmt.Errorf("%s account %s: its API key cannot be read", provider, account)
	}
	return key, nil
}

// sealKey is the key as it is stored; nil: there is none.
func (v *Vault) sealKey(key channels.APIKey, provider, account string) ([]byte, error) {
	if key.SID == "" {
		return nil, nil
	}
	raw, err := json.Marshal(key)
	if err != nil {
		return nil, err
	}
	return v.Key.Seal(raw, keyName(provider, account)), nil
}

const hidden = "****"

// Masked is a secret as it may be shown: its last four characters.
func Masked(secret string) string {
	if len(secret) < 12 {
		return hidden
	}
	return hidden + secret[len(secret)-4:]
}

var accountSID = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)

// IsAccountSID reports whether a text is the id of an account as Twilio writes it.
// https://www.twilio.com/docs/glossary/what-is-a-sid
func IsAccountSID(text string) bool { return accountSID.MatchString(text) }

// IsAPIKeySID reports whether a text is the id of a key as Twilio writes it.
func IsAPIKeySID(text string) bool { return apiKeySID.MatchString(text) }

var apiKeySID = regexp.MustCompile(`^SK[0-9a-fA-F]{32}$`)

func maskedAccount(secrets []string, key channels.APIKey) any {
	if len(secrets) == 0 {
		return nil
	}
	masked := map[string]string{"secret": Masked(secrets[0])}
	if key.SID != "" {
		masked["api_key"], masked["api_key_secret"] = key.SID, Masked(key.Secret)
	}
	return masked
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
	case "":
		wrong.Add(true, "account", "account_unneeded")
	case Meta:
		wrong.Add(!digits.MatchString(account), "account.phone_number_id", "phone_number_id")
		if len(secrets) > 0 {
			wrong.Add(secrets[0] == "", "account.access_token", "empty_beside", "Other", "app_secret")
			wrong.Add(len(secrets) > 1 && secrets[1] == "", "account.app_secret", "empty_beside", "Other", "access_token")
		}
	default: // one id and one secret, under the names that Twilio's have
		wrong.Add(account == "" && provider != Twilio, "account.account_sid", "empty")
		wrong.Add(provider == Twilio && !IsAccountSID(account), "account.account_sid", "account_sid")
		wrong.Add(len(secrets) == 0 || secrets[0] == "", "account.auth_token", "empty")
	}
	return wrong.Err()
}
