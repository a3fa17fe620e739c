package settings_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// faults are the fields that an error names, with their codes; nil: there is none.
func faults(t *testing.T, err error) (names []string) {
	t.Helper()
	if err == nil {
		return nil
	}
	var taken *settings.Conflict
	var wrong settings.Invalid
	if errors.As(err, &taken) {
		wrong = settings.Invalid{taken.Fault}
	} else {
		require.ErrorAs(t, err, &wrong)
	}
	for _, f := range wrong {
		names = append(names, f.Field+" "+f.Code)
	}
	return names
}

func long(n int) string { return strings.Repeat("ż", n) }

// TestTheLimitsOfATeam: each field at its limits and one beyond.
func TestTheLimitsOfATeam(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	type row struct {
		name   string
		change func(*settings.Team)
		want   []string
	}
	rows := []row{
		{"a name of a hundred signs", func(t *settings.Team) { t.Name = long(100) }, nil},
		{"of one more", func(t *settings.Team) { t.Name = long(101) }, []string{"name too_long"}},
		{"of none", func(t *settings.Team) { t.Name = "" }, []string{"name too_short"}},
		{"of spaces", func(t *settings.Team) { t.Name = "  " }, []string{"name empty"}},
		{"of two lines", func(t *settings.Team) { t.Name = "a\nb" }, []string{"name not_one_line"}},
		{"with a zero byte", func(t *settings.Team) { t.Name = "a\x00b" }, []string{"name unstorable"}},
		{"of broken signs", func(t *settings.Team) { t.Name = "a\xff" }, []string{"name unstorable"}},
		{"a shown name of a hundred", func(t *settings.Team) { t.DisplayName = long(100) }, nil},
		{"of one more, shown", func(t *settings.Team) { t.DisplayName = long(101) }, []string{"display_name too_long"}},
		{"of spaces, shown", func(t *settings.Team) { t.DisplayName = " " }, []string{"display_name empty"}},
		{"of two lines, shown", func(t *settings.Team) { t.DisplayName = "a\rb" }, []string{"display_name not_one_line"}},
		{"no zone", func(t *settings.Team) { t.TimeZone = "" }, []string{"time_zone zone"}},
		{"the server's zone", func(t *settings.Team) { t.TimeZone = "Local" }, []string{"time_zone zone"}},
		{"a path", func(t *settings.Team) { t.TimeZone = "../../etc/passwd" }, []string{"time_zone zone"}},
		{"Kathmandu", func(t *settings.Team) { t.TimeZone = "Asia/Kathmandu" }, nil},
		{"a language of a country", func(t *settings.Team) { t.Language = "de-AT" }, nil},
		{"a language that we have not", func(t *settings.Team) { t.Language = "ja" }, []string{"language not_one_of"}},
		{"no language", func(t *settings.Team) { t.Language = "" }, []string{"language not_one_of"}},
		{"a currency", func(t *settings.Team) { t.Currency = "eur" }, nil},
		{"a currency that there is not", func(t *settings.Team) { t.Currency = "XQZ" }, []string{"currency currency"}},
		{"a currency of four letters", func(t *settings.Team) { t.Currency = "EURO" }, []string{"currency currency"}},
		{"two countries", func(t *settings.Team) { t.AllowedCountries = pq.StringArray{"US", "PL"} }, nil},
		{"a country in small letters", func(t *settings.Team) { t.AllowedCountries = pq.StringArray{"US", "pl"} }, []string{"allowed_countries[1] country"}},
		{"251 countries", func(t *settings.Team) { t.AllowedCountries = slices.Repeat(pq.StringArray{"US"}, 251) }, []string{"allowed_countries too_many"}},
	}
	for field, limit := range map[string]struct {
		of  func(*settings.Team) *int
		max int
	}{
		"automatic_per_hour":     {func(t *settings.Team) *int { return &t.AutomaticPerHour }, 1_000_000},
		"automatic_per_day":      {func(t *settings.Team) *int { return &t.AutomaticPerDay }, 10_000_000},
		"contact_per_hour":       {func(t *settings.Team) *int { return &t.ContactPerHour }, 1000},
		"contact_per_day":        {func(t *settings.Team) *int { return &t.ContactPerDay }, 10_000},
		"escalate_after_minutes": {func(t *settings.Team) *int { return &t.EscalateAfterMinutes }, 10_080},
	} {
		for n, want := range map[int][]string{-1: {field + " too_low"}, 0: nil, limit.max: nil, limit.max + 1: {field + " too_high"}} {
			rows = append(rows, row{fmt.Sprint(field, " ", n), func(t *settings.Team) { *limit.of(t) = n }, want})
		}
	}
	for _, c := range rows {
		_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
			changed := team
			c.change(&changed)
			return e.SaveTeam(t.Context(), changed)
		})
		require.Equal(t, c.want, faults(t, err), c.name)
	}
	_, err := settings.CreateTeam(t.Context(), db, team.CompanyID, "test", settings.Team{})
	require.Subset(t, faults(t, err), []string{"name too_short", "time_zone zone", "language not_one_of"}, "all that is wrong at once")
	_, err = settings.EditTeam(t.Context(), db, team.CompanyID, uuid.NewString(), "test", func(*settings.Edit) error { return nil })
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// TestTheLimitsOfACompany, likewise.
func TestTheLimitsOfACompany(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	for name, c := range map[string]struct {
		change func(*settings.Company)
		want   []string
	}{
		"a name of a hundred signs":    {func(c *settings.Company) { c.Name = long(100) }, nil},
		"of one more":                  {func(c *settings.Company) { c.Name = long(101) }, []string{"name too_long"}},
		"of none":                      {func(c *settings.Company) { c.Name = " " }, []string{"name empty"}},
		"with a zero byte":             {func(c *settings.Company) { c.Name = "a\x00b" }, []string{"name unstorable", "name not_one_line"}},
		"of broken signs":              {func(c *settings.Company) { c.Name = "a\xff" }, []string{"name unstorable"}},
		"a thousand an hour":           {func(c *settings.Company) { c.ContactPerHour, c.ContactPerDay = 1000, 0 }, nil},
		"one more":                     {func(c *settings.Company) { c.ContactPerHour = 1001 }, []string{"contact_per_hour range"}},
		"fewer than none a day":        {func(c *settings.Company) { c.ContactPerDay = -1 }, []string{"contact_per_day range"}},
		"a price without its currency": {func(c *settings.Company) { c.SegmentPrice = 0.01 }, []string{"currency currency"}},
		"a price":                      {func(c *settings.Company) { c.SegmentPrice, c.Currency = 100, "USD" }, nil},
		"a price above":                {func(c *settings.Company) { c.SegmentPrice, c.Currency = 100.01, "USD" }, []string{"segment_price too_high"}},
		"a price below":                {func(c *settings.Company) { c.SegmentPrice, c.Currency = -0.01, "USD" }, []string{"segment_price too_low"}},
		"a currency in small letters":  {func(c *settings.Company) { c.Currency = "usd" }, []string{"currency currency"}},
		"a currency that there is not": {func(c *settings.Company) { c.Currency = "XQZ" }, []string{"currency currency"}},
		"a second factor for everyone": {func(c *settings.Company) { c.SecondFactor = "required" }, nil},
		"a STOP for everybody":         {func(c *settings.Company) { c.OptOutScope = "world" }, []string{"opt_out_scope not_one_of"}},
		"a second factor for some":     {func(c *settings.Company) { c.SecondFactor = "sometimes" }, []string{"second_factor not_one_of"}},
	} {
		_, err := settings.ChangeCompany(t.Context(), db, team.CompanyID, "test", func(now *settings.Company) error {
			*now = settings.Company{Name: "GVE", ContactPerHour: 10, ContactPerDay: 30, OptOutScope: "team", SecondFactor: "optional"}
			c.change(now)
			return nil
		})
		require.Equal(t, c.want, faults(t, err), name)
	}
	_, err := settings.ChangeCompany(t.Context(), db, uuid.NewString(), "test", func(*settings.Company) error { return nil })
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// TestTheLimitsOfASavedReply, and how many there may be.
func TestTheLimitsOfASavedReply(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	add := func(r settings.Reply) (made settings.Reply, err error) {
		_, err = settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) (err error) {
			made, err = e.AddReply(t.Context(), r)
			return err
		})
		return made, err
	}
	for _, c := range []struct {
		title, text string
		want        []string
	}{
		{"Hours", "We open at 8", nil},
		{" Hours ", " We open at 8\n", nil},
		{long(100), long(1600), nil},
		{long(101), "x", []string{"title too_long"}},
		{"x", long(1601), []string{"text too_long"}},
		{" ", "\n", []string{"title empty", "text empty"}},
		{"two\nlines", "x", []string{"title not_one_line"}},
		{"a\x00b", "x", []string{"title unstorable"}},
		{"x", "a\x00b", []string{"text unstorable"}},
		{"x", "a\xff", []string{"text unstorable"}},
		{"a\xff", "x", []string{"title unstorable"}},
	} {
		made, err := add(settings.Reply{Title: c.title, Text: c.text})
		require.Equal(t, c.want, faults(t, err), "%.20q %.20q", c.title, c.text)
		if err == nil {
			require.Equal(t, []string{strings.TrimSpace(c.title), strings.TrimSpace(c.text)}, []string{made.Title, made.Text})
			_, err = settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error { return e.DeleteReply(t.Context(), made.ID) })
			require.NoError(t, err)
		}
	}
	_, err := db.Exec(`insert into replies (company_id, id, team_id, title, text) select $1, gen_random_uuid(), $2, 'reply ' || n, 'x' from generate_series(2, 100) n`, team.CompanyID, team.ID)
	require.NoError(t, err)
	_, err = add(settings.Reply{Title: "Another", Text: "x"})
	require.NoError(t, err)
	_, err = add(settings.Reply{Title: "One too many", Text: "x"})
	require.Equal(t, []string{"title too_many"}, faults(t, err))
	all, err := settings.ListReplies(t.Context(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	require.Len(t, all, 100)
	require.Equal(t, "Another", all[0].Title, "by title, whatever its case")
}

// TestTheLimitsOfASender: what can be its address, by its kind, and what may be
// chosen about it.
func TestTheLimitsOfASender(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	hires(t, db, team.CompanyID, "ann", "advisor")
	_, err := db.Exec(`update staff set phone = '+13125550142'`)
	require.NoError(t, err)
	chat := func(change func(*settings.SenderSettings)) settings.Sender {
		s := settings.Sender{Kind: channels.WebChat, Address: "site"}
		change(&s.Settings)
		return s
	}
	for _, c := range []struct {
		name string
		s    settings.Sender
		want []string
	}{
		{"a kind that there is not", settings.Sender{Kind: "fax", Address: "+15005550006"}, []string{"kind not_one_of"}},
		{"a number", settings.Sender{Kind: channels.SMS, Address: "+15005550006"}, nil},
		{"no address", settings.Sender{Kind: channels.SMS}, []string{"address phone_or_short"}},
		{"a number with spaces", settings.Sender{Kind: channels.SMS, Address: "+1 500 555 0006"}, []string{"address phone_or_short"}},
		{"an address of Twilio's", settings.Sender{Kind: channels.WhatsAppTwilio, Address: "whatsapp:+15005550006"}, []string{"address phone"}},
		{"no site", settings.Sender{Kind: channels.WebChat}, []string{"address site_key"}},
		{"a short code", settings.Sender{Kind: channels.SMS, Address: "72345"}, nil},
		{"a code that is too short", settings.Sender{Kind: channels.SMS, Address: "72"}, []string{"address phone_or_short"}},
		{"a name", settings.Sender{Kind: channels.SMS, Address: "SHOP"}, []string{"address phone_or_short"}},
		{"a number that is too short", settings.Sender{Kind: channels.SMS, Address: "+1500555"}, []string{"address phone_or_short"}},
		{"a number without a plus", settings.Sender{Kind: channels.Voice, Address: "15005550006"}, []string{"address phone"}},
		{"a short code for calls", settings.Sender{Kind: channels.Voice, Address: "72345"}, []string{"address phone"}},
		{"Meta's id", settings.Sender{Kind: channels.WhatsAppCloud, Address: "106540352242922"}, nil},
		{"no id of Meta's", settings.Sender{Kind: channels.WhatsAppCloud, Address: "1065"}, []string{"address phone_or_meta_id"}},
		{"Meta's id at Twilio", settings.Sender{Kind: channels.WhatsAppTwilio, Address: "106540352242922"}, []string{"address phone"}},
		{"a site", chat(func(*settings.SenderSettings) {}), nil},
		{"a site with a space", settings.Sender{Kind: channels.WebChat, Address: "my site"}, []string{"address site_key"}},
		{"a site of a hundred and one signs", settings.Sender{Kind: channels.WebChat, Address: strings.Repeat("x", 101)}, []string{"address site_key"}},
		{"a phone of the staff", settings.Sender{Kind: channels.SMS, Address: "+13125550142"}, []string{"address staff_phone"}},
		{"a thousand a second", settings.Sender{Kind: channels.SMS, Address: "+15005550006", Settings: settings.SenderSettings{MessagesPerSecond: 1000}}, nil},
		{"more", settings.Sender{Kind: channels.SMS, Address: "+15005550006", Settings: settings.SenderSettings{MessagesPerSecond: 1000.5}}, []string{"messages_per_second rate"}},
		{"fewer than none", settings.Sender{Kind: channels.SMS, Address: "+15005550006", Settings: settings.SenderSettings{MessagesPerSecond: -1}}, []string{"messages_per_second rate"}},
		{"a business of Meta's", settings.Sender{Kind: channels.WhatsAppCloud, Address: "106540352242922", Settings: settings.SenderSettings{Business: "102290129340398"}}, nil},
		{"no business", settings.Sender{Kind: channels.WhatsAppCloud, Address: "106540352242922", Settings: settings.SenderSettings{Business: "x"}}, []string{"business_account_id business_account"}},
		{"a business at Twilio", settings.Sender{Kind: channels.WhatsAppTwilio, Address: "+15005550006", Settings: settings.SenderSettings{Business: "102290129340398"}}, []string{"business_account_id business_account"}},
		{"a site's color", chat(func(s *settings.SenderSettings) { s.Color = "#1a2B3c" }), nil},
		{"a color by its name", chat(func(s *settings.SenderSettings) { s.Color = "red" }), []string{"color color"}},
		{"a color that is more", chat(func(s *settings.SenderSettings) { s.Color = "#123456;}" }), []string{"color color"}},
		{"a number's color", settings.Sender{Kind: channels.SMS, Address: "+15005550006", Settings: settings.SenderSettings{Color: "#123456", Origins: []string{"https://x.example"}}}, []string{"origins webchat_only", "color webchat_only"}},
		{"fifty sites", chat(func(s *settings.SenderSettings) { s.Origins = slices.Repeat([]string{"https://x.example"}, 50) }), nil},
		{"one more", chat(func(s *settings.SenderSettings) { s.Origins = slices.Repeat([]string{"https://x.example"}, 51) }), []string{"origins too_many"}},
		{"sites as browsers name none", chat(func(s *settings.SenderSettings) {
			s.Origins = []string{"https://x.example:8443", "http://localhost:3000", "https://x.example/", "x.example", "ftp://x.example", "*", "null", ""}
		}), []string{"origins[2] origin", "origins[3] origin", "origins[4] origin", "origins[5] origin", "origins[6] origin", "origins[7] origin"}},
	} {
		var made settings.Sender
		_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) (err error) {
			made, err = e.AddSender(t.Context(), c.s)
			return err
		})
		require.Equal(t, c.want, faults(t, err), c.name)
		if err == nil {
			_, err = settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
				if c.s.Kind == channels.SMS && c.s.Address[0] == '+' { // one number may be called and texted
					if _, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.Voice, Address: c.s.Address}); err != nil {
						t.Errorf("%s: calls to it: %v", c.name, err)
					}
				}
				if _, err := e.AddSender(t.Context(), c.s); err == nil || faults(t, err)[0] != "address sender_taken" {
					t.Errorf("%s: a second one of the same address: %v", c.name, err)
				}
				return errors.New("undone")
			})
			require.ErrorContains(t, err, "undone", c.name)
			_, err = settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error { return e.DeleteSender(t.Context(), made.ID) })
			require.NoError(t, err, c.name)
		}
	}
}

