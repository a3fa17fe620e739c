package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/retention"
)

// person exports one customer of many, and erases them: what is theirs is found
// by the indexes.
func (w *grownUp) person(t *testing.T) {
	var contact string
	require.NoError(t, w.db.Get(&contact, `select contact_id from addresses where address = '+13120000007'`))
	for _, asked := range []struct {
		method, path string
		status       int
	}{{http.MethodGet, "/export", http.StatusOK}, {http.MethodDelete, "", http.StatusAccepted}} {
		request := httptest.NewRequest(asked.method, "/api/v1/contacts/"+contact+asked.path, nil)
		request.Header.Set("Authorization", "Bearer "+key)
		answer := httptest.NewRecorder()
		w.router.ServeHTTP(answer, request)
		require.Equal(t, asked.status, answer.Code, answer.Body.String())
		w.judge(t, 10)
	}
}

// keeping lets go of what is too old, in steps that look at no more than they
// say.
func (w *grownUp) keeping(t *testing.T) {
	days := 20_000
	var all retention.Days
	for _, kind := range retention.Kinds {
		*all.Of(kind) = &days
	}
	require.NoError(t, retention.Save(t.Context(), w.db, w.company.ID, "Ann", all))
	walker := &retention.Walker{DB: w.work, Clock: w.clock, Log: slog.New(slog.DiscardHandler)}
	require.NoError(t, walker.Work(t.Context()))
	w.judge(t, 100)
}
