package console

import (
	"strconv"

	"ringback/gateway/retention"
	"ringback/settings/fault"
)

type privacyPage struct {
	Kinds  []keeping
	Saved  bool
	Would  bool // of a trial: Kinds say how much would go
	Fault  string
	MaySet bool
}

// keeping is one kind of thing and how long it is kept, as it stands in the form.
type keeping struct {
	Kind, Days, Fault string
	Would             int
}

// privacy is how long the company keeps what.
func (v *View) privacy() error {
	days, err := v.console.Inbox.Retention(v.ctx(), v.Who)
	if err != nil {
		return err
	}
	page := privacyPage{Saved: v.SavedAt("keeping") != "", MaySet: v.Who.MayCall("save-retention")}
	for _, kind := range retention.Kinds {
		k := keeping{Kind: kind}
		if chosen := *days.Of(kind); chosen != nil {
			k.Days = strconv.Itoa(*chosen)
		}
		page.Kinds = append(page.Kinds, k)
	}
	return v.Show("privacy.html", page)
}

// saveRetention keeps what was chosen, or says what would go.
func (v *View) saveRetention() error {
	var days retention.Days
	page, wrong := privacyPage{MaySet: true}, map[string]string{}
	for _, kind := range retention.Kinds {
		k := keeping{Kind: kind, Days: v.Form(kind)}
		if k.Days != "" {
			n, err := strconv.Atoi(k.Days)
			*days.Of(kind) = &n
			if err != nil {
				*days.Of(kind), wrong[kind] = nil, v.T("privacy.number")
			}
		}
		page.Kinds = append(page.Kinds, k)
	}
	if len(wrong) > 0 {
		for _, f := range fault.Shape(days) {
			wrong[f.Field] = v.fault(f)
		}
		return v.showRetention(page, wrong)
	}
	var err error
	would := map[string]int{}
	if page.Would = v.Form("try") != ""; page.Would {
		would, err = v.console.Inbox.TryRetention(v.ctx(), v.Who, days)
	} else {
		err = v.console.Inbox.SaveRetention(v.ctx(), v.Who, days, func(retention.Days) error { return nil })
	}
	if faults, ok := v.Faults(err); ok {
		page.Would = false
		return v.showRetention(page, faults)
	}
	switch {
	case err != nil:
		return err
	case !page.Would:
		return v.goSaved("/privacy", "keeping")
	}
	for n := range page.Kinds {
		page.Kinds[n].Would = would[page.Kinds[n].Kind]
	}
	return v.Show("privacy.html", page)
}

func (v *View) showRetention(page privacyPage, faults map[string]string) error {
	for n := range page.Kinds {
		page.Kinds[n].Fault = faults[page.Kinds[n].Kind]
	}
	return v.ShowFault("privacy.html", page)
}

// Chosen reports whether the kind is kept for some days only.
func (k keeping) Chosen() bool { return k.Days != "" }
