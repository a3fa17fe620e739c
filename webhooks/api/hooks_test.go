package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/outboundhooks"
	"ringback/webhooks/api/apitest"
)

func TestHooks(t *testing.T) {
	w := newInbox(t)
	good := object{"url": "https://example.com/ringback", "kinds": []string{"message.received"}}
	made := w.Must(http.StatusCreated, "POST", "/hooks", good)
	require.Regexp(t, `^whsec_[A-Za-z0-9+/]{43}=$`, made["secret"])
	require.Equal(t, true, made["enabled"])
	one := "/hooks/" + made["id"].(string)
	listed := apitest.Items(w.Must(http.StatusOK, "GET", "/hooks", nil))
	require.Len(t, listed, 1)
	require.NotContains(t, listed[0], "secret")

	require.NoError(t, outboundhooks.Tell(t.Context(), w.db, outboundhooks.Event{CompanyID: w.team.CompanyID, Kind: outboundhooks.MessageReceived, At: noon, Data: object{"text": "Hello"}}))
	log := apitest.Items(w.Must(http.StatusOK, "GET", one+"/deliveries", nil))
	require.Len(t, log, 1)
	require.Equal(t, "queued", log[0]["state"])
	require.Equal(t, "Hello", log[0]["payload"].(object)["data"].(object)["text"])
	resend := one + "/deliveries/" + log[0]["id"].(string) + "/resend"
	require.Equal(t, "queued", w.Must(http.StatusOK, "POST", resend, nil)["state"])

	again := w.Must(http.StatusCreated, "POST", one+"/secret", nil)
	require.Regexp(t, `^whsec_[A-Za-z0-9+/]{43}=$`, again["secret"])
	require.NotEqual(t, made["secret"], again["secret"])
	require.NotEmpty(t, again["former_secret_until"])
	require.Equal(t, "test", w.Must(http.StatusCreated, "POST", one+"/test", nil)["kind"])

	changed := w.Must(http.StatusOK, "PATCH", one, object{"enabled": false, "kinds": []string{"ticket.rated"}})
	require.Equal(t, []any{"ticket.rated"}, changed["kinds"])
	require.Equal(t, "https://example.com/ringback", changed["url"])
	require.Equal(t, "failed", apitest.Items(w.Must(http.StatusOK, "GET", one+"/deliveries", nil))[0]["state"])
	w.Refused(http.StatusConflict, "POST", resend, nil)
	w.Refused(http.StatusConflict, "POST", one+"/test", nil)

	w.Must(http.StatusNoContent, "DELETE", one, nil)
	for _, gone := range [][2]string{{"DELETE", one}, {"PATCH", one}, {"GET", one + "/deliveries"}, {"POST", resend}, {"POST", one + "/secret"}, {"POST", one + "/test"}} {
		var body any
		if gone[0] == "PATCH" {
			body = object{}
		}
		w.Refused(http.StatusNotFound, gone[0], gone[1], body)
	}
}

// TestNoHookIsChangedOverACondition, nor deleted.
func TestNoHookIsChangedOverACondition(t *testing.T) {
	w := newInbox(t)
	made := w.Do("POST", "/hooks", object{"url": "https://example.com/ringback", "kinds": []string{"message.received"}})
	path, tag := "/hooks/"+made.JSON["id"].(string), made.Header.Get("ETag")
	changed := w.Do("PATCH", path, object{"enabled": false}, "If-Match", tag)
	require.Equal(t, http.StatusOK, changed.Status, changed.Text)
	for _, method := range []string{"PATCH", "DELETE"} {
		require.Equal(t, http.StatusPreconditionFailed, w.Do(method, path, object{"enabled": true}, "If-Match", tag).Status, method)
	}
	require.Equal(t, false, apitest.Items(w.Must(http.StatusOK, "GET", "/hooks", nil))[0]["enabled"])
	require.Equal(t, http.StatusNoContent, w.Do("DELETE", path, nil, "If-Match", changed.Header.Get("ETag")).Status)
}

func TestBadHooks(t *testing.T) {
	w := newInbox(t)
	id := w.Must(http.StatusCreated, "POST", "/hooks", object{"url": "https://example.com", "kinds": []string{"call.missed"}})["id"].(string)
	for field, body := range map[string]object{
		"url":      {"url": "https://169.254.169.254/latest", "kinds": []string{"call.missed"}},
		"kinds[0]": {"url": "https://example.com", "kinds": []string{"everything"}},
		"kinds":    {"url": "https://example.com", "kinds": []string{}},
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", "/hooks", body), field)
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", "/hooks/"+id, body), field)
	}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", "/hooks", object{"kinds": []string{"call.missed"}}), "url")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", "/hooks/"+id+"/deliveries/x/resend", nil), "delivery")
	w.Refused(http.StatusNotFound, "POST", "/hooks/"+id+"/deliveries/"+nobody+"/resend", nil)
	w.Refused(http.StatusNotFound, "PATCH", "/hooks/x", object{})
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", "/hooks", object{"url": "https://example.com/\x00", "kinds": []string{"call.missed"}}), "url")
}
