package console

import (
	"io"
	"net/http"

	"ringback/settings"
)

// holidayForm is a holiday as people fill it in.
type holidayForm struct {
	ID, Title, From, To, Feed string
	Company                   bool // it closes every team
	Messages                  settings.Messages

	MayCompany bool // whoever fills it in may close every team
	Faults     map[string]string
	FileFault  string
}

// Keys are the automations that it can have words for.
func (holidayForm) Keys() []string { return settings.HolidayMessages }

// holidayForm is the page of one holiday, or of a new one.
func (v *View) holidayForm() error {
	if v.g.Param("id") == "" {
		from := v.Query("from") // the day that was pressed in the calendar
		if _, err := settings.ParseDate("from", from); err != nil {
			from = ""
		}
		return v.showHoliday(http.StatusOK, holidayForm{From: from})
	}
	of, id, err := v.oneHoliday("change-company-holiday")
	if err != nil {
		return err
	}
	h, err := settings.FindHoliday(v.ctx(), v.db(), of, id)
	if err != nil {
		return err
	}
	form := holidayForm{ID: h.ID, Title: h.Title, Company: of.Team == "", Messages: h.Messages}
	for stored, into := range map[*string]*string{h.From: &form.From, h.To: &form.To, h.Feed: &form.Feed} {
		if stored != nil {
			*into = *stored
		}
	}
	return v.showHoliday(http.StatusOK, form)
}

func (v *View) showHoliday(status int, form holidayForm) error {
	form.MayCompany = v.Who.MayCall("create-company-holiday")
	return v.show(status, "holiday.html", form)
}

// saveHoliday adds a holiday, or changes one.
func (v *View) saveHoliday() error {
	form := holidayForm{
		ID: v.g.Param("id"), Title: v.Form("title"), From: v.Form("from"), To: v.Form("to"), Feed: v.Form("feed"),
		Company: v.Form("of") == ofCompany || v.Query("of") == ofCompany, Messages: settings.Messages{},
	}
	for _, key := range form.Keys() {
		form.Messages[key] = v.Form("messages." + key)
	}
	err := v.storeHoliday(form)
	if err == nil {
		return v.goSaved("/teams/"+v.Team.ID+"/schedules", "holidays")
	}
	refused := false
	if form.Faults, refused = v.Faults(err); !refused {
		return err
	}
	return v.showHoliday(http.StatusUnprocessableEntity, form)
}

func (v *View) storeHoliday(form holidayForm) error {
	if form.ID == "" {
		if err := v.mayCompany(form.Company, "create-company-holiday"); err != nil {
			return err
		}
		_, err := settings.AddHoliday(v.ctx(), v.db(), v.holidaysOf(form.Company), v.Who.Who, form.onto(settings.Holiday{}))
		return err
	}
	of, id, err := v.oneHoliday("change-company-holiday")
	if err != nil {
		return err
	}
	_, err = settings.ChangeHoliday(v.ctx(), v.db(), of, v.Who.Who, id, func(h *settings.Holiday) error {
		*h = form.onto(*h)
		return nil
	})
	return err
}

// mayCompany asks for the right to what closes every team.
func (v *View) mayCompany(company bool, operation string) error {
	if !company {
		return nil
	}
	return v.Who.Allowed(operation)
}

func (f holidayForm) onto(h settings.Holiday) settings.Holiday {
	h.Title, h.From, h.To, h.Feed, h.Messages = f.Title, &f.From, &f.To, &f.Feed, f.Messages
	return h
}

// holidayFile is how large a file of holidays may be.
const holidayFile = 1 << 20

// importHolidays adds the days of a calendar file.
func (v *View) importHolidays() error {
	v.g.Request.Body = http.MaxBytesReader(v.g.Writer, v.g.Request.Body, holidayFile)
	file, _, err := v.g.Request.FormFile("calendar")
	if err != nil {
		return &problem{http.StatusBadRequest, v.T("contacts.no_file")}
	}
	defer func() { _ = file.Close() }() // it was only read
	content, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	company := v.Form("of") == ofCompany
	if err := v.mayCompany(company, "import-company-holidays"); err != nil {
		return err
	}
	added, err := settings.ImportHolidays(v.ctx(), v.db(), v.holidaysOf(company), v.Who.Who, string(content), v.now)
	if _, refused := wrong(err); refused {
		said, _ := v.refusal(err)
		return v.showHoliday(http.StatusUnprocessableEntity, holidayForm{Company: company, FileFault: said})
	}
	if err != nil {
		return err
	}
	page, err := v.readSchedules("")
	if err != nil {
		return err
	}
	page.Said = v.T("holidays.imported", "Count", len(added))
	return v.Show("schedules.html", page)
}
