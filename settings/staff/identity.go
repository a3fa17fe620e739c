package staff

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ringback/channels/oidc"
	"ringback/settings"
)

// Identity is the company's identity provider, as far as people sign in by it.
type Identity struct {
	Provider *oidc.Provider // nil: there is none
	Roles    Roles
	Only     bool // nobody but local admins signs in with a password
}

// Roles says what role each value of a claim gives. Where there are none, roles
// are chosen here, and the provider adds nobody.
type Roles struct {
	Claim string
	Of    map[string]string // value → role; * stands for any
}

// ErrRoles is a mapping that cannot be read.
var ErrRoles = errors.New("must be like groups: ringback-admins=admin; ringback-leads=manager; *=advisor")

// ParseRoles reads a claim's name and what its values stand for, such as
// "groups: ringback-admins=admin; *=advisor". A value may hold anything but a
// semicolon: its role stands behind the last equals sign. Empty gives none.
func ParseRoles(text string) (Roles, error) {
	if strings.TrimSpace(text) == "" {
		return Roles{}, nil
	}
	claim, pairs, ok := strings.Cut(text, ": ")
	r := Roles{Claim: strings.TrimSpace(claim), Of: map[string]string{}}
	if !ok || r.Claim == "" {
		return Roles{}, ErrRoles
	}
	for pair := range strings.SplitSeq(pairs, ";") {
		if strings.TrimSpace(pair) == "" {
			continue // after the last one
		}
		at := strings.LastIndex(pair, "=")
		if at < 0 {
			return Roles{}, fmt.Errorf("%w; %q has no role", ErrRoles, strings.TrimSpace(pair))
		}
		value, role := strings.TrimSpace(pair[:at]), strings.TrimSpace(pair[at+1:])
		if !slices.Contains(ranks, role) {
			return Roles{}, fmt.Errorf("%w; %q is not admin, manager or advisor", ErrRoles, role)
		}
		if value == "" || r.Of[value] != "" {
			return Roles{}, fmt.Errorf("%w; %q stands there twice or is empty", ErrRoles, value)
		}
		r.Of[value] = role
	}
	if len(r.Of) == 0 {
		return Roles{}, ErrRoles
	}
	return r, nil
}

// ranks are the roles, the mightiest first.
var ranks = []string{settings.RoleAdmin, settings.RoleManager, settings.RoleAdvisor}

// Role is the mightiest that any of the values gives; empty: none does.
func (r Roles) Role(values []string) string {
	given := map[string]bool{r.Of["*"]: true}
	for _, v := range values {
		given[r.Of[v]] = true
	}
	for _, role := range ranks {
		if given[role] {
			return role
		}
	}
	return ""
}

// Shut is why somebody whom the provider knows is not let in.
type Shut struct{ Code string }

func (s *Shut) Error() string { return "not let in by the identity provider: " + s.Code }

// What a Shut says.
const (
	ShutAway       = "away"       // the provider does not answer
	ShutRefused    = "refused"    // it does not say who they are
	ShutNoRole     = "no_role"    // nothing there says that they may
	ShutUnknown    = "unknown"    // nobody has added them here, and the provider adds nobody
	ShutUnverified = "unverified" // it does not say that the e-mail address is theirs
	ShutTaken      = "taken"      // who has that address here signs in in another way
	ShutLeft       = "left"       // they are not active
	ShutOther      = "other"      // it is not who is signed in, or somebody else's already
)

// shut turns what the provider's channel says into why somebody is not let in.
func shut(err error) error {
	switch {
	case errors.Is(err, oidc.ErrAway):
		return fmt.Errorf("%w: %w", &Shut{ShutAway}, err)
	case errors.Is(err, oidc.ErrRefused), errors.Is(err, oidc.ErrGone):
		return fmt.Errorf("%w: %w", &Shut{ShutRefused}, err)
	}
	return err
}
