package settings_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/migrations/testdb"
	"ringback/settings"
	"ringback/settings/automations"
)

func newTeam(t *testing.T, db *sqlx.DB) settings.Team {
	t.Helper()
	company, err := settings.EnsureCompany(t.Context(), db, "GVE")
	require.NoError(t, err)
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Service", "America/Chicago"
	team, err = settings.CreateTeam(t.Context(), db, company.ID, "test", team)
	require.NoError(t, err)
	return team
}

func TestReplicasThatStartAtOnceMakeOneCompany(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	ids := make([]string, 8)
	var all sync.WaitGroup
	for n := range ids {
		all.Go(func() {
			company, err := settings.EnsureCompany(t.Context(), db, fmt.Sprintf("Company %d", n))
			if err == nil {
				ids[n] = company.ID
			}
		})
	}
	all.Wait()
	require.NotEmpty(t, ids[0])
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
	var count int
	require.NoError(t, db.Get(&count, `select count(*) from companies`))
	require.Equal(t, 1, count)
}

func TestASnapshotHoldsEverything(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	require.Equal(t, "Service", team.DisplayName)
	var sender settings.Sender
	_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) (err error) {
		sender, err = e.AddSender(t.Context(), settings.Sender{
			Kind: channels.SMS, Address: "+15005550006",
			Settings: settings.SenderSettings{MessagesPerSecond: 2, OwnKeywords: true},
		})
		return err
	})
	require.NoError(t, err)
	s, err := settings.Load(t.Context(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	require.Equal(t, "GVE", s.Company)
	require.Equal(t, team.Version+1, s.Team.Version)
	require.Len(t, s.Automations, len(automations.All))
	require.False(t, s.Automations[automations.AfterHoursText].Enabled)
	require.Equal(t, 0, s.Automations[automations.CustomerHangsUp].Int("delay_seconds"))
	require.Len(t, s.Senders, 1)
	require.Equal(t, sender.ID, s.Senders[0].ID)
	require.Equal(t, sender.Settings, s.Senders[0].Settings)
	require.Equal(t, team.CompanyID, s.Senders[0].CompanyID)
	require.True(t, s.Senders[0].CreatedAt.Equal(sender.CreatedAt))
	at, known := s.Schedules.NextOpen(s.Team.CreatedAt)
	require.True(t, known)
	require.True(t, s.Schedules.At(at).Open)
	_, err = settings.Load(t.Context(), db, team.CompanyID, team.CompanyID)
	require.ErrorIs(t, err, settings.ErrNotFound)
}

func TestAnAutomationThatCameLaterHasItsDefaults(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	_, err := db.Exec(`delete from automations where key = $1`, automations.AfterHoursCall)
	require.NoError(t, err)
	_, err = db.Exec(`update automations set settings = settings - 'options' where key = $1`, automations.AfterHoursText)
	require.NoError(t, err)
	s, err := settings.Load(t.Context(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	for _, key := range []string{automations.AfterHoursCall, automations.AfterHoursText} {
		d, _ := automations.Find(key)
		require.Equal(t, d.Initial(), s.Automations[key])
	}
}

func TestAFailedEditLeavesNothing(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	failed := fmt.Errorf("failed")
	_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
		changed := e.Team
		changed.Name = "Other"
		if err := e.SaveTeam(t.Context(), changed); err != nil {
			return err
		}
		return failed
	})
	require.ErrorIs(t, err, failed)
	now, err := settings.FindTeam(t.Context(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	require.Equal(t, team, now)
	changes, err := settings.ListHistory(t.Context(), db, team.CompanyID, team.ID, "", 10)
	require.NoError(t, err)
	require.Len(t, changes, 2) // the team and its schedule, when it was made
}

// counting counts the queries of a transaction.
type counting struct {
	*sqlx.Tx
	mu      *sync.Mutex
	queries *int
}

func (c counting) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	c.mu.Lock()
	*c.queries++
	c.mu.Unlock()
	return c.Tx.QueryxContext(ctx, query, args...)
}

func (c counting) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	c.mu.Lock()
	*c.queries++
	c.mu.Unlock()
	return c.Tx.QueryRowxContext(ctx, query, args...)
}

func TestTheCacheLoadsAVersionOnce(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	cache, queries := settings.NewCache(), 0
	var mu sync.Mutex
	get := func(version int64) *settings.Snapshot {
		tx, err := db.Beginx()
		if err != nil {
			return nil
		}
		defer func() { _ = tx.Rollback() }()
		s, err := cache.Get(context.Background(), counting{tx, &mu, &queries}, team.CompanyID, team.ID, version)
		if err != nil {
			return nil
		}
		return s
	}
	snapshots := make([]*settings.Snapshot, 10)
	var all sync.WaitGroup
	for n := range snapshots {
		all.Go(func() { snapshots[n] = get(team.Version) })
	}
	all.Wait()
	require.Equal(t, 1, queries)
	for _, s := range snapshots {
		require.Same(t, snapshots[0], s)
	}
	changed, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
		renamed := e.Team
		renamed.DisplayName = "Renamed"
		return e.SaveTeam(t.Context(), renamed)
	})
	require.NoError(t, err)
	require.Equal(t, "Renamed", get(changed.Version).Team.DisplayName)
	require.Equal(t, 2, queries)
	require.Equal(t, "Renamed", get(team.Version).Team.DisplayName, "newer is as good")
	require.Equal(t, 2, queries)
}

func TestASealedSecretOpensForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	key, err := settings.NewSecretKey([]byte(strings.Repeat("k", 32)))
	require.NoError(t, err)
	other, err := settings.NewSecretKey([]byte(strings.Repeat("o", 32)))
	require.NoError(t, err)
	sealed := key.Seal([]byte("a token"), "twilio/AC1")
	require.NotContains(t, string(sealed), "token")
	require.NotEqual(t, sealed, key.Seal([]byte("a token"), "twilio/AC1"))
	plain, err := key.Open(sealed, "twilio/AC1")
	require.NoError(t, err)
	require.Equal(t, "a token", string(plain))
	_, err = key.Open(sealed, "twilio/AC2")
	require.Error(t, err)
	_, err = other.Open(sealed, "twilio/AC1")
	require.ErrorContains(t, err, "another RINGBACK_SECRET_KEY")
	for n := range sealed {
		broken := append([]byte{}, sealed...)
		broken[n] ^= 1
		_, err = key.Open(broken, "twilio/AC1")
		require.Error(t, err, "byte %d", n)
		_, err = key.Open(sealed[:n], "twilio/AC1")
		require.Error(t, err, "cut at %d", n)
	}
	for _, size := range []int{0, 16, 31, 33} {
		_, err := settings.NewSecretKey(make([]byte, size))
		require.Error(t, err)
	}
}

func TestMaskedShowsLittle(t *testing.T) {
	t.Parallel()
	require.Equal(t, "****cdef", settings.Masked("0123456789abcdef"))
	require.Equal(t, "****", settings.Masked("short"))
	require.Equal(t, "****", settings.Masked(""))
}

func TestWithoutASecretKeyNothingIsStored(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	_, err := settings.EditTeam(t.Context(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
		_, err := e.UseAccount(t.Context(), &settings.Vault{}, settings.Twilio, "AC00112233445566778899aabbccddeeff", []string{"token"}, nil)
		return err
	})
	var invalid settings.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "account", invalid[0].Field)
	_, err = (&settings.Vault{}).AccountSecrets(t.Context(), db, settings.Twilio, "")
	require.ErrorIs(t, err, settings.ErrNoAccount)
	_, err = (&settings.Vault{}).AccountSecrets(t.Context(), db, settings.Twilio, "AC1")
	require.ErrorIs(t, err, settings.ErrNoAccount)
}

func TestAddingSchedulesAtOnceKeepsTheLimit(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			_, _ = settings.EditTeam(context.Background(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
				s := settings.NewSchedule()
				s.Title, s.TimeZone, s.StartsAt, s.EndsAt = "One", "UTC", "2026-01-01T00:00", "2026-01-01T01:00"
				_, err := e.AddSchedule(context.Background(), s)
				return err // the 26th and later are refused, which the count shows
			})
		})
	}
	all.Wait()
	stored, err := settings.ListSchedules(t.Context(), db, team.CompanyID, team.ID, "", 100)
	require.NoError(t, err)
	require.Len(t, stored, settings.MaxSchedules)
}

func TestACompanyCanBeRenamedWhileItsTeamsChange(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	failures := make([]error, 40)
	var all sync.WaitGroup
	for n := range failures {
		all.Go(func() {
			if n%2 == 0 {
				_, failures[n] = settings.RenameCompany(context.Background(), db, team.CompanyID, "test", fmt.Sprintf("Company %d", n))
				return
			}
			_, failures[n] = settings.EditTeam(context.Background(), db, team.CompanyID, team.ID, "test", func(e *settings.Edit) error {
				changed := e.Team
				changed.Name = fmt.Sprintf("Team %d", n)
				return e.SaveTeam(context.Background(), changed)
			})
		})
	}
	all.Wait()
	for _, err := range failures {
		require.NoError(t, err)
	}
	now, err := settings.FindTeam(t.Context(), db, team.CompanyID, team.ID)
	require.NoError(t, err)
	require.Equal(t, team.Version+int64(len(failures)), now.Version)
}
