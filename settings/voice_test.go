package settings_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
	"ringback/settings"
)

// What the API's schema refuses as well is refused here for those who come
// without it: the command line, the demo.
func TestWhatCannotBeAVoiceFlow(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	prompts := map[string]func(*settings.Voice) *settings.Prompt{
		"greeting":           func(v *settings.Voice) *settings.Prompt { return &v.Greeting },
		"menu":               func(v *settings.Voice) *settings.Prompt { return &v.Menu },
		"voicemail_prompt":   func(v *settings.Voice) *settings.Prompt { return &v.Leave },
		"after_hours_prompt": func(v *settings.Voice) *settings.Prompt { return &v.Closed },
	}
	faults := func(change func(*settings.Voice)) []string {
		t.Helper()
		fresh := settings.NewTeam()
		fresh.Name, fresh.TimeZone = "Fresh", "UTC"
		change(&fresh.Voice)
		_, err := settings.CreateTeam(t.Context(), db, team.CompanyID, "test", fresh)
		if err == nil {
			return nil
		}
		var invalid settings.Invalid
		require.ErrorAs(t, err, &invalid)
		var fields []string
		for _, f := range invalid {
			fields = append(fields, f.Field)
		}
		return fields
	}
	require.Empty(t, faults(func(*settings.Voice) {}))
	for field, prompt := range prompts {
		for _, text := range []string{strings.Repeat("ż", 1001), "a\nb", "a\x00b", "a\tb", "a\u0085b", "a\u2029b", "a\uffffb"} {
			require.Equal(t, []string{"voice." + field + ".text"}, faults(func(v *settings.Voice) { prompt(v).Text = text }), "%q", text)
		}
		for _, text := range []string{"", strings.Repeat("ż", 1000), "Dzień dobry! <say> & \"quotes\" 🙂"} {
			require.Empty(t, faults(func(v *settings.Voice) { prompt(v).Text = text }), "%q", text)
		}
		for _, recording := range []string{
			"http://example.com/a.mp3", "ftp://example.com/a", "//example.com/a", "/a.mp3", "https://", "https:///a", "https:a",
			"https://user:word@example.com/a", "https://example.com/a b", "https://example.com/\n", "https://example.com:x/",
			"javascript:alert(1)", "https://example.com/" + strings.Repeat("x", 2000),
		} {
			require.Equal(t, []string{"voice." + field + ".recording"}, faults(func(v *settings.Voice) { prompt(v).Recording = recording }), recording)
		}
		require.Empty(t, faults(func(v *settings.Voice) { prompt(v).Recording = "https://example.com:8443/a.mp3?v=2" }))
	}
	for _, seconds := range []int{-1, 0, 4, 61} {
		require.Equal(t, []string{"voice.ring_seconds"}, faults(func(v *settings.Voice) { v.RingSeconds = seconds }))
	}
	for _, order := range []string{"", "random"} {
		require.Equal(t, []string{"voice.ring_order"}, faults(func(v *settings.Voice) { v.RingOrder = order }))
	}
	for _, one := range []struct {
		field  string // of the second option
		option settings.Option
	}{
		{"", settings.Option{Digit: "*", To: settings.ToVoicemail}},
		{"", settings.Option{Digit: "2", To: settings.ToTeam, Team: team.ID}},
		{"digit", settings.Option{To: settings.ToVoicemail}},
		{"digit", settings.Option{Digit: "1", To: settings.ToVoicemail}},
		{"digit", settings.Option{Digit: "22", To: settings.ToVoicemail}},
		{"digit", settings.Option{Digit: "#", To: settings.ToVoicemail}},
		{"digit", settings.Option{Digit: "٢", To: settings.ToVoicemail}},
		{"label", settings.Option{Digit: "2", Label: strings.Repeat("ż", 101), To: settings.ToVoicemail}},
		{"label", settings.Option{Digit: "2", Label: "a\nb", To: settings.ToVoicemail}},
		{"to", settings.Option{Digit: "2"}},
		{"advisors", settings.Option{Digit: "2", To: settings.ToAdvisors}},
		{"advisors", settings.Option{Digit: "2", To: settings.ToVoicemail, Advisors: []string{team.ID}}},
		{"advisors[0]", settings.Option{Digit: "2", To: settings.ToAdvisors, Advisors: []string{team.ID}}},
		{"team", settings.Option{Digit: "2", To: settings.ToTeam}},
		{"team", settings.Option{Digit: "2", To: settings.ToVoicemail, Team: team.ID}},
		{"team", settings.Option{Digit: "2", To: settings.ToTeam, Team: team.CompanyID}},
	} {
		found := faults(func(v *settings.Voice) {
			v.Options = []settings.Option{{Digit: "1", To: settings.ToVoicemail}, one.option}
		})
		if one.field == "" {
			require.Empty(t, found, "%v", one.option)
			continue
		}
		require.Equal(t, []string{"voice.options[1]." + one.field}, found, "%v", one.option)
	}
	require.Equal(t, []string{"voice.options"}, faults(func(v *settings.Voice) {
		for n := range 10 {
			v.Options = append(v.Options, settings.Option{Digit: fmt.Sprint(n), To: settings.ToVoicemail})
		}
	}))
}

