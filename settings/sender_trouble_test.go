package settings

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/migrations/testdb"
)

// aTeam is one of a new company.
func aTeam(t *testing.T, db *sqlx.DB) Team {
	t.Helper()
	company, err := EnsureCompany(t.Context(), db, "GVE")
	require.NoError(t, err)
	team := NewTeam()
	team.Name, team.TimeZone = "Service", "UTC"
	team, err = CreateTeam(t.Context(), db, company.ID, "test", team)
	require.NoError(t, err)
	return team
}

// aSender is one that the team has from now on.
func aSender(t *testing.T, db *sqlx.DB, team Team, s Sender) Sender {
	t.Helper()
	_, err := EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *Edit) (err error) {
		s, err = e.AddSender(t.Context(), s)
		return err
	})
	require.NoError(t, err)
	return s
}

// TestHowManySendersSomebodyHasToLookAt: what a check says of a sender, or what was set
// there, and whether it counts.
func TestHowManySendersSomebodyHasToLookAt(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := aTeam(t, db)
	count := func() (found SenderCount) {
		require.NoError(t, db.Get(&found, CountSenders, team.CompanyID, team.ID))
		return found
	}
	require.Equal(t, SenderCount{}, count())
	sender := aSender(t, db, team, Sender{Kind: channels.SMS, Address: "+13125550102"})
	require.Equal(t, SenderCount{All: 1}, count(), "nobody has asked")
	registration := func(is string, apart bool) []channels.WiringFinding {
		return []channels.WiringFinding{{What: channels.FindingRegistration, Kind: "10DLC", Is: is, Needs: channels.Registered, Note: true, Apart: apart}}
	}
	for name, c := range map[string]struct {
		check SenderCheck
		want  int
	}{
		"all is right":                  {SenderCheck{Findings: []channels.WiringFinding{{What: "message", Is: "https://here"}}}, 0},
		"it does not point here":        {SenderCheck{Findings: []channels.WiringFinding{{What: "message", Needs: "https://here"}}}, 1},
		"the account is refused":        {SenderCheck{Fault: "credentials", Findings: []channels.WiringFinding{}}, 1},
		"the provider is away":          {SenderCheck{Fault: "provider_unavailable", Findings: []channels.WiringFinding{}}, 0},
		"the registration waits":        {SenderCheck{Findings: registration(channels.RegistrationWaits, false)}, 0},
		"the registration was refused":  {SenderCheck{Findings: registration(channels.RegistrationRefused, false)}, 1},
		"there is no registration":      {SenderCheck{Findings: registration(channels.RegistrationMissing, false)}, 1},
		"perhaps it does not need any":  {SenderCheck{Findings: registration(channels.RegistrationMissing, true)}, 0},
		"the registration was approved": {SenderCheck{Findings: []channels.WiringFinding{{What: channels.FindingRegistration, Kind: "10DLC", Is: channels.Registered}}}, 0},
	} {
		_, err := db.Exec(`delete from sender_checks`)
		require.NoError(t, err)
		require.NoError(t, c.check.Save(t.Context(), db, team.CompanyID, sender.ID))
		require.Equal(t, SenderCount{All: 1, Troubled: c.want}, count(), name)
	}
	// Who cannot be asked takes back nothing of what was said of a registration.
	require.NoError(t, SenderCheck{Findings: registration(channels.RegistrationRefused, false)}.Save(t.Context(), db, team.CompanyID, sender.ID))
	require.NoError(t, SenderCheck{Fault: "provider_unavailable", Findings: []channels.WiringFinding{}}.Save(t.Context(), db, team.CompanyID, sender.ID))
	kept, err := CheckOf(t.Context(), db, team.CompanyID, sender.ID)
	require.NoError(t, err)
	require.True(t, kept.TextsRefused())
	require.False(t, (*SenderCheck)(nil).TextsRefused())
	_, err = db.Exec(`delete from sender_checks`)
	require.NoError(t, err)
	for _, set := range []string{`paused_at = now()`, `paused_at = null, settings = settings || '{"observe": true}'`} {
		_, err = db.Exec(`update senders set ` + set)
		require.NoError(t, err)
		require.Equal(t, SenderCount{All: 1, Troubled: 1}, count(), set)
	}
}

// TestWhyATemplateIsHeldStaysKnown: Meta's webhook says why, and who asks once more an hour
// later may hear the state alone.
func TestWhyATemplateIsHeldStaysKnown(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, err := EnsureCompany(t.Context(), db, "GVE")
	require.NoError(t, err)
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	why := func(state, reason string) (kept string) {
		t.Helper()
		at = at.Add(time.Hour)
		_, err := TemplateState{Name: "rate_us", Language: "en", State: state, Reason: reason, At: at}.Save(t.Context(), db, company.ID, "1022")
		require.NoError(t, err)
		require.NoError(t, db.Get(&kept, `select reason from template_states`))
		return kept
	}
	require.Equal(t, "INVALID_FORMAT", why(TemplateRejected, "INVALID_FORMAT"))
	require.Equal(t, "INVALID_FORMAT", why(TemplateRejected, ""), "the same, without why")
	require.Equal(t, "SCAM", why(TemplateRejected, "SCAM"))
	require.Empty(t, why(TemplatePaused, ""), "another state has reasons of its own")
}

// TestSinceWhenATemplateIsHeld: a provider is asked once an hour, and what it says again is
// no news. A process of the version before keeps no such moment.
func TestSinceWhenATemplateIsHeld(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := aTeam(t, db)
	sender := aSender(t, db, team, Sender{Kind: channels.WhatsAppCloud, Address: "+13125550102"})
	noon := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	since := func(hour int, state string) int {
		t.Helper()
		_, err := TemplateState{Name: "rate_us", Language: "en", State: state, At: noon.Add(time.Duration(hour) * time.Hour)}.Save(t.Context(), db, team.CompanyID, sender.Account)
		require.NoError(t, err)
		held, err := heldTemplatesOf(t.Context(), db, team.CompanyID, []string{sender.ID})
		require.NoError(t, err)
		require.Len(t, held[sender.ID], 1)
		return int(held[sender.ID][0].At.Sub(noon).Hours())
	}
	require.Equal(t, 0, since(0, TemplatePaused))
	require.Equal(t, 0, since(1, TemplatePaused))
	require.Equal(t, 2, since(2, TemplateRejected))
	require.Equal(t, 2, since(3, TemplateRejected))
	require.Equal(t, 2, since(1, TemplatePaused), "an older word that comes late")
	_, err := db.Exec(`update template_states set since = null`)
	require.NoError(t, err)
	require.Equal(t, 3, since(4, TemplateRejected), "since it was last said, as far as anybody knows")
}
