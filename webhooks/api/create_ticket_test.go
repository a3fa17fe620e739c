package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCreateTicket(t *testing.T) {
	w := newInbox(t)
	made := w.Must(http.StatusCreated, "POST", w.path+"/tickets", object{"name": "Dana", "address": "+12025550188", "text": "It leaks"})
	require.Equal(t, []any{"web", "open", "Dana", "+12025550188", "It leaks"},
		[]any{made["kind"], made["status"], made["contact_name"], made["contact_address"], made["last_text"]})
	again := w.Must(http.StatusCreated, "POST", w.path+"/tickets", object{"contact": made["contact"], "text": "It still leaks"})
	require.Equal(t, made["contact"], again["contact"])
	require.NotEqual(t, made["number"], again["number"])
	var raised int
	require.NoError(t, w.db.Get(&raised, `select count(*) from events where kind = 'ticket'`))
	require.Equal(t, 2, raised)
}

func TestCreateTicketSaysWhatIsWrong(t *testing.T) {
	w := newInbox(t)
	for _, c := range []struct {
		body  object
		field string
	}{
		{object{"address": "+12025550188"}, "text"},
		{object{"address": "+12025550188", "text": " \n"}, "text"},
		{object{"address": "+12025550188", "text": strings.Repeat("a", 4001)}, "text"},
		{object{"text": "It leaks"}, "contact"},
		{object{"text": "It leaks", "contact": nobody, "address": "+12025550188"}, "contact"},
		{object{"text": "It leaks", "contact": nobody}, "contact"},
		{object{"text": "It leaks", "contact": "Dana"}, "contact"},
		{object{"text": "It leaks", "address": "12025550188"}, "address"},
		{object{"text": "It leaks", "address": "+12025550188", "name": "two\nlines"}, "name"},
		{object{"text": "It leaks", "address": "+12025550188", "color": "red"}, "color"},
	} {
		problem := w.Must(http.StatusUnprocessableEntity, "POST", w.path+"/tickets", c.body)
		fault := problem["errors"].([]any)[0].(object)
		require.True(t, strings.HasPrefix(fault["field"].(string), c.field), "%v: %v", c.body, problem)
	}
	var made int
	require.NoError(t, w.db.Get(&made, `select count(*) from tickets`))
	require.Zero(t, made)
}
