package settings

import (
	"context"
	"slices"

	"github.com/lib/pq"

	"ringback/channels/phone"
	zones "ringback/settings/zone"
)

// CountryOf is the country of a number, as two letters (ISO 3166); empty: it has none,
// as a short code and a web chat.
func CountryOf(address string) string {
	if all := phone.Countries(address); len(all) > 0 && country.MatchString(all[0]) {
		return all[0]
	}
	return ""
}

// ownCountries is what a new team's list begins with where none was chosen: where its
// time zone is. A zone that is nowhere, as UTC is, leaves it empty: all.
func ownCountries(timeZone string) pq.StringArray {
	if own := zones.Country(timeZone); own != "" {
		return pq.StringArray{own}
	}
	return pq.StringArray{}
}

const allowCountries = `update teams set allowed_countries = $3 where company_id = $1 and id = $2`

// allowCountryOf adds the country of a new sender's number to those that the team
// texts, unless it texts all: its own neighbors are to hear from that number.
func (e *Edit) allowCountryOf(ctx context.Context, address string) error {
	was, own := e.Team, CountryOf(address)
	if own == "" || len(was.AllowedCountries) == 0 || e.CountriesChosen {
		return nil
	}
	for _, one := range phone.Countries(address) { // of an unknown number each may be meant
		if slices.Contains(was.AllowedCountries, one) {
			return nil
		}
	}
	e.Team.AllowedCountries = append(slices.Clone(was.AllowedCountries), own)
	if _, err := e.record(ctx, "team", was.ID, was, e.Team); err != nil {
		return err
	}
	_, err := e.tx.ExecContext(ctx, allowCountries, was.CompanyID, was.ID, e.Team.AllowedCountries)
	return wrap(err, "countries of team "+was.ID)
}
