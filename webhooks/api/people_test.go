package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/media"
)

// unpacked is what is in an answered zip.
func unpacked(t *testing.T, file string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(file)), int64(len(file)))
	require.NoError(t, err)
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		all[f.Name] = string(content)
	}
	return all
}

func TestOneCustomersDataIsExportedAndErased(t *testing.T) {
	w, archive := withMedia(t)
	one, other := w.text(customer, "SM1", noon), w.text("+12025550101", "SM2", noon)
	_, err := archive.Store(t.Context(), media.Upload{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: one.contact, Name: "../offer.html"}, strings.NewReader(paper))
	require.NoError(t, err)
	w.Must(http.StatusOK, "PATCH", w.path+"/contacts/"+one.contact, object{"name": `Zygmunt <script>alert("x")</script>`, "language": "pl"})

	answer := w.Do("GET", "/contacts/"+one.contact+"/export", nil)
	require.Equal(t, http.StatusOK, answer.Status)
	require.Equal(t, "application/zip", answer.Header.Get("Content-Type"))
	require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
	all := unpacked(t, answer.Text)
	require.Len(t, all, 3)
	var told struct {
		Company  string
		Messages []struct{ Text string }
		Files    []object
	}
	require.NoError(t, json.Unmarshal([]byte(all["customer.json"]), &told))
	require.Equal(t, "GVE", told.Company)
	require.Len(t, told.Messages, 2, "theirs and our answer")
	require.Len(t, told.Files, 1)
	require.Contains(t, all["customer.html"], "Dane, które GVE ma o Państwu", "in the language in which they are written to")
	require.Contains(t, all["customer.html"], strings.TrimPrefix(customer, "+"))
	require.NotContains(t, all["customer.html"], "<script>")
	for name, content := range all {
		if strings.HasPrefix(name, "files/") {
			require.True(t, strings.HasSuffix(name, ".pdf"), name)
			require.NotContains(t, name, "..")
			require.Equal(t, paper, content)
		}
	}

	require.Equal(t, "", w.Do("DELETE", "/contacts/"+one.contact, nil).Text)
	w.Must(http.StatusAccepted, "DELETE", "/contacts/"+one.contact, nil)
	w.Refused(http.StatusNotFound, "GET", w.path+"/contacts/"+one.contact, nil)
	w.Refused(http.StatusNotFound, "GET", "/contacts/"+one.contact+"/export", nil)
	require.NotContains(t, w.Do("GET", w.path+"/contacts?q=Zyg", nil).Text, "Zygmunt")
	ticket := w.Must(http.StatusOK, "GET", w.path+"/tickets/"+one.ticket, nil)
	require.Equal(t, "closed", ticket["status"])
	require.NotContains(t, w.Do("GET", w.path+"/tickets/"+one.ticket, nil).Text, "anybody")
	w.Must(http.StatusOK, "GET", w.path+"/contacts/"+other.contact, nil)
	for _, id := range []string{uuid.NewString(), "nobody"} {
		w.Refused(http.StatusNotFound, "DELETE", "/contacts/"+id, nil)
		w.Refused(http.StatusNotFound, "GET", "/contacts/"+id+"/export", nil)
	}
	history := w.Do("GET", "/history", nil).Text
	require.Contains(t, history, `"what":"export"`)
	require.Contains(t, history, `"what":"erasure"`)
	require.NotContains(t, w.Do("GET", w.path+"/history", nil).Text+history, "Zygmunt")
}

// TestNobodySpeaksToTheErased: neither a reply, nor a text sent again.
func TestNobodySpeaksToTheErased(t *testing.T) {
	w := newInbox(t)
	one := w.text(customer, "SM1", noon)
	w.Must(http.StatusAccepted, "DELETE", "/contacts/"+one.contact, nil)
	for method, path := range map[string]string{
		"/messages": `{"text": "still there?"}`, "/requests": `{"kind": "approval", "message": "ok?"}`,
	} {
		a := w.Do("POST", w.path+"/tickets/"+one.ticket+method, path, "Idempotency-Key", "a key")
		require.GreaterOrEqual(t, a.Status, 400, a.Text)
		require.Less(t, a.Status, 500, a.Text)
	}
	a := w.Do("PATCH", w.path+"/tickets/"+one.ticket, object{"status": "done"})
	require.Less(t, a.Status, 500, a.Text)
	a = w.Do("POST", "/deliveries/"+one.delivery+"/retry", nil)
	require.GreaterOrEqual(t, a.Status, 400, a.Text)
	require.Less(t, a.Status, 500, a.Text)
	a = w.Do("POST", w.path+"/contacts/"+one.contact+"/share-voicehub", nil)
	require.GreaterOrEqual(t, a.Status, 400, a.Text)
	require.Less(t, a.Status, 500, a.Text)
	var waits int
	require.NoError(t, w.db.Get(&waits, `select count(*) from deliveries where due_at is not null`))
	require.Zero(t, waits)
}

func TestHowLongWhatIsKept(t *testing.T) {
	w := newInbox(t)
	w.text(customer, "SM1", noon.AddDate(0, 0, -40))
	w.Must(http.StatusOK, "PATCH", w.path+"/tickets/"+w.ids(w.path + "/tickets")[0], object{"status": "closed"})
	kept := w.Must(http.StatusOK, "GET", "/retention", nil)
	for _, kind := range []string{"messages", "calls", "media", "recordings", "events", "decisions"} {
		require.Contains(t, kept, kind)
		require.Nil(t, kept[kind], kind)
	}
	would := w.Must(http.StatusOK, "PUT", "/retention", object{"messages": 30, "recordings": 7, "dry_run": true})
	require.EqualValues(t, 30, would["messages"])
	require.EqualValues(t, 2, would["would_go"].(object)["messages"])
	require.Equal(t, kept, w.Must(http.StatusOK, "GET", "/retention", nil), "a dry run changes nothing")
	saved := w.Must(http.StatusOK, "PUT", "/retention", object{"messages": 30, "recordings": 7})
	require.NotContains(t, saved, "would_go")
	require.EqualValues(t, 7, saved["recordings"])
	require.Equal(t, saved, w.Must(http.StatusOK, "GET", "/retention", nil))
	require.Equal(t, kept, w.Must(http.StatusOK, "PUT", "/retention", object{}), "what is left out is kept for ever")
	for field, value := range map[string]any{"messages": 13, "media": 0, "events": 3.5, "decisions": "a while", "colour": 1, "dry_run": "yes"} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PUT", "/retention", object{field: value}), field)
	}
}
