package settings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// A caller waits for the database a moment only, and longer where nothing at
// all is known. A provider that brings a text can wait longer than a caller.
const (
	moment  = 80 * time.Millisecond
	unheard = 600 * time.Millisecond
	atWorst = 5 * time.Second
)

// ErrUnknownYet is an account of which nothing is known, while the database does
// not say whether there is one.
var ErrUnknownYet = errors.New("the database does not answer, and nothing is known of the account")

// Secrets returns what a call of an account can be signed with; none for an
// account that nobody has. While the database does not answer, it is what was
// known last: who calls a company that has an account of its own is to hear
// its greeting all the same.
func (d *Directory) Secrets(ctx context.Context, account string) ([]string, error) {
	live, err := d.known(ctx, Twilio, account, moment)
	if errors.Is(err, ErrUnknownYet) {
		return d.secretsWithin(ctx, Twilio, account, atWorst)
	}
	return live, err
}

// Signing returns the secrets with which the provider of such an account signs:
// none for an account that nobody has, and no secret verifies nothing. While the
// database does not answer, they are those that were known last, or ErrUnknownYet.
func (d *Directory) Signing(ctx context.Context, kind channels.Kind, account string) ([]string, error) {
	provider := ProviderOf(kind)
	live, err := d.known(ctx, provider, account, unheard)
	return signing(provider, live), err
}

// known asks the database for so long, and else remembers.
func (d *Directory) known(ctx context.Context, provider, account string, within time.Duration) ([]string, error) {
	if account == "" || account == d.vault.Environment[provider].ID {
		return d.askSecrets(ctx, provider, account) // the environment's are at hand
	}
	live, err := []string(nil), ErrUnknownYet
	if within < unheard || !d.silent() {
		live, err = d.secretsWithin(ctx, provider, account, within)
	}
	if err == nil {
		return live, nil
	}
	if within >= unheard {
		d.silentSince.Store(time.Now().UnixNano())
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	if live, known := d.secrets[provider+"/"+account]; known {
		return live, nil
	}
	if ours := d.vault.Environment[provider].Secrets; provider == Meta && d.whole && len(ours) > 0 {
		return ours, nil // one Meta app serves many phone numbers
	}
	if errors.Is(err, ErrUnknownYet) {
		return nil, err
	}
	return nil, fmt.Errorf("%w: %w", ErrUnknownYet, err)
}

// notAgain is how long the database is not asked after it did not answer: a body that
// tells of many accounts must not wait for each.
const notAgain = time.Second

func (d *Directory) silent() bool {
	return time.Since(time.Unix(0, d.silentSince.Load())) < notAgain
}

func (d *Directory) secretsWithin(ctx context.Context, provider, account string, within time.Duration) ([]string, error) {
	if d.db == nil {
		return nil, ErrUnknownYet
	}
	asking, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return d.signing.get(asking, provider+"/"+account, func(ctx context.Context) ([]string, error) { return d.askSecrets(ctx, provider, account) })
}

// askSecrets asks the vault and remembers what it says of companies' own
// accounts: the environment's are never asked of the database.
func (d *Directory) askSecrets(ctx context.Context, provider, account string) ([]string, error) {
	live, err := d.vault.AccountSecrets(ctx, d.db, provider, account)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		delete(d.secrets, provider+"/"+account)
		return nil, nil // no secret verifies nothing
	}
	ours := d.vault.Environment[provider]
	if account != "" && account != ours.ID && !slices.Equal(live, ours.Secrets) { // strangers make up numbers at Meta, which are all ours until then
		d.secrets[provider+"/"+account] = live
	}
	return live, nil
}

// SealedAccount is a company's account as it is stored.
type SealedAccount struct {
	Provider string `db:"provider" json:"provider"`
	Account  string `db:"account" json:"account"`
	Secrets  []byte `db:"secrets" json:"secrets"` // sealed
}

// mostAccounts is how many accounts are remembered at the most.
const mostAccounts = 50_000

const allAccounts = `select provider, account, secrets from accounts order by provider, account limit $1`

// LearnAccounts reads all companies' accounts, so that their requests can be
// verified when the database goes away, and returns them for who keeps them.
func (d *Directory) LearnAccounts(ctx context.Context) ([]SealedAccount, error) {
	var all []SealedAccount
	if err := sqlx.SelectContext(ctx, d.db, &all, allAccounts, mostAccounts); err != nil {
		return nil, fmt.Errorf("the providers' accounts: %w", err)
	}
	d.RecallAccounts(all)
	return all, nil
}

// RecallAccounts remembers accounts in place of those that were known. One that
// cannot be opened keeps nobody else's requests away.
func (d *Directory) RecallAccounts(all []SealedAccount) {
	secrets := map[string][]string{}
	for _, a := range all {
		if live, err := d.vault.open(a.Secrets, a.Provider, a.Account); err == nil {
			secrets[a.Provider+"/"+a.Account] = d.vault.live(a.Provider, live)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.secrets, d.whole = secrets, len(all) < mostAccounts
}
