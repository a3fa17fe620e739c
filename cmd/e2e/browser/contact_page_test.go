package browser

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/cmd/demo"
)

// service is the id of the demo's first team.
func service(t *testing.T, d *demo.Demo) string {
	t.Helper()
	var id string
	require.NoError(t, d.DB.GetContext(t.Context(), &id, `select id from teams where name = 'Service'`))
	return id
}

func TestContactPage(t *testing.T) {
	t.Parallel()
	d := Demo(t)
	Run(t, "contact_page.mjs", map[string]string{"URL": d.URL() + "/c/" + service(t, d)})
	var made int
	require.NoError(t, d.DB.GetContext(t.Context(), &made, `select count(*) from tickets where kind = 'web'`))
	require.Equal(t, 1, made)
}
