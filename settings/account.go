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
	// Check asks the provider whether an account's secrets are its own; the
	// error is a *channels.SendError. Nil: nobody can be asked.
	Check func(ctx context.Context, provider string, account channels.Account) error
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
		wrong.Add(!IsAccountSID(account), "account.account_sid", "account_sid")
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