// TestTheLimitsOfASchedule beyond what its own package says of times and rules.
func TestTheLimitsOfASchedule(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	ann := hires(t, db, team.CompanyID, "ann", "advisor", team.ID)
	empty, weekly := "", "FREQ=WEEKLY"
	for name, c := range map[string]struct {
		change func(*settings.Schedule)
		want   []string
	}{
		"once":                      {func(*settings.Schedule) {}, nil},
		"a title of a hundred":      {func(s *settings.Schedule) { s.Title = long(100) }, nil},
		"of one more":               {func(s *settings.Schedule) { s.Title = long(101) }, []string{"title too_long"}},
		"with a zero byte":          {func(s *settings.Schedule) { s.Title = "a\x00" }, []string{"title unstorable"}},
		"an empty rule":             {func(s *settings.Schedule) { s.RRule = &empty }, []string{"rrule rule_empty"}},
		"every week":                {func(s *settings.Schedule) { s.RRule = &weekly }, nil},
		"somebody who rings":        {func(s *settings.Schedule) { s.Advisors = settings.Advisors{ann.ID} }, nil},
		"twice":                     {func(s *settings.Schedule) { s.Advisors = settings.Advisors{ann.ID, ann.ID} }, []string{"advisors[1] twice"}},
		"somebody of another house": {func(s *settings.Schedule) { s.Advisors = settings.Advisors{ann.ID, uuid.NewString(), "x"} }, []string{"advisors[1] staff_id", "advisors[2] staff_id"}},
		"in capitals":               {func(s *settings.Schedule) { s.Advisors = settings.Advisors{strings.ToUpper(ann.ID)} }, []string{"advisors[0] staff_id"}},
		"201 who ring":              {func(s *settings.Schedule) { s.Advisors = slices.Repeat(settings.Advisors{ann.ID}, 201) }, []string{"advisors too_many"}},
	} {
		s := settings.NewSchedule()
		s.Title, s.TimeZone, s.StartsAt, s.EndsAt = "One", "UTC", "2026-01-01T00:00", "2026-01-01T01:00"
		c.change(&s)
		var made settings.Schedule
		_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) (err error) {
			made, err = e.AddSchedule(t.Context(), s)
			return err
		})
		require.Equal(t, c.want, faults(t, err), name)
		if err == nil { // what can be added can be saved, and what cannot be saved stays as it was
			_, err = settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
				changed := made
				changed.TimeZone = "Nowhere"
				_, err := e.SaveSchedule(t.Context(), changed)
				return err
			})
			require.Equal(t, []string{"time_zone zone"}, faults(t, err), name)
			_, err = settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error { return e.DeleteSchedule(t.Context(), made.ID) })
			require.NoError(t, err, name)
		}
	}
}
