package inbox_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/retention"
	"ringback/settings"
	"ringback/settings/staff"
)

// changes are the lines about a kind of thing, the newest first.
func (w world) changes(team, what string) []settings.Change {
	w.Helper()
	all, err := settings.ListHistory(w.Context(), w.db, w.team.CompanyID, team, "", 100)
	require.NoError(w, err)
	var found []settings.Change
	for _, c := range all {
		if c.What == what {
			found = append(found, c)
		}
	}
	return found
}

func (w world) labels() []inbox.Label {
	w.Helper()
	all, err := w.desk.Labels(w.Context(), w.who, w.team.ID)
	require.NoError(w, err)
	return all
}

// TestLabelsAreRestored: one that was deleted is there again under its id, one that was
// new goes, and that is a change like any other.
func TestLabelsAreRestored(t *testing.T) {
	w := newWorld(t)
	label, err := w.desk.AddLabel(t.Context(), w.who, w.team.ID, inbox.Label{Name: "Warranty"})
	require.NoError(t, err)
	restore := func(c settings.Change) (settings.Change, error) {
		return w.desk.Restore(t.Context(), w.who, w.team.ID, settings.Restoration{Change: c.ID})
	}
	require.NoError(t, w.desk.DropLabel(t.Context(), w.who, w.team.ID, label.ID))
	gone := w.changes(w.team.ID, "label")[0]
	for range 2 { // once more, nothing is left to do
		line, err := restore(gone)
		require.NoError(t, err)
		require.Equal(t, []any{"label", label.ID, "Maria", true, true}, []any{line.What, line.Subject, line.Who, line.Before == nil, line.CanRestore})
		require.Equal(t, []inbox.Label{label}, w.labels())
	}
	made := w.changes(w.team.ID, "label")
	require.Len(t, made, 3)
	for range 2 {
		_, err = restore(made[0])
		require.NoError(t, err)
		require.Empty(t, w.labels(), "what was new goes")
	}
	_, err = w.desk.AddLabel(t.Context(), w.who, w.team.ID, inbox.Label{Name: "warranty"})
	require.NoError(t, err)
	c, err := restore(made[1])
	require.Equal(t, []string{"name: label_taken"}, codes(t, err))
	require.Equal(t, made[1].ID, c.ID, "what was not taken back")
	_, err = w.desk.Restore(t.Context(), w.who, w.team.ID, settings.Restoration{Change: uuid.NewString()})
	require.ErrorIs(t, err, settings.ErrNotFound)
}

// may is what somebody with some scopes may do, or all with none.
func (w world) may(scopes ...staff.Scope) staff.Principal {
	who := w.who
	who.Role, who.Scopes = settings.RoleAdmin, scopes
	return who
}

// TestHowLongThingsAreKeptIsRestored: the days that a change chose are as before it, and
// what others chose beside them stays.
func TestHowLongThingsAreKeptIsRestored(t *testing.T) {
	w := newWorld(t)
	who := w.may(staff.PrivacyWrite, staff.SettingsWrite)
	none := func(retention.Days) error { return nil }
	save := func(d retention.Days) { require.NoError(t, w.desk.SaveRetention(t.Context(), who, d, none)) }
	save(retention.Days{Messages: new(30)})
	save(retention.Days{Messages: new(30), Media: new(7)})
	first, second := w.changes("", "retention")[1], w.changes("", "retention")[0]
	line, err := w.desk.RestoreCompany(t.Context(), who, settings.Restoration{Change: first.ID, Seen: second.ID})
	require.NoError(t, err)
	require.True(t, line.CanRestore)
	kept, err := w.desk.Retention(t.Context(), who)
	require.NoError(t, err)
	require.Equal(t, retention.Days{Media: new(7)}, kept)

	save(retention.Days{Media: new(9)})
	_, err = w.desk.RestoreCompany(t.Context(), who, settings.Restoration{Change: second.ID})
	require.Equal(t, []string{"seen: changed_since"}, codes(t, err))
	_, err = w.desk.RestoreCompany(t.Context(), w.may(staff.SettingsWrite), settings.Restoration{Change: second.ID})
	require.ErrorAs(t, err, new(staff.Denied), "who may not choose it may not restore it")
}

// TestAnAddressOfEventsIsRestored: where and what events are sent to is as before. One
// that is gone is not there again, since nobody has its secret, and one that was made is
// deleted on its own page.
func TestAnAddressOfEventsIsRestored(t *testing.T) {
	w := newWorld(t)
	key, err := settings.NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	hooks := outboundhooks.New(outboundhooks.Config{DB: w.db, Key: key})
	w.desk.Hooks = hooks
	who := w.may(staff.SettingsWrite)
	made, _, err := hooks.Add(t.Context(), who.CompanyID, who.Who, outboundhooks.Hook{URL: "https://one.example/in", Kinds: []string{outboundhooks.CallMissed}, Enabled: true})
	require.NoError(t, err)
	change := func(edit func(*outboundhooks.Hook)) settings.Change {
		_, err := hooks.Change(t.Context(), who.CompanyID, who.Who, made.ID, func(h *outboundhooks.Hook) error { edit(h); return nil })
		require.NoError(t, err)
		return w.changes("", "hook")[0]
	}
	restore := func(who staff.Principal, c settings.Change, seen string) error {
		_, err := w.desk.RestoreCompany(t.Context(), who, settings.Restoration{Change: c.ID, Seen: seen})
		return err
	}
	moved := change(func(h *outboundhooks.Hook) { h.URL, h.Enabled = "https://two.example/in", false })
	wider := change(func(h *outboundhooks.Hook) { h.Kinds = append(h.Kinds, outboundhooks.TicketRated) })
	require.True(t, moved.CanRestore)
	require.ErrorAs(t, restore(w.may(staff.TicketsWrite), moved, wider.ID), new(staff.Denied))
	require.NoError(t, restore(who, moved, wider.ID))
	all, err := hooks.List(t.Context(), who.CompanyID, "", 9)
	require.NoError(t, err)
	require.Equal(t, []any{"https://one.example/in", true, 2}, []any{all[0].URL, all[0].Enabled, len(all[0].Kinds)})

	again := w.changes("", "hook")
	require.Equal(t, []string{"id: no_restore"}, codes(t, restore(who, again[len(again)-1], "")), "one that was made")
	require.NoError(t, hooks.Remove(t.Context(), who.CompanyID, who.Who, made.ID, nil))
	gone := w.changes("", "hook")[0]
	require.False(t, gone.CanRestore)
	require.Equal(t, []string{"id: no_restore"}, codes(t, restore(who, gone, "")))
	require.Equal(t, []string{"seen: deleted_since"}, codes(t, restore(who, wider, "")))
	require.Equal(t, []string{"id: no_restore"}, codes(t, restore(who, wider, gone.ID)))
}
