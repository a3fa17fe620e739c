package inbox

import (
	"context"
	"strings"

	"ringback/settings"
	"ringback/settings/staff"
)

// dialed is the address by which a filter asks for a customer. A phone number may be
// written as people write it; without a country it is one of where the team's own
// numbers are. One that cannot be read is refused, so that an empty list says that
// there is nothing. No team is asked after where the list is of several.
func (d Desk) dialed(ctx context.Context, who staff.Principal, team, typed string) (string, error) {
	region := ""
	if team != "" && typed != "" && !strings.HasPrefix(typed, "+") {
		senders, err := settings.ListSenders(ctx, d.DB, who.CompanyID, team, "", 100)
		if err != nil {
			return "", err
		}
		region = settings.RegionOf(senders)
	}
	number := settings.Dialed(typed, region)
	if len(number) > longestShortCode && strings.Trim(number, "+0123456789 ()./-") == "" && settings.PhoneFault(number) != "" {
		return "", settings.Refuse("contact", "phone")
	}
	return number, nil
}

// longestShortCode is how many digits a number may have that is of no country.
const longestShortCode = 6
