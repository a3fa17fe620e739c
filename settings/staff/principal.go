package staff

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"ringback/settings"
)

// Principal is who makes a request: one of the staff, or an API key.
type Principal struct {
	CompanyID string
	Teams     []string // ids of the teams within reach; nil: all the company's
	Scopes    []Scope
	Who       string // as the history names them

	// Of one of the staff; empty for a key.
	StaffID, Name, Email, Role string
	Language                   string // of the console; empty: the browser's

	enroll  bool   // they owe a second factor before anything else
	proven  bool   // they showed who they are of late
	session string // id of the session that the request came with
	owner   string // of a key: the id of who of the staff is behind it; empty: nobody
}

// behind is the id of who of the staff is behind the principal; empty: nobody.
func (p Principal) behind() string { return cmp.Or(p.StaffID, p.owner) }

// Session is the id of the session that the request came with; empty: it came
// with a key.
func (p Principal) Session() string { return p.session }

// May reports whether the principal has the scope.
func (p Principal) May(scope Scope) bool {
	return slices.Contains(p.Scopes, scope) || slices.Contains(p.Scopes, impliedBy[scope])
}

// Reaches reports whether the team is within the principal's reach, as far as
// it is one of the company's.
func (p Principal) Reaches(team string) bool {
	return p.Teams == nil || slices.ContainsFunc(p.Teams, func(id string) bool { return strings.EqualFold(id, team) })
}

// MayGive reports whether the principal may do all that the role may: nobody
// can make others mightier than themselves.
func (p Principal) MayGive(role string) bool {
	return !slices.ContainsFunc(roles[role], func(s Scope) bool { return !p.May(s) })
}

// MayLend is Denied for a role that may do what the principal may not.
func (p Principal) MayLend(role string) error {
	if p.MayGive(role) {
		return nil
	}
	return Deny("denied_lend", "Role", role)
}

// MayChange keeps whoever lacks a scope from lending it to somebody, themselves
// perhaps, and from reaching whoever has it or is to have it: to change anything
// about them takes what they may do, before and after. Who cannot sign in yet is no
// exception: the next invitation would go to another. It is Denied, or ErrProve before
// an e-mail address or a role changes, or somebody is back.
func (p Principal) MayChange(before, after settings.Member) error {
	if same(before, after) {
		return nil
	}
	for _, role := range []string{before.Role, after.Role} {
		if err := p.MayLend(role); err != nil {
			return err
		}
	}
	if before.Email == after.Email && before.Role == after.Role && (before.Active || !after.Active) {
		return nil
	}
	return p.Proven()
}

// same reports whether nothing that can be chosen differs.
func same(before, after settings.Member) bool {
	return before.Name == after.Name && before.Email == after.Email && before.Phone == after.Phone &&
		before.Role == after.Role && before.Active == after.Active && slices.Equal(before.Teams, after.Teams)
}

// MayCall reports whether the principal may call the route, on a team within
// reach. Pages ask it before they show a button.
func (p Principal) MayCall(operation string) bool {
	n, known := routes[operation]
	return known && refusal(n, p) == nil && !p.owes(operation)
}

// ErrEnrol is that somebody needs a second factor before they may do that: their
// company wants everybody to have one.
var ErrEnrol = errors.New("a second factor is needed first")

// whileEnrolling are the operations of who owes a second factor.
var whileEnrolling = []string{
	"get-session", "change-session", "sign-out", "change-password", "list-sessions", "end-session", "end-sessions", "prove-session", "get-company",
	"get-second-factor", "start-second-factor", "confirm-second-factor",
}

// Enrolls reports whether they owe a second factor before anything else.
func (p Principal) Enrolls() bool { return p.enroll }

func (p Principal) owes(operation string) bool {
	return p.enroll && !slices.Contains(whileEnrolling, operation)
}

// refusal says why the principal may not use a route that needs this; nil: they may.
func refusal(n need, p Principal) error {
	switch {
	case n.open || n.anybody:
		return nil
	case n.person && p.StaffID == "":
		return Deny("denied_person")
	case n.person:
		return nil
	case !p.May(n.scope) && p.StaffID != "":
		return Deny("denied_role", "Role", p.Role, "Scope", string(n.scope))
	case !p.May(n.scope):
		return Deny("denied_key", "Scope", string(n.scope))
	case n.company && p.Teams != nil && p.StaffID == "":
		return Deny("denied_one_team")
	case n.company && p.Teams != nil:
		return Deny("denied_company")
	}
	return nil
}

// principal is the member as somebody who makes requests.
func (m member) principal() Principal {
	p := Principal{
		CompanyID: m.CompanyID, StaffID: m.ID, Name: m.Name, Email: m.Email, Role: m.Role, Language: m.Language,
		Who: m.Name, Scopes: roles[m.Role], Teams: append([]string{}, m.Teams...), session: m.Session, proven: m.Proven, enroll: m.Enroll,
	}
	if m.Role == settings.RoleAdmin {
		p.Teams = nil
	}
	return p
}
