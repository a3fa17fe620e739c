package contacts_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/contacts"
	"ringback/settings"
)

// TestAnExportTellsAllThatIsKnown: of this customer, and of nobody else.
func TestAnExportTellsAllThatIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zygmunt, anna := w.texts(t, erasedNumber), w.texts(t, "+13125550143")
	w.fills(t, zygmunt.ID)
	e, err := contacts.ExportOf(t.Context(), w.db, w.actor(""), zygmunt.ID)
	require.NoError(t, err)
	all := map[string]string{}
	for _, s := range e.Sections {
		for _, row := range s.Rows {
			all[s.Name] += string(row) + "\n"
		}
		require.NotEmpty(t, s.Rows, s.Name)
	}
	require.Contains(t, all["messages"], `"text":"Zygmunt here"`)
	require.Contains(t, all["notes"], "Zygmunt is angry")
	require.Contains(t, all["addresses"], erasedNumber)
	require.Contains(t, all["requests"], `"comment": "Zygmunt"`)
	require.Contains(t, all["consents"], "STOP, says Zygmunt")
	require.Less(t, strings.Index(all["messages"], `"at"`), strings.Index(all["messages"], `"text"`), "fields stand in their order")
	require.Len(t, e.Files, 1)
	require.Equal(t, "Zygmunt.jpg", e.Files[0].Name)

	e, err = contacts.ExportOf(t.Context(), w.db, w.actor(""), anna.ID)
	require.NoError(t, err)
	for _, s := range e.Sections {
		for _, row := range s.Rows {
			require.NotContains(t, string(row), "Zygmunt")
		}
	}
	require.Equal(t, 2, w.count(t, `select count(*) from history where what = 'export'`))

	other := newCompany(t, w.db)
	for _, id := range []string{uuid.NewString(), "anna", ""} {
		_, err = contacts.ExportOf(t.Context(), w.db, w.actor(""), id)
		require.ErrorIs(t, err, settings.ErrNotFound)
	}
	_, err = contacts.ExportOf(t.Context(), w.db, other.actor(""), anna.ID)
	require.ErrorIs(t, err, settings.ErrNotFound)
	require.NoError(t, contacts.Erase(t.Context(), w.db, w.actor(""), anna.ID))
	_, err = contacts.ExportOf(t.Context(), w.db, w.actor(""), anna.ID)
	require.ErrorIs(t, err, settings.ErrNotFound)
}
