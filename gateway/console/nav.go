package console

import "ringback/settings/staff"

// entry is one line of the rail. Its name is the phrase "nav.<key>".
type entry struct {
	Key, Path string // Path below /teams/{team}, or from the root when company is set
	company   bool
	scope     staff.Scope // who lacks it does not see the entry
}

type group struct {
	Key     string
	Entries []entry
}

// rail is what stands at the left, in this order.
var rail = []group{
	{"inbox", []entry{
		{"tickets", "/tickets", false, staff.TicketsRead},
		{"decisions", "/decisions", false, staff.TicketsRead},
		{"deliveries", "/deliveries", false, staff.DeliveriesRead},
	}},
	{"settings", []entry{
		{"automations", "/automations", false, staff.SettingsRead},
		{"schedules", "/schedules", false, staff.SettingsRead},
		{"team", "/team", false, staff.SettingsRead},
		{"senders", "/senders", false, staff.SettingsRead},
	}},
	{"people", []entry{
		{"contacts", "/contacts", false, staff.TicketsRead},
		{"staff", "/staff", true, staff.StaffRead},
	}},
	{"tools", []entry{
		{"try", "/try", false, staff.TicketsRead},
		{"week", "/week", false, staff.TicketsRead},
		{"ratings", "/ratings", false, staff.TicketsRead},
		{"history", "/history", false, staff.SettingsRead},
		{"help", "/help", true, ""},
	}},
}

// Rail is the groups with the entries that who asks may use.
func (v *View) Rail() []group {
	var shown []group
	for _, g := range rail {
		kept := group{Key: g.Key}
		for _, e := range g.Entries {
			if (e.scope == "" || v.Who.May(e.scope)) && (e.company || v.Team.ID != "") {
				kept.Entries = append(kept.Entries, e)
			}
		}
		if len(kept.Entries) > 0 {
			shown = append(shown, kept)
		}
	}
	return shown
}

// At is where an entry leads.
func (v *View) At(e entry) string {
	if e.company {
		return e.Path
	}
	return "/teams/" + v.Team.ID + e.Path
}
