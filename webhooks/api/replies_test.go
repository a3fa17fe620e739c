package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/api/apitest"
)

func TestSavedReplies(t *testing.T) {
	w := newInbox(t)
	hours := w.Must(http.StatusCreated, "POST", w.path+"/replies", object{"title": " Hours ", "text": "We open at eight."})
	require.Equal(t, "Hours", hours["title"])
	w.Must(http.StatusCreated, "POST", w.path+"/replies", object{"title": "address", "text": "Main Street 1"})
	path := w.path + "/replies/" + hours["id"].(string)
	changed := w.Must(http.StatusOK, "PATCH", path, object{"text": "We open at nine."})
	require.Equal(t, []any{"Hours", "We open at nine."}, []any{changed["title"], changed["text"]})
	titles := []string{}
	for _, item := range apitest.Items(w.Must(http.StatusOK, "GET", w.path+"/replies", nil)) {
		titles = append(titles, item["title"].(string))
	}
	require.Equal(t, []string{"address", "Hours"}, titles)
	w.Must(http.StatusNoContent, "DELETE", path, nil)
	w.Refused(http.StatusNotFound, "PATCH", path, object{"text": "x"})
	w.Refused(http.StatusNotFound, "DELETE", path, nil)
	w.Refused(http.StatusNotFound, "DELETE", w.path+"/replies/x", nil)
	history := w.Must(http.StatusOK, "GET", w.path+"/history?limit=1", nil)["items"].([]any)[0].(object)
	require.Equal(t, []any{"reply", nil}, []any{history["what"], history["after"]})
	w.Must(http.StatusOK, "POST", w.path+"/history/"+history["id"].(string)+"/restore", nil)
	require.Equal(t, "We open at nine.", w.Must(http.StatusOK, "PATCH", path, object{})["text"], "it is there again")

	for field, body := range map[string]object{
		"title: empty": {"title": " ", "text": "x"}, "text: empty": {"title": "x", "text": " "}, "title: not_one_line": {"title": "a\nb", "text": "x"},
		"title: too_long": {"title": strings.Repeat("a", 101), "text": "x"}, "text: too_long": {"title": "x", "text": strings.Repeat("a", 1601)},
	} {
		require.Equal(t, field, w.refusedFor(http.StatusUnprocessableEntity, "POST", w.path+"/replies", body))
	}
	other := w.otherTeam()
	w.Refused(http.StatusNotFound, "DELETE", "/teams/"+other+"/replies/"+hours["id"].(string), nil)
}
