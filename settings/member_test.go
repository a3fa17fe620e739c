package settings_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// fields are those that an error names, in order.
func fields(t *testing.T, err error) (names []string) {
	t.Helper()
	var wrong settings.Invalid
	require.ErrorAs(t, err, &wrong)
	for _, f := range wrong {
		require.NotEmpty(t, f.Code)
		names = append(names, f.Field)
	}
	return names
}

func hires(t *testing.T, db *sqlx.DB, company, name, role string, teams ...string) settings.Member {
	t.Helper()
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Teams = name, name+"@example.com", role, append(pq.StringArray{}, teams...)
	m, err := settings.CreateMember(t.Context(), db, company, "test", m)
	require.NoError(t, err)
	return m
}

func TestWhoCannotBeOnTheStaff(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: "+15005550006"})
		return err
	})
	require.NoError(t, err)
	fine := settings.Member{Name: "Ann", Email: "ann@example.com", Role: "advisor", Phone: "+13125550142", Active: true}
	for name, c := range map[string]struct {
		change func(*settings.Member)
		want   []string
	}{
		"no name":                   {func(m *settings.Member) { m.Name = " " }, []string{"name"}},
		"a name of two lines":       {func(m *settings.Member) { m.Name = "Ann\nSmith" }, []string{"name"}},
		"no address":                {func(m *settings.Member) { m.Email = "" }, []string{"email"}},
		"a name in the address":     {func(m *settings.Member) { m.Email = "Ann <ann@example.com>" }, []string{"email"}},
		"a space in the address":    {func(m *settings.Member) { m.Email = "ann @example.com" }, []string{"email"}},
		"no such role":              {func(m *settings.Member) { m.Role = "owner" }, []string{"role"}},
		"no number":                 {func(m *settings.Member) { m.Phone = "555-0142" }, []string{"phone"}},
		"a number of our own":       {func(m *settings.Member) { m.Phone = "+15005550006" }, []string{"phone"}},
		"a team of nobody's":        {func(m *settings.Member) { m.Teams = pq.StringArray{uuid.NewString()} }, []string{"teams[0]"}},
		"a team twice":              {func(m *settings.Member) { m.Teams = pq.StringArray{team.ID, team.ID} }, []string{"teams[1]"}},
		"all that is wrong at once": {func(m *settings.Member) { *m = settings.Member{Phone: "1", Teams: pq.StringArray{"x"}} }, []string{"name", "email", "role", "phone", "teams[0]"}},
	} {
		m := fine
		c.change(&m)
		_, err := settings.CreateMember(t.Context(), db, team.CompanyID, "test", m)
		require.Equal(t, c.want, fields(t, err), name)
	}
	_, err = settings.CreateMember(t.Context(), db, team.CompanyID, "test", fine)
	require.NoError(t, err)
}

// TestAnEmailAddressIsOnePersonsAlone, whatever its case; in another company
// they may work as well.
func TestAnEmailAddressIsOnePersonsAlone(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	hires(t, db, team.CompanyID, "ann", "advisor")
	bob := hires(t, db, team.CompanyID, "bob", "advisor")
	m := settings.NewMember()
	m.Name, m.Email, m.Role = "Another", "ANN@Example.com", "advisor"
	var taken *settings.Conflict
	_, err := settings.CreateMember(t.Context(), db, team.CompanyID, "test", m)
	require.ErrorAs(t, err, &taken)
	require.Equal(t, "email", taken.Field)
	_, err = settings.ChangeMember(t.Context(), db, team.CompanyID, "test", bob.ID, func(m *settings.Member) error { m.Email = "Ann@example.com"; return nil })
	require.ErrorAs(t, err, &taken)
	other := uuid.NewString()
	_, err = db.Exec(`insert into companies (id, name) values ($1, 'Other')`, other)
	require.NoError(t, err)
	hires(t, db, other, "ann", "advisor")
}

