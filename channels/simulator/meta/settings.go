package meta

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"time"
)

// hours are those of calls, as a number has them; nothing else may stand there.
type hours struct {
	Status string `json:"status"`
	Zone   string `json:"timezone_id"`
	Week   []struct {
		Day   string `json:"day_of_week"`
		Open  string `json:"open_time"`
		Close string `json:"close_time"`
	} `json:"weekly_operating_hours"`
	Days []struct {
		Date  string `json:"date"`
		Start string `json:"start_time"`
		End   string `json:"end_time"`
	} `json:"holiday_schedule"`
}

var clockTime = regexp.MustCompile(`^([01]\d|2[0-3])[0-5]\d$`)

// check holds hours to what Meta takes.
func (h hours) check() error {
	if h.Status != "ENABLED" && h.Status != "DISABLED" {
		return errors.New("call_hours.status must be ENABLED or DISABLED")
	}
	if _, err := time.LoadLocation(h.Zone); err != nil || h.Zone == "" {
		return errors.New("call_hours.timezone_id is not known")
	}
	type stretch struct{ from, to string }
	week := map[string][]stretch{}
	for _, w := range h.Week {
		for _, other := range week[w.Day] {
			if w.Open < other.to && other.from < w.Close {
				return errors.New("weekly_operating_hours overlap")
			}
		}
		week[w.Day] = append(week[w.Day], stretch{w.Open, w.Close})
		if !clockTime.MatchString(w.Open) || !clockTime.MatchString(w.Close) || w.Open >= w.Close {
			return errors.New("open_time must be before close_time")
		}
		if len(week[w.Day]) > 2 {
			return errors.New("at most 2 entries a day of the week")
		}
	}
	for day := range week {
		switch day {
		case "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY":
		default:
			return errors.New("day_of_week is not known")
		}
	}
	if len(h.Days) > 20 {
		return errors.New("at most 20 entries in holiday_schedule")
	}
	for _, d := range h.Days {
		if _, err := time.Parse(time.DateOnly, d.Date); err != nil || !clockTime.MatchString(d.Start) || !clockTime.MatchString(d.End) || d.Start >= d.End {
			return errors.New("holiday_schedule is not well formed")
		}
	}
	return nil
}

// setSettings takes a number's hours of calls, in place of all that were there.
func (m *Simulator) setSettings(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Calling struct {
			Hours *hours `json:"call_hours"`
		} `json:"calling"`
	}
	raw, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case r.PathValue("number") != m.config.Number:
		refuse(w, http.StatusNotFound, 100, "Unsupported post request")
	case m.refusing != "":
		refuse(w, http.StatusBadRequest, 100, m.refusing)
	case strictly(raw, &body) != nil || body.Calling.Hours == nil:
		refuse(w, http.StatusBadRequest, 100, "Param calling is not well formed")
	default:
		if err := body.Calling.Hours.check(); err != nil {
			refuse(w, http.StatusBadRequest, 100, err.Error())
			return
		}
		m.hours, m.pushes = *body.Calling.Hours, m.pushes+1
		answer(w, Object{"success": true})
	}
}

// settings are a number's.
func (m *Simulator) settings(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.PathValue("number") != m.config.Number {
		refuse(w, http.StatusNotFound, 100, "Unsupported get request")
		return
	}
	answer(w, Object{"calling": Object{"status": cmp.Or(m.calling, "DISABLED"), "call_icon_visibility": "DEFAULT", "call_hours": m.hours}})
}

// CallHours are the number's, as Meta has them, and how often they were set.
func (m *Simulator) CallHours() (string, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	raw, _ := json.Marshal(m.hours) // it was read from JSON
	return string(raw), m.pushes
}

// ChangeCallHours is somebody who changes the zone in Meta's own console.
func (m *Simulator) ChangeCallHours(zone string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hours.Zone = zone
}

// RefuseCallHours makes Meta refuse hours with those words; empty: it takes them.
func (m *Simulator) RefuseCallHours(words string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refusing = words
}
