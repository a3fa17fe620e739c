package webhooks

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"ringback/channels"
)

// secrets are what requests of an account can be signed with, at the provider
// that carries such senders.
type secrets = func(ctx context.Context, kind channels.Kind, account string) ([]string, error)

// signers are whose secret signed a request.
type signers struct {
	accounts map[string]bool // nil: there is one, and its did
	numbers  numbers         // the accounts within businesses that it tells of as a whole
}

func (s signers) has(account string) bool { return s.accounts == nil || s.accounts[account] }

// verify chooses the secrets by the account that the request claims to be
// from. An account nobody knows has none, and no signature verifies. A request
// that names no account gets to know so when the environment's account, which
// the empty name stands for, has signed it.
func (c Config) verify(ctx context.Context, kind channels.Kind, hook channels.Hook, request channels.Request, live secrets) (signers, error) {
	if hook.Accounts != nil {
		return c.verifyEach(ctx, kind, hook, request, live)
	}
	account, unnamed := hook.Account(request)
	known, err := live(ctx, kind, account)
	if err != nil {
		return signers{}, err
	}
	if err := c.signed(hook, request, known); err != nil && !c.observed(ctx, hook, request, err) {
		return signers{}, err
	}
	return signers{}, unnamed
}

// observed reports whether a request that is not signed as it should be is for
// senders that are only being observed.
func (c Config) observed(ctx context.Context, hook channels.Hook, request channels.Request, err error) bool {
	if c.Observed == nil || !errors.Is(err, channels.ErrSignature) {
		return false
	}
	events, err := hook.Parse(request)
	if err != nil || !c.Observed(ctx, events) {
		return false
	}
	c.Log.Warn("a webhook is not signed as it should be, and is taken because its sender is being observed", "path", hook.Path)
	return true
}

// strangers is how many accounts a body may tell of before one that signed it:
// nobody has thousands looked up with a body that nobody has signed.
const strangers = 8

// verifyEach asks each account that the request tells of: who may sign for one
// must not speak for another. One that signed is enough to let the request in.
func (c Config) verifyEach(ctx context.Context, kind channels.Kind, hook channels.Hook, request channels.Request, live secrets) (signers, error) {
	accounts, unreadable := hook.Accounts(request)
	if len(accounts) == 0 {
		accounts = []string{""}
	}
	within, err := c.within(ctx, hook, request, accounts)
	if err != nil {
		return signers{}, err
	}
	for _, numbers := range within {
		accounts = append(accounts, numbers...)
	}
	signed := map[string]bool{}
	verdicts := map[string]error{} // many accounts share the environment's secrets
	for n, account := range accounts {
		if n == strangers && len(signed) == 0 {
			break
		}
		known, err := live(ctx, kind, account)
		if err != nil {
			return signers{}, err
		}
		key := strings.Join(known, "\x00")
		verdict, asked := verdicts[key]
		if !asked {
			verdict = c.signed(hook, request, known)
			verdicts[key] = verdict
		}
		if verdict == nil {
			signed[account] = true
		} else if !errors.Is(verdict, channels.ErrSignature) {
			return signers{}, verdict
		}
	}
	switch {
	case len(signed) > 0:
		return signers{signed, within}, unreadable
	case unreadable == nil && c.observed(ctx, hook, request, channels.ErrSignature):
		return signers{numbers: within}, nil
	}
	return signers{}, channels.ErrSignature
}

// signed verifies the request under each address that is ours.
func (c Config) signed(hook channels.Hook, request channels.Request, secrets []string) error {
	err := hook.Verify(request, secrets)
	for _, alias := range c.Aliases {
		if !errors.Is(err, channels.ErrSignature) {
			return err
		}
		under := request
		under.URL = alias + strings.TrimPrefix(request.URL, c.PublicURL())
		err = hook.Verify(under, secrets)
	}
	return err
}

// greet answers a provider that makes sure of a door.
func (c Config) greet(greeting channels.Greeting) gin.HandlerFunc {
	return func(g *gin.Context) {
		request := channels.Request{
			Method: g.Request.Method, URL: c.PublicURL() + target(g.Request.RequestURI), Header: g.Request.Header, Received: c.Clock.Now(),
		}
		answer, err := greeting.Greet(request)
		if err != nil {
			c.refuse(g, err)
			return
		}
		g.Data(http.StatusOK, answer.ContentType, []byte(answer.Body))
	}
}
