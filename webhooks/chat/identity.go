package chat

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"ringback/gateway/visitors"
	"ringback/settings"
)

// identity is whom the company's own site says a visitor is, in a JSON Web
// Token (RFC 7519) that it signs with a key of the chat (HS256). A token lets
// somebody in once and for a short time, so that a copy of the page is no key.
type identity struct {
	jwt.RegisteredClaims        // sub: who it is to the site; exp; jti: the token's own name
	Name                 string `json:"name"`
	Phone                string `json:"phone"`
}

// What a token may say at the most.
const (
	tokenLimit   = 4 << 10        // bytes
	subjectLimit = 200            // characters
	lifeLimit    = 24 * time.Hour // until exp
	clockLeeway  = 30 * time.Second
)

// forged is what a token is told that does not hold. It is refused: letting its
// bearer in as a stranger would let them believe that they are known.
func forged(words string) error {
	return refused{status: http.StatusForbidden, field: "identity", code: "not_verified", words: "You could not be recognized: " + words + " Reload the page, or ask the site's owner."}
}

// verify says who the token's bearer is.
func (v *visit) verify(ctx context.Context, token string) (identity, error) {
	var who identity
	if len(token) > tokenLimit {
		return who, wrong("identity", "too_long", "must be a token of at most 4 KiB")
	}
	secrets, err := v.Secrets(ctx, v.sender.CompanyID, v.sender.ID)
	if err != nil {
		return who, err
	}
	if len(secrets) == 0 {
		return who, forged("this chat has no key to check the token with.")
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithLeeway(clockLeeway), jwt.WithTimeFunc(v.Clock.Now))
	for _, secret := range secrets {
		who = identity{}
		if _, err = parser.ParseWithClaims(token, &who, func(*jwt.Token) (any, error) { return secret, nil }); !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
			break
		}
	}
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return who, forged("the token has expired.")
	case err != nil:
		return who, forged("the token does not hold.")
	}
	return who, who.check(v.Clock.Now())
}

// check holds the claims to what can be kept.
func (who *identity) check(now time.Time) error {
	who.Name = strings.TrimSpace(who.Name)
	switch {
	case who.Subject == "" || utf8.RuneCountInString(who.Subject) > subjectLimit || strings.ContainsRune(who.Subject, 0):
		return forged("sub has to say who it is, in at most 200 characters.")
	case len(who.ID) < 8 || len(who.ID) > subjectLimit:
		return forged("jti has to be 8 to 200 characters, new in each token.")
	case who.ExpiresAt.After(now.Add(lifeLimit)):
		return forged("exp is more than a day away.")
	case utf8.RuneCountInString(who.Name) > 200 || strings.ContainsFunc(who.Name, func(r rune) bool { return r < ' ' }):
		return forged("name has to be one line of at most 200 characters.")
	case who.Phone != "" && settings.PhoneFault(who.Phone) != "":
		return forged("phone has to be a number such as +15005550006.")
	}
	return nil
}

// recognize lets somebody in whom the site vouches for. What their browser said before
// it was known whose it is, before, becomes theirs.
func (v *visit) recognize(signed, before string) error {
	ctx := v.g.Request.Context()
	who, err := v.verify(ctx, signed)
	if err != nil {
		return err
	}
	id, token, err := visitors.Recognize(ctx, v.DB, v.sender, visitors.Identity{
		Subject: who.Subject, Name: who.Name, Phone: who.Phone, Nonce: who.ID, Ends: who.ExpiresAt.Time,
	}, before, v.Clock.Now())
	if errors.Is(err, visitors.ErrUsed) {
		return forged("the token was used before.")
	}
	if err != nil {
		return err
	}
	v.g.JSON(http.StatusCreated, map[string]string{"token": token, "visitor": id})
	return nil
}
