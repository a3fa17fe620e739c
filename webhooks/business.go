package webhooks

import (
	"context"
	"slices"

	"ringback/channels"
)

// numbers are the accounts of our senders in a provider's business accounts, by business.
type numbers map[string][]string

// within are the accounts that a request is about because it tells of a business as a
// whole. Such a part names no account itself, and most requests have none.
func (c Config) within(ctx context.Context, hook channels.Hook, request channels.Request, accounts []string) (numbers, error) {
	if hook.Businesses == nil || c.Numbers == nil || !slices.Contains(accounts, "") {
		return numbers{}, nil
	}
	businesses, err := hook.Businesses(request)
	if err != nil || len(businesses) == 0 {
		return numbers{}, nil //nolint:nilerr // what cannot be read is said by who parses it
	}
	return c.Numbers(ctx, businesses[:min(len(businesses), strangers)])
}

// spread makes one event for each of our senders of what is about a business as a
// whole. Where we know of none it is kept under the business.
func (n numbers) spread(events []channels.Event) []channels.Event {
	all := make([]channels.Event, 0, len(events))
	for _, e := range events {
		if e.Account != "" || e.Business == "" || len(n[e.Business]) == 0 {
			all = append(all, e)
			continue
		}
		for _, account := range n[e.Business] {
			own := e
			own.Account, own.SenderAddress = account, account
			all = append(all, own)
		}
	}
	return all
}
