package console_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who could not be saved is still who they are: the page is headed by their name, and what
// else can be done about them stays on it.
func TestARefusedSaveRenamesNobody(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	var staff struct{ Items []struct{ ID string } }
	require.NoError(t, json.Unmarshal([]byte(b.get("/api/v1/staff").text), &staff))
	page := b.post("/staff/"+staff.Items[0].ID, "name", "Nobody", "email", "nonsense", "role", "admin", "active", "1")
	require.Equal(t, http.StatusUnprocessableEntity, page.status)
	require.Contains(t, page.text, "<h1>Maria</h1>")
	require.Contains(t, page.text, `value="Nobody"`)
}
