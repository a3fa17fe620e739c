package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOneWithoutANameIsCalledByTheirNumber: and a visitor of the website by their mark,
// which stands in no box and stays when the rest is saved.
func TestOneWithoutANameIsCalledByTheirNumber(t *testing.T) {
	const mark = "v_0123456789abcdef0123456789abcdef"
	b := newBrowser(t)
	b.begin()
	contacts := "/teams/" + b.team + "/contacts"
	b.post(contacts, "name", "", "address", "+13125550142")
	require.Contains(t, b.get(contacts+"/"+b.newest(contacts)).text, "<h1>&#43;13125550142</h1>")

	b.post(contacts, "name", "", "address", "+13125550143")
	id := b.newest(contacts)
	b.db.MustExec(`update addresses set kind = 'visitor', address = $1 where contact_id = $2`, mark, id)
	shown := b.get(contacts + "/" + id)
	require.Contains(t, shown.text, "<h1>Website visitor CDEF</h1>")
	require.NotContains(t, shown.text, mark)
	b.post(contacts+"/"+id, "name", "Ann", "addresses", "+13125550144")
	require.Contains(t, b.get(contacts+"/"+id).text, "<h1>Ann</h1>")
	require.Equal(t, http.StatusOK, b.get(contacts+"/"+id).status)
	var kept []string
	require.NoError(t, b.db.Select(&kept, `select kind || ':' || address from addresses where contact_id = $1 order by 1`, id))
	require.Equal(t, []string{"phone:+13125550144", "visitor:" + mark}, kept)
}
