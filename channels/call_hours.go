package channels

import "context"

// CallHours is when a number takes calls, as its provider shows it to customers.
type CallHours struct {
	Enabled bool      `json:"enabled"` // false: at any time
	Zone    string    `json:"zone"`    // an IANA name
	Week    []DayHour `json:"week"`
	Days    []DayHour `json:"days"` // in place of the week's; one a date
}

// DayHour is a stretch of a day during which calls are taken.
type DayHour struct {
	Day  string `json:"day"`  // MONDAY, or a date: 2026-12-24
	From string `json:"from"` // 0800
	To   string `json:"to"`   // 1700; the day's end is 2359
}

// CallHoursKeeper is a provider at which a number has hours for its calls. The
// errors are *SendErrors.
type CallHoursKeeper interface {
	SetCallHours(ctx context.Context, account Account, hours CallHours) error
	CallHours(ctx context.Context, account Account) (CallHours, error)
}
