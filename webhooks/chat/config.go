package chat

import (
	"net/http"
	"time"

	"ringback/webhooks/web/i18n"
)

// config says whose chat it is and whether somebody is there.
func (d *doors) config(v *visit) error {
	now := d.Clock.Now()
	state := v.team.Schedules.At(now)
	answer := map[string]any{
		"name": v.team.Team.DisplayName, "company": v.team.Company, "color": v.sender.Settings.Color, "time_zone": v.team.Team.TimeZone,
		"language": language(v.g.Query("lang"), v.g.GetHeader("Accept-Language"), v.team.Team.Language),
		"open":     state.Open, "closes_at": nil, "opens_at": nil,
	}
	if at, ok := v.team.Schedules.NextClose(now); state.Open && ok {
		answer["closes_at"] = at.UTC().Format(time.RFC3339)
	}
	if at, ok := v.team.Schedules.NextOpen(now); !state.Open && ok {
		answer["opens_at"] = at.UTC().Format(time.RFC3339)
	}
	v.g.JSON(http.StatusOK, answer)
	return nil
}

var catalog = i18n.Empty()

// language is what the page says, else the browser, else the team.
func language(asked, accepted, team string) string {
	if asked == "" && accepted == "" {
		return team
	}
	return catalog.Match(asked, accepted).Tag
}
