package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"ringback/settings"
	"ringback/settings/automations"
)

// meanwhile says who saved while somebody was typing.
type meanwhile struct {
	Who   string
	At    time.Time
	Cards []string // keys of what they changed
}

// saveAutomations saves all 14, or asks what to keep when somebody else has
// saved since the page was loaded. Nothing typed is lost either way.
func (v *View) saveAutomations() error {
	if v.Form("discard") != "" {
		return v.Go(v.Path)
	}
	page, err := v.readResponses()
	if err != nil {
		return err
	}
	page.Tag, page.Base, page.Unsaved = v.Form("tag"), v.Form("base"), true
	for n := range page.Cards {
		c := &page.Cards[n]
		c.Chosen = v.typed(*c)
	}
	err = v.save(page)
	if errors.Is(err, errStale) {
		return v.settle()
	}
	return v.saved(page, err)
}

// errStale is a save that began from an older state than what is stored.
var errStale = errors.New("somebody saved meanwhile")

// save stores what is chosen on the page, unless somebody saved since the state
// that the page began from.
func (v *View) save(page responses) error {
	return settings.SaveAutomations(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, v.Who.Who,
		func(t settings.Team, stored []automations.Setting) ([]automations.Setting, error) {
			if page.Tag != versionOf(t) {
				return nil, errStale
			}
			for n, c := range page.Cards { // both are in the order of automations.All
				stored[n] = c.onto(c.Chosen, stored[n])
			}
			return stored, nil
		})
}

// saved goes back to the page, or shows beside its fields what was refused.
func (v *View) saved(page responses, err error) error {
	if err == nil {
		return v.goSaved(v.Path, page.changed(v.Form("base")))
	}
	faults, invalid := wrong(err)
	if !invalid {
		return err
	}
	for _, f := range faults {
		found := faultyField.FindStringSubmatch(f.Field)
		if found == nil {
			return err
		}
		n, err := strconv.Atoi(found[1])
		if err != nil || n >= len(page.Cards) {
			return err
		}
		c := &page.Cards[n]
		c.Open, page.Faulty = true, true
		c.Faults[found[2]] = v.faultOf(*c, found[2], f)
	}
	return v.ShowFault("automations.html", page)
}

var faultyField = regexp.MustCompile(`^automations\[(\d+)\]\.(.+)$`)

// settle puts what was changed here over what is saved by now, and shows where
// the two differ. Where there is nothing to choose, it saves: the form was sent
// twice, or something was changed and changed back.
func (v *View) settle() error {
	page, err := v.readResponses()
	if err != nil {
		return err
	}
	var base map[string]chosen
	_ = json.Unmarshal([]byte(v.Form("base")), &base) // unread, all that was typed counts as changed here
	var theirs []string
	for n := range page.Cards {
		if c := &page.Cards[n]; c.merge(base[c.Key], v.typed(*c)) {
			theirs, c.Open = append(theirs, c.Key), true
		}
	}
	if len(theirs) == 0 || page.content() == page.Base {
		return v.saved(page, v.save(page))
	}
	page.Unsaved = true
	if page.Meanwhile, err = v.whoChanged(theirs); err != nil {
		return err
	}
	return v.show(http.StatusConflict, "automations.html", page)
}

// merge writes what was typed, where it differs from what the typing began
// from, over what is saved by now. It reports whether somebody else changed the
// card since.
func (c *card) merge(was, mine chosen) (changed bool) {
	now := c.Chosen
	c.Theirs, c.Chosen = chosen{}, chosen{}
	for field := range now {
		c.Chosen[field] = now[field]
		if was == nil || mine[field] != was[field] {
			c.Chosen[field] = mine[field]
		}
		if now[field] == was[field] {
			continue
		}
		changed = true
		if now[field] != c.Chosen[field] {
			c.Theirs[field] = now[field]
		}
	}
	return changed
}

// whoChanged finds in the history who saved last.
func (v *View) whoChanged(keys []string) (*meanwhile, error) {
	found := &meanwhile{Cards: keys, At: v.now}
	if !v.Who.MayCall("list-history") {
		return found, nil
	}
	changes, err := settings.ListHistory(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, "", 50)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if c.What == "automation" && slices.Contains(keys, c.Subject) {
			found.Who, found.At = c.Who, c.At
			break
		}
	}
	return found, nil
}

// faultOf says what is wrong with a field, in a card's own words where it has
// better ones.
func (v *View) faultOf(c card, field string, f settings.Fault) string {
	for _, o := range c.Choices {
		if field == "options."+o.Name && o.Kind() == "int" {
			return v.T("automations.fault_number", "Min", o.Min, "Max", o.Max)
		}
	}
	switch f.Code {
	case "no_placeholder", "no_placeholder_but":
		return v.T("automations.fault_placeholder", "Name", f.Params["Name"])
	case "braces_open", "braces_closed":
		return v.T("automations.fault_braces", "Example", "{{customer_name}}")
	case "text_too_long", "too_long":
		return v.T("automations.fault_long")
	}
	return v.fault(f)
}

// Since is how long ago something was, in minutes, at least one.
func (v *View) Since(at time.Time) int { return max(1, int(v.now.Sub(at).Minutes())) }
