package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"
)

// link is a customer's link in a text; stories write LINK for it.
var link = regexp.MustCompile(`https?://\S+/(r/[\w-]{22}|c/[\w-]{36})`)

// api asks the HTTP API, as an advisor's machine would.
func (w *world) api(method, path string, body any, headers ...string) (int, map[string]any) {
	w.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(w.t, err)
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.URL()+"/api/v1"+path, bytes.NewReader(raw))
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+bootstrapKey)
	request.Header.Set("Content-Type", "application/json")
	for n := 0; n < len(headers); n += 2 {
		request.Header.Set(headers[n], headers[n+1])
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	object := map[string]any{}
	_ = json.Unmarshal(text, &object)
	return answer.StatusCode, object
}

// ticketOf is the path of the customer's newest ticket, or of the one that is
// named: +13125550142#1001.
func (w *world) ticketOf(from string) string {
	w.t.Helper()
	from, number, _ := strings.Cut(from, "#")
	var id string
	require.NoError(w.t, w.DB.Get(&id, `select t.id from tickets t join addresses a using (company_id, contact_id)
		where a.address = $1 and $2 in ('', t.number::text) order by t.number desc limit 1`, from, number))
	return "/teams/" + w.team.ID + "/tickets/" + id
}

// advisor carries out what an advisor does in a story.
//
//	create FROM TEXT                an app creates a ticket for the customer, and repeats its request
//	say FROM TEXT                   an advisor writes to the customer
//	attach FROM ENDINGS [TEXT]      an advisor sends files, jpg,pdf, and words with them
//	patch FROM JSON                 an advisor changes the customer's newest ticket, or another one: FROM#1001
//	ticket FROM STATUS              how the newest ticket stands, or another one
//	request FROM STATUS JSON        an advisor asks the customer for something; STATUS is the answer's
//	cancel FROM                     an advisor takes the newest request back
//	means FROM yes|no|409           an advisor says whether the customer wants no more texts; 409: nobody asks
//	in_doubt FROM [TEXT]            what the customer wrote that the staff are asked about
//	evidence FROM SOURCE TEXT       the newest opt-out or opt-in of the customer
//	share FROM                      an advisor shares the contact page
//	asked FROM KIND STATE [ANSWER]  the customer's newest request
func (s *story) advisor(verb, from, rest string) bool {
	t := s.t
	t.Helper()
	switch verb {
	case "create":
		body, numbers := map[string]string{"address": from, "text": rest}, map[any]bool{}
		for range 2 {
			status, made := s.api("POST", "/teams/"+s.team.ID+"/tickets", body, "Idempotency-Key", rest)
			require.Equal(t, http.StatusCreated, status, made)
			numbers[made["number"]] = true
		}
		require.Len(t, numbers, 1)
	case "say":
		status, _ := s.api("POST", s.ticketOf(from)+"/messages", map[string]string{"text": rest})
		require.Equal(t, http.StatusCreated, status)
	case "attach":
		endings, text, _ := strings.Cut(rest, " ")
		s.attach(from, strings.Split(endings, ","), text)
	case "patch":
		status, answer := s.api("PATCH", s.ticketOf(from), json.RawMessage(rest))
		require.Equal(t, http.StatusOK, status, answer)
	case "ticket":
		_, answer := s.api("GET", s.ticketOf(from), nil)
		require.Equal(t, rest, answer["status"])
		return true
	case "request":
		want, body, _ := strings.Cut(rest, " ")
		status, answer := s.api("POST", s.ticketOf(from)+"/requests", json.RawMessage(body))
		require.Equal(t, want, strconv.Itoa(status), answer)
	case "cancel":
		_, ticket := s.api("GET", s.ticketOf(from), nil)
		all := ticket["requests"].([]any)
		last := all[len(all)-1].(map[string]any)
		status, answer := s.api("POST", "/teams/"+s.team.ID+"/requests/"+last["id"].(string)+"/cancel", nil)
		require.Equal(t, http.StatusOK, status, answer)
	case "counts":
		s.counts(from, rest)
	case "means":
		want := http.StatusOK
		if rest == "409" {
			want = http.StatusConflict
		}
		status, answer := s.api("POST", "/teams/"+s.team.ID+"/contacts/"+s.contactOf(from)+"/refusal", map[string]bool{"meant": rest == "yes"})
		require.Equal(t, want, status, answer)
	case "in_doubt":
		_, contact := s.api("GET", "/teams/"+s.team.ID+"/contacts/"+s.contactOf(from), nil)
		refusal, _ := contact["refusal"].(map[string]any)
		said, _ := refusal["words"].(string)
		require.Equal(t, rest, said)
		return true
	case "evidence":
		_, all := s.api("GET", "/teams/"+s.team.ID+"/contacts/"+s.contactOf(from)+"/consents", nil)
		last := all["items"].([]any)[0].(map[string]any)
		require.Equal(t, rest, fmt.Sprint(last["source"], " ", last["words"]))
		require.NotEmpty(t, last["who"])
		return true
	case "share":
		status, answer := s.api("POST", "/teams/"+s.team.ID+"/contacts/"+s.contactOf(from)+"/share-voicehub", nil)
		require.Equal(t, http.StatusCreated, status, answer)
	case "asked":
		_, ticket := s.api("GET", s.ticketOf(from), nil)
		all := ticket["requests"].([]any)
		require.NotEmpty(t, all)
		last := all[len(all)-1].(map[string]any)
		got := []any{last["kind"], last["state"]}
		if last["answer"] != nil {
			answer, err := json.Marshal(last["answer"])
			require.NoError(t, err)
			got = append(got, string(answer))
		}
		require.Equal(t, rest, strings.TrimSuffix(fmt.Sprintln(got...), "\n"))
		return true
	default:
		return false
	}
	s.settleUnlessStopped()
	return true
}

// attach is say with files, each hello.ENDING.
func (s *story) attach(to string, endings []string, text string) {
	s.t.Helper()
	var files []any
	for _, ending := range endings {
		content := map[string][]byte{"jpg": tinyPNG, "pdf": []byte("%PDF-1.7\n%..."), "mp3": []byte("ID3\x04\x00 a voice says hello")}[ending]
		status, made := s.send(ending, content)
		require.Equal(s.t, http.StatusCreated, status, made)
		files = append(files, made["id"])
	}
	status, answer := s.api("POST", s.ticketOf(to)+"/messages", map[string]any{"text": text, "attachments": files})
	require.Equal(s.t, http.StatusCreated, status, answer)
}

// unlinked is a text as stories write it.
func unlinked(text string) string { return strings.TrimSpace(link.ReplaceAllString(text, "LINK")) }

// counts has the newest message that may be an answer count as the one to the
// question of a kind.
func (s *story) counts(from, kind string) {
	s.t.Helper()
	_, ticket := s.api("GET", s.ticketOf(from), nil)
	for _, item := range slices.Backward(ticket["timeline"].([]any)) {
		entry := item.(map[string]any)
		candidates, _ := entry["may_answer"].([]any)
		for _, one := range candidates {
			if c := one.(map[string]any); c["kind"] == kind {
				status, answer := s.api("POST", "/teams/"+s.team.ID+"/requests/"+c["request"].(string)+"/answer", map[string]any{"message": entry["id"]})
				require.Equal(s.t, http.StatusOK, status, answer)
				require.Equal(s.t, "staff", answer["via"])
				return
			}
		}
	}
	require.Fail(s.t, "nothing may answer "+kind)
}
