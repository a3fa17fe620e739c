package settings

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"

	"github.com/jmoiron/sqlx"
)

// Restoration is which change is taken back, and the newest line about the same thing
// that whoever does so has seen; empty: they saw that change alone.
type Restoration struct{ Change, Seen string }

// Reversal is a change that is taken back: what it changed becomes as before, and
// what others changed beside it stays as it is. A field that stands neither as the
// change left it nor as the line that was seen says was changed by somebody whom
// whoever restores does not know of, and nothing is written over in silence.
type Reversal struct {
	Change
	seen, newest Change
}

// OfTeam reads what a restoration of one of the team's changes is about. A change that
// there is not is ErrNotFound.
func (r Restoration) OfTeam(ctx context.Context, q sqlx.QueryerContext, companyID, teamID string) (Reversal, error) {
	return r.find(ctx, q, findChange, newestChange, companyID, teamID)
}

// OfCompany is OfTeam for the changes that are no team's.
func (r Restoration) OfCompany(ctx context.Context, q sqlx.QueryerContext, companyID string) (Reversal, error) {
	return r.find(ctx, q, findCompanyChange, newestCompanyChange, companyID)
}

// Newest is the newest line about the same thing as c; team is empty of what is the
// company's.
func (c Reversal) Newest(ctx context.Context, q sqlx.QueryerContext, companyID, teamID string) (Change, error) {
	query, args := newestCompanyChange, []any{companyID}
	if teamID != "" {
		query, args = newestChange, []any{companyID, teamID}
	}
	var newest Change
	err := get(ctx, q, &newest, query, append(args, c.What, c.Subject)...)
	newest.CanRestore = newest.Restorable()
	return newest, err
}

// find reads what a restoration is about; find and newest are the queries for it, whose
// args come first.
func (r Restoration) find(ctx context.Context, q sqlx.QueryerContext, find, newest string, args ...any) (Reversal, error) {
	var found Reversal
	if err := get(ctx, q, &found.Change, find, append(slices.Clone(args), r.Change)...); err != nil {
		return found, err
	}
	found.seen = found.Change
	if r.Seen != "" {
		err := ErrNotFound
		if IsID(r.Seen) {
			err = get(ctx, q, &found.seen, find, append(slices.Clone(args), r.Seen)...)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return found, err
		}
		if err != nil || found.seen.What != found.What || found.seen.Subject != found.Subject {
			return found, Refuse("seen", "change_of_it")
		}
	}
	return found, get(ctx, q, &found.newest, newest, append(slices.Clone(args), found.What, found.Subject)...)
}

// Settled is the thing as it is to be, now being what it is and nil when it is gone; nil:
// it is to go. Fields that others changed since are a *Conflict; those that are no choice
// of whoever restores, stay, are as they are.
func (c Reversal) Settled(now any, stay ...string) ([]byte, error) {
	said, err := document(now)
	if err != nil {
		return nil, err
	}
	if said == nil {
		if c.After != nil && c.seen.After != nil {
			return nil, NewConflict("seen", "deleted_since", "Who", c.newest.Who, "Change", c.newest.ID)
		}
		return *c.Before, nil
	}
	is := json.RawMessage(*said)
	var read [4]map[string]any
	for n, raw := range []*json.RawMessage{c.Before, c.After, c.seen.After, &is} {
		if raw == nil {
			continue
		}
		if err := json.Unmarshal(*raw, &read[n]); err != nil {
			return nil, err
		}
	}
	before, after, seen, fields := read[0], read[1], read[2], read[3]
	for _, name := range stay {
		delete(before, name)
		delete(after, name)
		if c.Before == nil {
			delete(fields, name) // it says nothing of what was new
		}
	}
	if since := takeBack(fields, before, after, seen, ""); len(since) > 0 {
		return nil, NewConflict("seen", "changed_since", "Who", c.newest.Who, "Fields", since, "Change", c.newest.ID)
	}
	if c.Before == nil {
		return nil, nil
	}
	return json.Marshal(fields)
}

// takeBack writes what differs between before and after into fields as before has it. The
// answer is the paths of those that are neither so, nor as after or seen have them. Of
// what was new, which goes as a whole, that is whatever was said about it since.
func takeBack(fields, before, after, seen map[string]any, path string) (since []string) {
	names := map[string]any{}
	maps.Copy(names, before)
	maps.Copy(names, after)
	if before == nil {
		maps.Copy(names, fields)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was, is, now := before[name], after[name], fields[name]
		wasOf, _ := was.(map[string]any)
		isOf, _ := is.(map[string]any)
		nowOf, nested := now.(map[string]any)
		seenOf, _ := seen[name].(map[string]any)
		switch {
		case nested && (wasOf != nil || isOf != nil):
			since = append(since, takeBack(nowOf, wasOf, isOf, seenOf, path+name+".")...)
		case before != nil && reflect.DeepEqual(was, is), reflect.DeepEqual(now, was):
		case was == nil && is == nil && reflect.ValueOf(now).IsZero(): // nobody has said anything of it
		case after != nil && reflect.DeepEqual(now, is), seen != nil && reflect.DeepEqual(now, seen[name]):
			fields[name] = was
			if _, there := before[name]; !there {
				delete(fields, name)
			}
		default:
			since = append(since, path+name)
		}
	}
	return since
}
