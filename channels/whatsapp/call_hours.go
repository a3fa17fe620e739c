package whatsapp

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"ringback/channels"
	"ringback/channels/fit"
)

// callHours are a number's, as Meta writes them. What is sent takes the place of
// all that was there, and days that are left out are forgotten.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-settings
type callHours struct {
	Status string      `json:"status"`
	Zone   string      `json:"timezone_id"`
	Week   []weekHours `json:"weekly_operating_hours"`
	Days   []dayHours  `json:"holiday_schedule"`
}

type weekHours struct {
	Day  string `json:"day_of_week"`
	From string `json:"open_time"`
	To   string `json:"close_time"`
}

type dayHours struct {
	Day  string `json:"date"`
	From string `json:"start_time"`
	To   string `json:"end_time"`
}

const (
	hoursOn  = "ENABLED"
	hoursOff = "DISABLED"
)

// SetCallHours has the number take calls at these times alone.
func (c *Channel) SetCallHours(ctx context.Context, account channels.Account, hours channels.CallHours) error {
	sent := callHours{Status: hoursOff, Zone: hours.Zone, Week: []weekHours{}, Days: []dayHours{}}
	if hours.Enabled {
		sent.Status = hoursOn
	}
	for _, h := range hours.Week {
		sent.Week = append(sent.Week, weekHours(h))
	}
	for _, h := range hours.Days {
		sent.Days = append(sent.Days, dayHours(h))
	}
	var answer struct {
		Success bool `json:"success"`
	}
	if err := c.settings(ctx, account, http.MethodPost, object{"calling": object{"call_hours": sent}}, &answer); err != nil {
		return err
	}
	if !answer.Success {
		return &channels.SendError{Reason: channels.ReasonRejected, Err: errors.New("the answer does not say that it succeeded")}
	}
	return nil
}

// CallHours are those that the number has at Meta. A number that takes no calls
// has none, and says so by its zone alone being empty.
func (c *Channel) CallHours(ctx context.Context, account channels.Account) (channels.CallHours, error) {
	var answer struct {
		Calling struct {
			Hours callHours `json:"call_hours"`
		} `json:"calling"`
	}
	if err := c.settings(ctx, account, http.MethodGet, nil, &answer); err != nil {
		return channels.CallHours{}, err
	}
	told := answer.Calling.Hours
	hours := channels.CallHours{Enabled: told.Status == hoursOn, Zone: fit.Line(told.Zone, maxPlain), Week: []channels.DayHour{}, Days: []channels.DayHour{}}
	for _, h := range told.Week[:min(len(told.Week), maxLines)] {
		hours.Week = append(hours.Week, hourOf(channels.DayHour(h)))
	}
	for _, h := range told.Days[:min(len(told.Days), maxLines)] {
		hours.Days = append(hours.Days, hourOf(channels.DayHour(h)))
	}
	slices.SortFunc(hours.Week, byWeekday)
	slices.SortFunc(hours.Days, func(a, b channels.DayHour) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From)) })
	return hours, nil
}

func hourOf(h channels.DayHour) channels.DayHour {
	return channels.DayHour{Day: fit.Line(h.Day, 16), From: fit.Line(h.From, 8), To: fit.Line(h.To, 8)}
}

// weekdays are Meta's, in the order in which they are compared.
var weekdays = []string{"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"}

func byWeekday(a, b channels.DayHour) int {
	return cmp.Or(cmp.Compare(slices.Index(weekdays, a.Day), slices.Index(weekdays, b.Day)), cmp.Compare(a.From, b.From))
}

// settings are those of the account's number.
func (c *Channel) settings(ctx context.Context, account channels.Account, method string, body, into any) error {
	if !digits(account.ID) {
		return &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("the sender has no phone number id")}
	}
	return c.call(ctx, account, method, account.ID+"/settings", nil, body, into)
}
