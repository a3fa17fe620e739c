package console

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"ringback/settings"
)

// companyForm is what a page changes about the company, as it was typed.
type companyForm struct {
	Name, Price, Currency string
	OptOutScope           string // how far a STOP reaches
	Faults                map[string]string
}

func formOfCompany(c settings.Company) *companyForm {
	form := companyForm{Name: c.Name, Currency: c.Currency, OptOutScope: c.OptOutScope}
	if c.SegmentPrice > 0 {
		form.Price = strconv.FormatFloat(c.SegmentPrice, 'f', -1, 64)
	}
	return &form
}

// onto puts what was typed onto the company. Prices are written with a point or
// a comma.
func (f companyForm) onto(c *settings.Company) error {
	c.Name, c.SegmentPrice, c.Currency = f.Name, 0, strings.ToUpper(strings.TrimSpace(f.Currency))
	c.OptOutScope = cmp.Or(f.OptOutScope, c.OptOutScope)
	if f.Price == "" {
		return nil
	}
	price, err := strconv.ParseFloat(strings.Replace(f.Price, ",", ".", 1), 64)
	if err != nil || math.IsNaN(price) {
		return settings.Refuse("segment_price", "not_number")
	}
	c.SegmentPrice = price
	return nil
}

// Scopes are how far a STOP may reach.
func (companyForm) Scopes() []string { return settings.OptOutScopes }

// saveCompany changes the name that stands before every message, and what the
// reports reckon with.
func (v *View) saveCompany() error {
	form := companyForm{Name: v.Form("company"), Price: strings.TrimSpace(v.Form("segment_price")), Currency: v.Form("currency"), OptOutScope: v.Form("opt_out_scope")}
	_, err := settings.ChangeCompany(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Who, form.onto)
	if err == nil {
		return v.goSaved("/teams/"+v.Team.ID+"/team", "s-company")
	}
	faults, invalid := v.Faults(err)
	if !invalid {
		return err
	}
	if faults["name"] != "" {
		faults["name"] = v.T("fault.name")
	}
	page, err := v.readTeam()
	if err != nil {
		return err
	}
	form.Faults = faults
	page.Company = &form
	return v.ShowFault("team.html", page)
}
