package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ringback/webhooks/api"
)

// change is one line of the history.
type change struct {
	ID, Who, What, Subject string
	At                     time.Time
	Before, After          map[string]any
	CanRestore             bool `json:"can_restore"`
}

// field is one thing that a change changed; Was or Is may be empty.
type field struct{ Name, Was, Is string }

// Fields are what differs, by name.
func (c change) Fields() []field {
	was, is := map[string]string{}, map[string]string{}
	flatten(was, "", c.Before)
	flatten(is, "", c.After)
	names := slices.Collect(maps.Keys(was))
	for name := range is {
		if _, both := was[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var fields []field
	for _, name := range names {
		if was[name] != is[name] {
			fields = append(fields, field{name, was[name], is[name]})
		}
	}
	return fields
}

// flatten writes a document's values by their paths; ids and what is empty say
// nothing to a reader.
func flatten(into map[string]string, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if !hidden[name] {
				flatten(into, strings.TrimPrefix(path+"."+name, "."), inner)
			}
		}
	case nil:
	case []any:
		raw, _ := json.Marshal(v) // it came from JSON
		into[path] = string(raw)
	default:
		into[path] = fmt.Sprint(v)
	}
}

type historyPage struct {
	Items      []change
	Next       *string
	Older      string
	MayRestore bool
	Restored   bool
	Fault      string

	Names map[string]string // of teams and staff, by id

	OfCompany  bool   // the company's own history, not a team's
	Base       string // address of the page
	MayCompany bool   // see that one as well
}

// New reports whether the thing came to be by it.
func (c change) New() bool { return c.Before == nil }

// Happened reports whether it is no change of a setting, but something that
// somebody did.
func (c change) Happened() bool {
	return slices.Contains([]string{"sign_in", "sign_in_failed", "password", "invitation"}, c.What)
}

func (v *View) readHistory() (historyPage, error) {
	page := historyPage{
		MayRestore: v.Who.MayCall("restore-change"), Restored: v.Query("restored") != "", MayCompany: v.Who.MayCall("list-company-history"),
		Base: v.In("/history"), OfCompany: v.g.Param("team") == "",
	}
	if page.OfCompany {
		page.Base, page.MayRestore = "/history", v.Who.MayCall("restore-company-change")
	}
	asked := url.Values{"limit": {"50"}}
	if cursor := v.Query("cursor"); cursor != "" {
		asked.Set("cursor", cursor)
	}
	if err := v.Get(page.Base+"?"+asked.Encode(), &page); err != nil {
		return page, err
	}
	var err error
	if page.Names, err = v.advisors(); err != nil {
		return page, err
	}
	teams, err := all[Team](v, "/teams")
	if err != nil {
		return page, err
	}
	for _, t := range teams {
		page.Names[t.ID] = t.Name
	}
	if page.Next != nil {
		page.Older = "?" + url.Values{"cursor": {*page.Next}}.Encode()
	}
	return page, nil
}

// history is who changed which setting, of a team or of the company.
func (v *View) history() error {
	page, err := v.readHistory()
	if err != nil {
		return err
	}
	return v.Show("history.html", page)
}

// restore brings a setting back to what it was before a change.
func (v *View) restore() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	base := "/history"
	if v.g.Param("team") != "" {
		base = v.In(base)
	}
	err = v.Send(http.MethodPost, base+"/"+id+"/restore", nil, nil)
	var refused *api.Problem
	if err == nil {
		return v.Go(base + "?restored=1")
	}
	if !errors.As(err, &refused) || refused.Status >= http.StatusInternalServerError {
		return err
	}
	page, err := v.readHistory()
	if err != nil {
		return err
	}
	page.Fault = refused.Detail
	return v.ShowFault("history.html", page)
}

// Subject is what a change is about, in words where there are some.
func (v *View) Subject(c change) string {
	if c.What == "automation" {
		return v.Say("automation.", c.Subject)
	}
	for _, side := range []map[string]any{c.After, c.Before} {
		for _, name := range []string{"title", "name", "address"} {
			if said, ok := side[name].(string); ok && said != "" {
				return said
			}
		}
	}
	return ""
}
