package settings_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
	"ringback/settings"
)

// TestPastHolidaysLeaveRoom: 500 may lie ahead, whatever has been; one that is moved
// ahead counts as one that is added.
func TestPastHolidaysLeaveRoom(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	team := newTeam(t, db)
	of := settings.HolidaysOf{Company: team.CompanyID, Team: team.ID}
	on := func(year, n int) settings.Holiday {
		day := fmt.Sprintf("%d-%02d-%02d", year, n/28%12+1, n%28+1)
		return settings.Holiday{Title: fmt.Sprint("Day ", n), From: &day}
	}
	var past settings.Holiday
	require.NoError(t, settings.EditHolidays(t.Context(), db, of, "test", func(e settings.HolidayEdit) error {
		for n := range settings.MaxHolidays {
			var err error
			if past, err = e.Add(t.Context(), on(2001, n)); err != nil {
				return err
			}
			if _, err = e.Add(t.Context(), on(2198, n)); err != nil {
				return err
			}
		}
		return nil
	}))
	full := func(err error) {
		t.Helper()
		var conflict *settings.Conflict
		require.True(t, errors.As(err, &conflict), "%v", err)
		require.Equal(t, "holidays_full", conflict.Code)
	}
	_, err := settings.AddHoliday(t.Context(), db, of, "test", on(2199, 1))
	full(err)
	_, err = settings.ChangeHoliday(t.Context(), db, of, "test", past.ID, func(h *settings.Holiday) error {
		h.From, h.To = on(2199, 1).From, on(2199, 1).From
		return nil
	})
	full(err)
	_, err = settings.AddHoliday(t.Context(), db, of, "test", on(2002, 1))
	require.NoError(t, err, "what is over takes no room")
	_, err = settings.ChangeHoliday(t.Context(), db, of, "test", past.ID, func(h *settings.Holiday) error {
		h.Title = "The last of them"
		return nil
	})
	require.NoError(t, err)
}
