package console

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// tally is a day's or a week's figures.
type tally struct {
	Calls, Missed, Voicemails, Texted, Replied, Recovered, Tickets int

	AfterHours int      `json:"texts_after_hours"`
	Answered   int      `json:"tickets_answered"`
	Answer     *float64 `json:"first_answer_seconds"`
	Ratings    int
	Rating     *float64
}

type weekDay struct {
	Date string
	tally
}

type weekPage struct {
	From  string
	Days  []weekDay
	Total tally
}

// week is how the team's week went.
func (v *View) week() error {
	query := ""
	if from := v.Query("from"); from != "" {
		query = "?from=" + url.QueryEscape(from)
	}
	var page weekPage
	if err := v.Get(v.In("/week"+query), &page); err != nil {
		return err
	}
	return v.Show("week.html", page)
}

// Day is a date as one says it, with its weekday.
func (v *View) Day(date string) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return v.Words.Weekday(at) + ", " + v.Words.Date(at, v.Now())
}

// Shift is the date that many days later.
func (weekPage) Shift(date string, days int) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return at.AddDate(0, 0, days).Format(time.DateOnly)
}

// Span is a time in words: seconds, minutes or hours.
func (v *View) Span(seconds *float64) string {
	switch {
	case seconds == nil:
		return "–"
	case *seconds < 90:
		return v.T("week.seconds", "N", int(math.Round(*seconds)))
	case *seconds < 90*60:
		return v.T("week.minutes", "N", int(math.Round(*seconds/60)))
	}
	return v.T("week.hours", "N", int(math.Round(*seconds/3600)))
}

// Score is an average of ratings with one decimal.
func (v *View) Score(score *float64) string {
	if score == nil {
		return "–"
	}
	return v.Words.Number(math.Round(*score*10) / 10)
}

// Share is a part of a whole in percent; empty without a whole.
func (weekPage) Share(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return strconv.Itoa(int(math.Round(100*float64(part)/float64(whole)))) + " %"
}

// weekFile is the same as a file.
func (v *View) weekFile() error {
	query := url.Values{}
	if from := v.Query("from"); from != "" {
		query.Set("from", from)
	}
	return v.pass(v.In("/week.csv"), query)
}

// pass answers what the API does, as it does.
func (v *View) pass(path string, query url.Values) error {
	r := v.g.Request.Clone(v.g.Request.Context())
	r.Method = http.MethodGet
	r.URL = &url.URL{Path: "/api/v1" + path, RawQuery: query.Encode()}
	r.RequestURI = r.URL.RequestURI()
	v.console.API.ServeHTTP(v.g.Writer, r)
	return nil
}
