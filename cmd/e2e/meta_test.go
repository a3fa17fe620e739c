package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/whatsapp"
)

const (
	appSecret   = "an app secret for tests"
	verifyToken = "a verify token for tests"
	graphToken  = "an access token for tests"
	ourNumberID = "106540352242922"
)

// metaBodies are the bodies that Meta posts: ours, and those of the folder of
// provider samples when there is one.
func metaBodies(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/payloads/meta/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	if folder := os.Getenv("RINGBACK_PAYLOADS"); folder != "" {
		for _, set := range []string{"openapi", "netflie", "edge"} {
			more, err := filepath.Glob(filepath.Join(folder, "meta", set, "*"))
			require.NoError(t, err)
			require.NotEmpty(t, more)
			files = append(files, more...)
		}
	}
	bodies := map[string][]byte{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		bodies[file] = content
	}
	return bodies
}

func (w *world) meta(body []byte, secret string) int {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.URL()+whatsapp.Path, bytes.NewReader(body))
	require.NoError(w.t, err)
	r.Header.Set("X-Hub-Signature-256", whatsapp.Sign(secret, body))
	answer, err := http.DefaultClient.Do(r)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// tellsOf counts what a body tells, by number and by what names it for ever: an
// independent reading of Meta's format, which knows lists and ids only.
func tellsOf(t *testing.T, body []byte) map[string]bool {
	t.Helper()
	things := map[string]bool{}
	var top struct {
		Object string
		Entry  []struct{ Changes []json.RawMessage }
	}
	if json.Unmarshal(body, &top) != nil {
		return nil
	}
	var names map[string]json.RawMessage // exactly as they are written, unlike a struct's
	if json.Unmarshal(body, &names) != nil || names["object"] == nil || top.Object != "whatsapp_business_account" {
		return map[string]bool{string(body): true}
	}
	hash := func(raw []byte) string { sum := sha256.Sum256(raw); return string(sum[:]) }
	for _, entry := range top.Entry {
		for _, change := range entry.Changes {
			var c struct {
				Field string
				Value struct {
					Metadata struct {
						ID string `json:"phone_number_id"`
					}
					Messages, Statuses, Errors []json.RawMessage
				}
			}
			_ = json.Unmarshal(change, &c)
			id := c.Value.Metadata.ID + " "
			known := len(things)
			for _, raw := range append(c.Value.Messages, c.Value.Statuses...) {
				var item struct{ ID, Status string }
				_ = json.Unmarshal(raw, &item)
				things[id+item.ID+"/"+item.Status] = true
			}
			for _, raw := range c.Value.Errors {
				things[id+hash(raw)] = true
			}
			if len(things) == known && len(c.Value.Messages)+len(c.Value.Statuses) == 0 {
				things[id+hash(change)] = true
			}
		}
	}
	return things
}

// TestReplayMeta: each thing of each body is kept once, though each body comes
// twice, and nothing is lost.
func TestReplayMeta(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.byWhatsApp("")
	refused := map[string]bool{"empty_body": true, "not_json": true, "truncated": true, "deeply_nested": true, "entry_is_object": true}
	for file, body := range metaBodies(t) {
		w.forget()
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		want := http.StatusOK
		if refused[name] {
			want = http.StatusBadRequest
		}
		require.Equal(t, http.StatusForbidden, w.meta(body, "somebody else's secret"), file)
		require.Equal(t, []int{want, want}, []int{w.meta(body, appSecret), w.meta(body, appSecret)}, file)
		events, strays := w.kept()
		if want == http.StatusOK {
			require.Equal(t, len(tellsOf(t, body)), events+strays, file)
		} else {
			require.Zero(t, events+strays, file)
		}
		w.drain(t.Context())
		w.nothingFailed()
	}
}
