package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// contactOf is who has an address.
func (c *chat) contactOf(address string) string {
	c.t.Helper()
	var id string
	require.NoError(c.t, c.DB.Get(&id, `select contact_id from addresses where address = $1`, address))
	return id
}

// TestChatGoesOnOverAMerge: the staff learn that a visitor is somebody they
// know while the chat is open; what they say then comes to the open page.
func TestChatGoesOnOverAMerge(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	const phone = "+13125550143"
	c.text(phone, "A text from my phone")
	c.write("m-0000001", "It is me, from the shop")
	c.settle()
	var visitor string
	require.NoError(t, c.DB.Get(&visitor, `select id from visitors`))
	ticket := c.ticketOf(visitor)
	next, end := c.listen(0)
	defer end()
	for range 2 {
		next()
	}
	stranger, known := c.contactOf(visitor), c.contactOf(phone)
	for range 2 {
		status, answer := c.api("POST", "/teams/"+c.team.ID+"/contacts/"+stranger+"/merge", map[string]string{"into": known})
		require.Equal(t, http.StatusOK, status, answer)
	}
	status, answer := c.api("POST", ticket+"/messages", map[string]string{"text": "Hello Zoe"})
	require.Equal(t, http.StatusCreated, status, answer)
	said := next()
	require.Equal(t, []string{"advisor", "Hello Zoe"}, []string{said.Author, said.Text})
	c.write("m-0000002", "Hello Ann")
	require.Equal(t, "Hello Ann", next().Text)
}
