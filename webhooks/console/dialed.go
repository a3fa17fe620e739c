package console

import "ringback/settings"

// dialed is a phone number as it was typed, in E.164 form: without a country it is of
// where a team's own numbers are.
func (v *View) dialed(team, typed string) (string, error) {
	if !settings.IsID(team) || !v.Who.Reaches(team) {
		return typed, nil
	}
	senders, err := settings.ListSenders(v.ctx(), v.db(), v.Who.CompanyID, team, "", most)
	if err != nil {
		return typed, err
	}
	return settings.Dialed(typed, settings.RegionOf(senders)), nil
}