// TestWhoIsListed: by what is searched, of the teams that are asked for; who
// has left still has tickets.
func TestWhoIsListed(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	second := settings.NewTeam()
	second.Name, second.TimeZone = "Sales", "America/Chicago"
	second, err := settings.CreateTeam(t.Context(), db, team.CompanyID, "test", second)
	require.NoError(t, err)
	hires(t, db, team.CompanyID, "boss", "admin")
	hires(t, db, team.CompanyID, "ann", "advisor", team.ID)
	left := hires(t, db, team.CompanyID, "joe", "advisor", team.ID, second.ID)
	hires(t, db, team.CompanyID, "100%", "manager", second.ID)
	_, err = settings.ChangeMember(t.Context(), db, team.CompanyID, "test", left.ID, func(m *settings.Member) error { m.Active = false; return nil })
	require.NoError(t, err)
	list := func(teams []string, search string) (names []string) {
		for before := ""; ; {
			page, err := settings.ListStaff(t.Context(), db, team.CompanyID, teams, search, before, 2)
			require.NoError(t, err)
			if len(page) == 0 {
				return names
			}
			for _, m := range page {
				names, before = append(names, m.Name), m.ID
			}
		}
	}
	require.Equal(t, []string{"100%", "joe", "ann", "boss"}, list(nil, ""), "the newest first, page by page")
	require.Equal(t, []string{"joe", "ann"}, list([]string{team.ID}, ""))
	require.Equal(t, []string{"100%", "joe"}, list([]string{second.ID}, ""))
	require.Empty(t, list([]string{}, ""), "of no team is nobody")
	require.Equal(t, []string{"joe"}, list(nil, " JOE@ex "))
	require.Equal(t, []string{"100%"}, list(nil, "%"), "a sign is a sign")
	advisors, err := settings.ListAdvisors(t.Context(), db, team.CompanyID, team.ID, "", 9)
	require.NoError(t, err)
	var names []string
	for _, m := range advisors {
		names = append(names, m.Name)
	}
	require.Equal(t, []string{"joe", "ann", "boss"}, names)
	_, err = settings.FindMember(t.Context(), db, team.CompanyID, []string{second.ID}, advisors[1].ID)
	require.ErrorIs(t, err, settings.ErrNotFound, "who is on none of the teams")
}

// TestTheLastAdminStays, however it is tried; one of two may go.
func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	boss, second := hires(t, db, team.CompanyID, "boss", "admin"), hires(t, db, team.CompanyID, "second", "admin")
	_, err := db.Exec(`update staff set password = 'x'`)
	require.NoError(t, err)
	change := func(id string, change func(*settings.Member)) error {
		_, err := settings.ChangeMember(t.Context(), db, team.CompanyID, "test", id, func(m *settings.Member) error { change(m); return nil })
		return err
	}
	require.NoError(t, change(boss.ID, func(m *settings.Member) { m.Role = "advisor" }))
	var last *settings.Conflict
	require.ErrorAs(t, change(second.ID, func(m *settings.Member) { m.Role = "manager" }), &last)
	require.ErrorAs(t, change(second.ID, func(m *settings.Member) { m.Active = false }), &last)
	require.NoError(t, change(second.ID, func(m *settings.Member) { m.Name = "Second" }))
}

// TestAChangeOfTheStaffIsTakenBack: all but who they are comes back as it was.
func TestAChangeOfTheStaffIsTakenBack(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	ann := hires(t, db, team.CompanyID, "ann", "advisor", team.ID)
	_, err := settings.ChangeMember(t.Context(), db, team.CompanyID, "test", ann.ID, func(m *settings.Member) error {
		m.Name, m.Role, m.Phone, m.Teams = "Anna", "manager", "+13125550142", pq.StringArray{}
		return nil
	})
	require.NoError(t, err)
	history, err := settings.ListHistory(t.Context(), db, team.CompanyID, "", "", 9)
	require.NoError(t, err)
	require.Equal(t, "staff", history[0].What)
	may := func(_, after settings.Member) error {
		require.Equal(t, "advisor", after.Role)
		return nil
	}
	_, err = settings.RestoreCompany(t.Context(), db, team.CompanyID, "test", settings.Restoration{Change: history[0].ID}, may, nil)
	require.NoError(t, err)
	back, err := settings.FindMember(t.Context(), db, team.CompanyID, nil, ann.ID)
	require.NoError(t, err)
	require.Equal(t, []any{"ann", "advisor", "", fmt.Sprint([]string{team.ID})}, []any{back.Name, back.Role, back.Phone, fmt.Sprint([]string(back.Teams))})
	_, err = settings.RestoreCompany(t.Context(), db, team.CompanyID, "test", settings.Restoration{Change: history[0].ID}, func(_, _ settings.Member) error { return settings.ErrNotFound }, nil)
	require.ErrorIs(t, err, settings.ErrNotFound, "who may not is refused")
}
