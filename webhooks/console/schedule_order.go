package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ringback/settings"
)

// Above is the place above one in the list, Below the one below; at an end it is the same.
func (p schedulesPage) Above(n int) int { return max(n-1, 0) }
func (p schedulesPage) Below(n int) int { return min(n+1, len(p.Items)-1) }

// moved is the order of the form's schedules when one of them is put in the place that
// its button, or the script of the page, names beside its id; and that one.
func moved(seen []string, move string) (order []string, one string) {
	one, place, _ := strings.Cut(move, " ")
	to, err := strconv.Atoi(place)
	at := slices.Index(seen, one)
	if err != nil || at < 0 {
		return seen, ""
	}
	order = slices.Delete(slices.Clone(seen), at, at+1)
	return slices.Insert(order, min(max(to, 0), len(order)), one), one
}

// orderSchedules puts one of the schedules in another place among them.
func (v *View) orderSchedules() error {
	seen := v.g.PostFormArray("seen")
	order, one := moved(seen, v.Form("move"))
	_, err := v.editTeam(func(e *settings.Edit) error {
		_, err := e.OrderSchedules(v.ctx(), settings.ScheduleOrder{IDs: order, Seen: seen})
		return err
	})
	said, refused := v.refusal(err)
	if err != nil && !refused {
		return err
	}
	week := v.Query("week")
	if err == nil && !v.Partial() {
		return v.goSaved("/teams/"+v.Team.ID+"/schedules?"+url.Values{"week": {week}}.Encode(), "schedule-"+one)
	}
	page, err := v.readSchedules(week)
	if err != nil {
		return err
	}
	if page.OrderFault = said; refused {
		return v.ShowFault("schedules.html", page)
	}
	if at := slices.Index(order, one); at >= 0 {
		page.Moved = v.T("schedules.moved", "Title", page.Items[at].Title, "N", at+1, "Count", len(order))
	}
	return v.Show("schedules.html", page)
}
