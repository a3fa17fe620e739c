package settings

import "time"

var firstDate, lastDate = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// FirstDay reads the date on which a shown week begins, as midnight UTC; empty
// is the Monday of the week of now, which is on the team's clock.
func FirstDay(date string, now time.Time) (time.Time, error) {
	if date == "" {
		today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
		return today.AddDate(0, 0, -(int(today.Weekday())+6)%7), nil
	}
	return ParseDate("from", date)
}

// ParseDate reads a date such as 2026-06-01 as midnight UTC, or is Invalid for
// the field.
func ParseDate(field, date string) (time.Time, error) {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil || at.Before(firstDate) || at.After(lastDate) {
		return at, Refuse(field, "date")
	}
	return at, nil
}