func TestAVoiceFlowThatCameEarlierHasTheDefaultsOfWhatItLacks(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	for stored, want := range map[string]func(*settings.Voice){
		`{}`:                 func(*settings.Voice) {},
		`{"whisper": false}`: func(v *settings.Voice) { v.Whisper = false },
		`{"ring_seconds": 45, "of_tomorrow": [1]}`: func(v *settings.Voice) { v.RingSeconds = 45 },
		`{"greeting": {"text": "Hello"}}`:          func(v *settings.Voice) { v.Greeting.Text = "Hello" },
	} {
		_, err := db.Exec(`update teams set voice = $1::jsonb`, stored)
		require.NoError(t, err)
		s, err := settings.Load(t.Context(), db, team.CompanyID, team.ID)
		require.NoError(t, err)
		voice := settings.NewVoice()
		want(&voice)
		require.Equal(t, voice, s.Voice, stored)
		require.Empty(t, s.Advisors)
		require.Empty(t, s.Rings)
	}
}

func TestASnapshotWithStaffIsOneQuery(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	m := newMember(t, "Ann")
	m.Teams = append(m.Teams, team.ID)
	m, err := settings.CreateMember(t.Context(), db, team.CompanyID, "test", m)
	require.NoError(t, err)
	tx, err := db.Beginx()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	var mu sync.Mutex
	queries := 0
	s, err := settings.Load(t.Context(), counting{tx, &mu, &queries}, team.CompanyID, team.ID)
	require.NoError(t, err)
	require.Equal(t, 1, queries)
	require.Equal(t, map[string]settings.Advisor{m.ID: {ID: m.ID, Name: "Ann"}}, s.Advisors)
	require.Equal(t, team.Version+1, s.Team.Version)
}

func newMember(t *testing.T, name string) settings.Member {
	t.Helper()
	m := settings.NewMember()
	m.Name, m.Email, m.Role = name, name+"@example.com", settings.RoleAdvisor
	return m
}

func TestStaffAndTeamsCanChangeAtOnce(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	newTeam(t, db)
	m, err := settings.CreateMember(t.Context(), db, team.CompanyID, "test", newMember(t, "Ann"))
	require.NoError(t, err)
	before, err := settings.FindTeam(t.Context(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	failures := make([]error, 40)
	var all sync.WaitGroup
	for n := range failures {
		all.Go(func() {
			switch n % 4 {
			case 0:
				_, failures[n] = settings.RenameCompany(t.Context(), db, team.CompanyID, "test", fmt.Sprintf("Company %d", n))
			case 1:
				_, failures[n] = settings.CreateMember(t.Context(), db, team.CompanyID, "test", newMember(t, fmt.Sprintf("Ben%d", n)))
			case 2:
				_, failures[n] = settings.ChangeMember(t.Context(), db, team.CompanyID, "test", m.ID, func(m *settings.Member) error {
					m.Name += "n"
					return nil
				})
			default:
				_, failures[n] = settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
					changed := e.Team
					changed.Voice.Options = []settings.Option{{Digit: "1", Label: fmt.Sprint(n), To: settings.ToAdvisors, Advisors: []string{m.ID}}}
					return e.SaveTeam(t.Context(), changed)
				})
			}
		})
	}
	all.Wait()
	for _, err := range failures {
		require.NoError(t, err)
	}
	now, err := settings.FindTeam(t.Context(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	require.Equal(t, before.Version+int64(len(failures)), now.Version)
	m, err = settings.FindMember(t.Context(), db, team.CompanyID, nil, m.ID)
	require.NoError(t, err)
	require.Equal(t, "Ann"+strings.Repeat("n", len(failures)/4), m.Name, "no change was written over")
}

func TestTwoCannotTakeOneEmailAtOnce(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	failures := make([]error, 8)
	var all sync.WaitGroup
	for n := range failures {
		all.Go(func() {
			_, failures[n] = settings.CreateMember(t.Context(), db, team.CompanyID, "test", newMember(t, "Ann"))
		})
	}
	all.Wait()
	made := 0
	for _, err := range failures {
		var conflict *settings.Conflict
		if err == nil {
			made++
			continue
		}
		require.ErrorAs(t, err, &conflict)
		require.Equal(t, "email", conflict.Field)
	}
	require.Equal(t, 1, made)
}
