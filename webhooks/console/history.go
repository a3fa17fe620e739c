package console

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ringback/settings"
	"ringback/webhooks/api"
)

// change is one line of the history.
type change struct {
	settings.Change
	Was, Is map[string]any

	Seen string // the newest line about the same thing on the page that is shown
}

// read opens the documents before and after the change.
func read(c settings.Change) change {
	shown := change{Change: c}
	for raw, into := range map[*json.RawMessage]*map[string]any{c.Before: &shown.Was, c.After: &shown.Is} {
		if raw != nil {
			_ = json.Unmarshal(*raw, into) // the database keeps JSON alone; what is no object has no fields
		}
	}
	return shown
}

// field is one thing that a change changed; Was or Is may be empty.
type field struct{ Name, Was, Is string }

// Fields are what differs, by name.
func (c change) Fields() []field {
	was, is := map[string]string{}, map[string]string{}
	flatten(was, "", c.Was)
	flatten(is, "", c.Is)
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
	Older      string
	MayRestore bool
	Restored   bool
	Fault      string
	Since      *change // what was not restored for what somebody did since

	Names map[string]string // of teams and staff, by id

	OfCompany  bool   // the company's own history, not a team's
	Base       string // address of the page
	MayCompany bool   // see that one as well
}

// New reports whether the thing came to be by it.
func (c change) New() bool { return c.Before == nil }

// Gone reports whether the thing went by it.
func (c change) Gone() bool { return c.After == nil }

// Happened reports whether it is no change of a setting, but something that
// somebody did.
func (c change) Happened() bool {
	return slices.Contains([]string{"sign_in", "sign_in_failed", "password", "invitation", "identity", "second_factor", "export", "erasure", "erasure_failed", "retention", "refused"}, c.What)
}

func (v *View) readHistory() (historyPage, error) {
	page := historyPage{
		MayRestore: v.Who.MayCall("restore-change"), Restored: v.Query("restored") != "", MayCompany: v.Who.MayCall("list-company-history"),
		Base: "/teams/" + v.Team.ID + "/history", OfCompany: v.g.Param("team") == "",
	}
	if page.OfCompany {
		page.Base, page.MayRestore = "/history", v.Who.MayCall("restore-company-change")
	}
	list, err := api.Listed(v.paged(50), func(c settings.Change) string { return c.ID }, func(before string, limit int) ([]settings.Change, error) {
		return settings.ListHistory(v.ctx(), v.db(), v.Who.CompanyID, v.g.Param("team"), before, limit)
	})
	if err != nil {
		return page, err
	}
	newest := map[[2]string]string{}
	for _, c := range list.Body.Items {
		thing := [2]string{c.What, c.Subject}
		newest[thing] = cmp.Or(newest[thing], c.ID)
		shown := read(c)
		shown.Seen = newest[thing]
		page.Items = append(page.Items, shown)
	}
	page.Older = older(url.Values{}, list.Body.Next)
	if page.Names, err = v.advisors(); err != nil {
		return page, err
	}
	teams, err := v.allTeams()
	for _, t := range teams {
		page.Names[t.ID] = t.Name
	}
	return page, err
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
	base, r, c := "/history", settings.Restoration{Change: id, Seen: v.Form("seen")}, settings.Change{}
	if v.g.Param("team") != "" {
		base = "/teams/" + v.Team.ID + base
		c, err = v.console.Inbox.Restore(v.ctx(), v.Who, v.Team.ID, r)
	} else {
		c, err = v.console.Inbox.RestoreCompany(v.ctx(), v.Who, r)
	}
	if err == nil {
		return v.Go(base + "?restored=1")
	}
	newer := v.nameFields(c.What, err)
	said, refused := v.refusal(err)
	if !refused {
		return err
	}
	page, err := v.readHistory()
	if err != nil {
		return err
	}
	page.Fault = said
	if newer == "" {
		return v.ShowFault("history.html", page)
	}
	since := read(c)
	since.Seen, page.Since = newer, &since
	return v.show(http.StatusConflict, "history.html", page)
}

// nameFields has a refusal for what somebody did since name its fields as people call
// them. The answer is the id of the newest change; empty: it is another refusal.
func (v *View) nameFields(what string, err error) string {
	var conflict *settings.Conflict
	if !errors.As(err, &conflict) {
		return ""
	}
	if fields, ok := conflict.Params["Fields"].([]string); ok {
		for n, name := range fields {
			fields[n] = cmp.Or(v.Field(what, name), name)
		}
	}
	newer, _ := conflict.Params["Change"].(string)
	return newer
}

// Subject is what a change is about, in words where there are some.
func (v *View) Subject(c change) string {
	if c.What == "automation" {
		return v.Say("automation.", c.Subject)
	}
	if scope, ok := c.Is["scope"].(string); ok && c.What == "refused" {
		return v.Say("scope.", scope)
	}
	for _, side := range []map[string]any{c.Is, c.Was} {
		for _, name := range []string{"title", "name", "address"} {
			if said, ok := side[name].(string); ok && said != "" {
				return said
			}
		}
	}
	return ""
}
