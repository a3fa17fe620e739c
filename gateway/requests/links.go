package requests

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Links makes the links of customers' pages. A link's token is derived from its
// request's id, so that no text has to hold it: what is written down, and what
// whoever reads it sees, is a placeholder, and the link stands in its place
// only in what goes to the customer. The placeholder is as long as the link: a
// text has as many parts with the one as with the other.
type Links struct {
	// Key is what tokens are derived with. Without one they are random, and
	// nothing can put them into a text.
	Key []byte
}

const mark = "/r:"

var placeholder = regexp.MustCompile(mark + `([A-Za-z0-9_-]{22})`)

// Token is the secret part of the link of a request.
func (l Links) Token(request string) string {
	id, err := uuid.Parse(request)
	if len(l.Key) == 0 || err != nil {
		token, _ := NewToken()
		return token
	}
	sum := hmac.New(sha256.New, l.Key)
	_, _ = sum.Write(id[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:16])
}

// Placeholder is what stands in a text for the link of a request.
func Placeholder(public, request string) string {
	id, err := uuid.Parse(request)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(public, "/") + mark + base64.RawURLEncoding.EncodeToString(id[:])
}

// In puts the links of these requests in the place of their placeholders.
func (l Links) In(text string, requests ...string) string {
	for _, id := range requests {
		if sign := Placeholder("", id); sign != "" {
			text = strings.ReplaceAll(text, sign, Link("", l.Token(id)))
		}
	}
	return text
}

var whole = regexp.MustCompile(`\S*` + mark + `[A-Za-z0-9_-]{22}`)

// Shown is a text as the staff read it: words stand for each link, which leads nowhere
// without what the customer has.
func Shown(text, words string) string { return whole.ReplaceAllLiteralString(text, words) }

const ofContact = `select id from requests where company_id = $1 and contact_id = $2 and id = any($3::uuid[])`

// Fill puts links in the place of placeholders, in texts to a contact: of
// requests to that contact and nobody else's, whoever wrote the text.
func (l Links) Fill(ctx context.Context, q sqlx.QueryerContext, company, contact string, texts ...*string) error {
	var named pq.StringArray
	for _, text := range texts {
		for _, found := range placeholder.FindAllStringSubmatch(*text, -1) {
			if raw, err := base64.RawURLEncoding.DecodeString(found[1]); err == nil {
				named = append(named, uuid.UUID(raw).String())
			}
		}
	}
	if len(named) == 0 || contact == "" {
		return nil
	}
	var theirs []string
	if err := sqlx.SelectContext(ctx, q, &theirs, ofContact, company, contact, named); err != nil {
		return fmt.Errorf("links to contact %s: %w", contact, err)
	}
	for _, text := range texts {
		*text = l.In(*text, theirs...)
	}
	return nil
}
