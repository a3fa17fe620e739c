package settings

import (
	"context"
	"errors"
	"time"

	"ringback/channels"
)

// What a description of a team (settings/description) reads and changes of it,
// under the edit's lock.

// Schedules returns all of the team's.
func (e *Edit) Schedules(ctx context.Context) ([]Schedule, error) {
	return ListSchedules(ctx, e.tx, e.Team.CompanyID, e.Team.ID, "", MaxSchedules)
}

// mostSenders is more than any team has.
const mostSenders = 10000

// Senders returns all of the team's.
func (e *Edit) Senders(ctx context.Context) ([]Sender, error) {
	return ListSenders(ctx, e.tx, e.Team.CompanyID, e.Team.ID, "", mostSenders)
}

// Colleague returns who of the company's staff has that e-mail address.
func (e *Edit) Colleague(ctx context.Context, email string) (Member, error) {
	return FindMemberByEmail(ctx, e.tx, e.Team.CompanyID, email)
}

// All returns the holidays, those that are over among them.
func (e HolidayEdit) All(ctx context.Context, now time.Time) ([]Holiday, error) {
	coming, err := ListHolidays(ctx, e.tx, e.of, false, now, "", MaxHolidays)
	if err != nil {
		return nil, err
	}
	over, err := ListHolidays(ctx, e.tx, e.of, true, now, "", maxHolidaysKept)
	return append(coming, over...), err
}

// Add adds one. One more than MaxHolidays is a *Conflict.
func (e HolidayEdit) Add(ctx context.Context, h Holiday) (Holiday, error) {
	return e.add(ctx, newID(), h)
}

// Tidied is the holiday as it is stored.
func (h Holiday) Tidied() Holiday {
	h.tidy()
	return h
}

// JoinAccount has the sender use an account whose secrets are here already: the
// environment's, or one that the company stored. One that other teams use is
// joined by who reaches all of them, as in UseAccount.
func (e *Edit) JoinAccount(ctx context.Context, v *Vault, s *Sender, account string) error {
	provider := ProviderOf(s.Kind)
	if provider == "" {
		return Refuse("account", "account_unneeded")
	}
	if v.Environment[provider].ID == account {
		s.Account = ""
		return nil
	}
	s.Account = account
	if err := e.joinAgain(ctx, *s); err != nil {
		return err
	}
	_, err := v.AccountSecrets(ctx, e.tx, provider, account)
	if errors.Is(err, ErrNoAccount) {
		return Refuse("account", "account_unknown")
	}
	return err
}

// Held is the account that a sender uses as it stands, with its secrets; empty: none is known.
func (e *Edit) Held(ctx context.Context, v *Vault, s Sender) (channels.Account, error) {
	held, err := v.Account(ctx, e.tx, ProviderOf(s.Kind), s.Account)
	if errors.Is(err, ErrNoAccount) {
		return channels.Account{}, nil
	}
	return held, err
}
