package whatsapp

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"

	"ringback/channels"
	"ringback/channels/fit"
)

// Path is where Meta calls us.
const Path = "/webhooks/whatsapp"

// maxRequest bounds a request's body, in bytes: Meta's own limit is 3 MB.
const maxRequest = 4 << 20

// Hooks are Meta's one door.
func (c *Channel) Hooks() []channels.Hook {
	return []channels.Hook{{
		Method: http.MethodPost, Path: Path, MaxBody: maxRequest,
		Account: claimedAccount, Accounts: claimedAccounts, Businesses: businesses, Verify: Verify, Parse: parse,
		Answer: channels.Answer{ContentType: "text/plain; charset=utf-8"},
	}}
}

// claimedAccount is the first phone number id that a body tells of; empty for
// one that tells of a business as a whole, which the environment's app signs.
func claimedAccount(r channels.Request) (string, error) {
	accounts, err := claimedAccounts(r)
	if err != nil || len(accounts) == 0 {
		return "", err
	}
	return accounts[0], nil
}

// claimedAccounts are all phone number ids that a body tells of.
func claimedAccounts(r channels.Request) ([]string, error) {
	changes, err := open(r.Body)
	if err != nil {
		return nil, err
	}
	var accounts []string
	seen := map[string]bool{}
	for _, c := range changes {
		if account := c.account(); !seen[account] {
			seen[account] = true
			accounts = append(accounts, account)
		}
	}
	return accounts, nil
}

// Greetings is the handshake by which Meta makes sure that the door is ours.
func (c *Channel) Greetings() []channels.Greeting {
	return []channels.Greeting{{Path: Path, Greet: c.greet}}
}

// maxChallenge bounds what is said back, in bytes.
const maxChallenge = 1024

func (c *Channel) greet(r channels.Request) (channels.Answer, error) {
	_, raw, _ := strings.Cut(r.URL, "?")
	query, err := url.ParseQuery(raw)
	if err != nil {
		return channels.Answer{}, &channels.Malformed{Detail: "the query cannot be read"}
	}
	for _, name := range []string{"hub.mode", "hub.challenge", "hub.verify_token"} {
		if !query.Has(name) {
			return channels.Answer{}, &channels.Malformed{Field: name, Detail: "is missing"}
		}
	}
	// Hashes are compared, so that the time tells nothing of the token's length.
	given, ours := sha256.Sum256([]byte(query.Get("hub.verify_token"))), sha256.Sum256([]byte(c.VerifyToken))
	if c.VerifyToken == "" || !hmac.Equal(given[:], ours[:]) || query.Get("hub.mode") != "subscribe" {
		return channels.Answer{}, channels.ErrSignature
	}
	challenge := query.Get("hub.challenge")
	if !fit.Printable(challenge, maxChallenge) {
		return channels.Answer{}, &channels.Malformed{Field: "hub.challenge", Detail: "longer than 1,024 bytes, or not printable"}
	}
	return channels.Answer{ContentType: "text/plain; charset=utf-8", Body: challenge}, nil
}
