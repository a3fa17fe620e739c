package console

import (
	"net/url"
	"time"

	"ringback/settings"
	"ringback/webhooks/api"
)

type auditPage struct {
	Items      []line
	Who, Since string
	Refused    bool
	File       string // where the same is as a file
	Older      string
	Names      map[string]string // of teams and staff, by id
	Faults     map[string]string
}

// line is one of the audit.
type line struct {
	Change change
	Called string // who did it, as they are called now; empty: as they were then, or nobody knows
	From   string
	Team   string // id; empty: none
}

func (v *View) auditFilter() (settings.AuditFilter, url.Values, error) {
	f, query := settings.AuditFilter{Who: v.Query("who"), Refused: v.Query("refused") != ""}, url.Values{}
	if f.Refused {
		query.Set("refused", "true")
	}
	if f.Who != "" {
		query.Set("who", f.Who)
	}
	if since := v.Query("since"); since != "" {
		day, err := time.ParseInLocation(time.DateOnly, since, v.Local(v.now).Location())
		if err != nil {
			return f, query, settings.Refuse("since", "date")
		}
		f.Since = &day
		query.Set("since", since)
	}
	return f, query, nil
}

// audit is who did what, when and from where.
func (v *View) audit() error {
	page := auditPage{Who: v.Query("who"), Since: v.Query("since"), Refused: v.Query("refused") != ""}
	filter, query, err := v.auditFilter()
	if faults, ok := v.Faults(err); ok {
		page.Faults = faults
		return v.ShowFault("audit.html", page)
	}
	list, err := api.Listed(v.paged(50), func(a settings.Audited) string { return a.ID }, func(before string, limit int) ([]settings.Audited, error) {
		return v.console.Inbox.Audit(v.ctx(), v.Who, filter, before, limit)
	})
	if err != nil {
		return err
	}
	page.File, page.Older = "/audit.csv?"+query.Encode(), older(query, list.Body.Next)
	if page.Names, err = v.advisors(); err != nil {
		return err
	}
	for _, a := range list.Body.Items {
		one := line{Change: read(a.Change), From: a.From, Team: orNone(a.Team)}
		if called := page.Names[orNone(a.StaffID)]; called != a.Who {
			one.Called = called
		}
		page.Items = append(page.Items, one)
	}
	teams, err := v.allTeams()
	for _, t := range teams {
		page.Names[t.ID] = t.Name
	}
	if err != nil {
		return err
	}
	return v.Show("audit.html", page)
}

func orNone(id *string) string {
	if id == nil {
		return ""
	}
	return *id
}

// auditFile is the same as a file.
func (v *View) auditFile() error {
	filter, _, err := v.auditFilter()
	if err != nil {
		return err
	}
	file, err := api.AuditFile(v.ctx(), v.console.Inbox, v.Who, filter)
	if err != nil {
		return err
	}
	return v.file(file)
}
