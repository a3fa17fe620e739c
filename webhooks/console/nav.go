package console

// entry is one line of the rail. Its name is the phrase "nav.<key>".
type entry struct {
	Key, Path string // Path below /teams/{team}, or from the root when company is set
	company   bool
	route     string // of the API, that the page asks; who may not call it does not see the entry
}

type group struct {
	Key     string
	Entries []entry
}

// rail is what stands at the left, in this order.
var rail = []group{
	{"inbox", []entry{
		{"tickets", "/tickets", false, "list-tickets"},
		{"decisions", "/decisions", false, "list-decisions"},
		{"deliveries", "/deliveries", false, "list-deliveries"},
	}},
	{"settings", []entry{
		{"automations", "/automations", false, "list-automations"},
		{"schedules", "/schedules", false, "list-schedules"},
		{"team", "/team", false, "get-team"},
		{"senders", "/senders", false, "list-senders"},
		{"replies", "/replies", false, "list-replies"},
		{"hooks", "/hooks", true, "list-hooks"},
	}},
	{"people", []entry{
		{"contacts", "/contacts", false, "list-contacts"},
		{"staff", "/staff", true, "list-staff"},
		{"privacy", "/privacy", true, "get-retention"},
	}},
	{"tools", []entry{
		{"try", "/try", false, "dry-run"},
		{"reports", "/reports", false, "get-report"},
		{"ratings", "/ratings", false, "list-ratings"},
		{"traffic", "/traffic", true, "get-traffic"},
		{"history", "/history", false, "list-history"},
		{"help", "/help", true, ""},
	}},
}

// Rail is the groups with the entries that who asks may use.
func (v *View) Rail() []group {
	var shown []group
	for _, g := range rail {
		kept := group{Key: g.Key}
		for _, e := range g.Entries {
			if (e.route == "" || v.Who.MayCall(e.route)) && (e.company || v.Team.ID != "") {
				kept.Entries = append(kept.Entries, e)
			}
		}
		if len(kept.Entries) > 0 {
			shown = append(shown, kept)
		}
	}
	return shown
}

// At is where an entry leads: of the help, to the part about the page one is on.
func (v *View) At(e entry) string {
	if e.Key == "help" {
		return v.Help()
	}
	if e.company {
		return e.Path
	}
	return "/teams/" + v.Team.ID + e.Path
}
