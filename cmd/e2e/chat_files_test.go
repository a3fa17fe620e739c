package e2e

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

// send uploads a file as a browser does, and returns the status and its id or
// what is wrong.
func (c *chat) send(name string, content []byte) (int, string) {
	c.t.Helper()
	request := c.request(c.t.Context(), "POST", "/files?name="+url.QueryEscape(name), content)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(c.t, err)
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(c.t, err)
	_, rest, _ := strings.Cut(string(raw), `"id":"`)
	id, _, _ := strings.Cut(rest, `"`)
	if id == "" {
		return answer.StatusCode, string(raw)
	}
	return answer.StatusCode, id
}

// TestChatTakesFiles: a photo comes with a message, twice sent and once there;
// it stands on the ticket, opens from the chat, and answers the wish for one.
func TestChatTakesFiles(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	c.write("m-0000001", "My mower leaks")
	c.settle()
	var visitor string
	require.NoError(t, c.DB.Get(&visitor, `select id from visitors`))
	ticket := c.ticketOf(visitor)
	status, asked := c.api("POST", ticket+"/requests", map[string]string{"kind": "photo_video"})
	require.Equal(t, http.StatusCreated, status, asked)
	c.settle()

	status, id := c.send("../../etc/<b>leak</b>.jpg", twilio.Photo())
	require.Equal(t, http.StatusCreated, status, id)
	for range 2 {
		status, answer := c.ask("POST", "/messages", map[string]any{"id": "m-0000002", "text": "", "files": []string{id}})
		require.Equal(t, http.StatusAccepted, status, answer)
	}
	c.settle()
	_, history := c.ask("GET", "/messages", nil)
	items := history["items"].([]any)
	files := items[len(items)-1].(map[string]any)["files"].([]any)
	require.Len(t, files, 1)
	shown := files[0].(map[string]any)
	require.Equal(t, "image/jpeg", shown["type"])
	require.NotContains(t, shown["name"], "/")
	answer, err := http.Get(shown["url"].(string)) //nolint:noctx // a test's
	require.NoError(t, err)
	_ = answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "image/jpeg", answer.Header.Get("Content-Type"))

	_, page := c.api("GET", ticket, nil)
	require.Contains(t, fmt.Sprint(page["timeline"]), id, "it stands on the ticket")
	require.Equal(t, "answered", page["requests"].([]any)[0].(map[string]any)["state"])
	var kept int
	require.NoError(t, c.DB.Get(&kept, `select count(*) from media where message_id is not null`))
	require.Equal(t, 1, kept)
}

// pixels is the beginning of a PNG of 65,000 by 65,000.
func pixels() []byte {
	head := []byte("IHDR\x00\x00\xfd\xe8\x00\x00\xfd\xe8\x08\x06\x00\x00\x00")
	sum := crc32.ChecksumIEEE(head)
	return append(append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...), byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
}

// bomb is a document of a few kB that unfolds to 64 MiB.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml"} {
		f, err := z.Create(name)
		require.NoError(t, err)
		_, err = f.Write(make([]byte, 64<<20/3))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.Less(t, b.Len(), 100<<10)
	return b.Bytes()
}

// TestChatUnfoldsNothing: what is packed is kept as it came, and a packed body
// is no message.
func TestChatUnfoldsNothing(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	packed := bomb(t)
	status, id := c.send("report.docx", packed)
	require.Equal(t, http.StatusCreated, status, id)
	var size int
	require.NoError(t, c.DB.Get(&size, `select size from media where id = $1`, id))
	require.Equal(t, len(packed), size)

	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	_, err := z.Write([]byte(`{"id":"m-0000001","text":"` + strings.Repeat("a", 10<<20) + `"}`))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	r := c.request(t.Context(), "POST", "/messages", body.Bytes())
	r.Header.Set("Content-Encoding", "gzip")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	_ = answer.Body.Close()
	require.Equal(t, http.StatusBadRequest, answer.StatusCode)
}

// TestChatRefusesFiles that lie, are too large or somebody else's.
func TestChatRefusesFiles(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	for name, content := range map[string][]byte{
		"a script that says it is a photo": []byte("<script>alert(1)</script>"),
		"a program":                        append([]byte("MZ\x90\x00\x03\x00\x00\x00"), make([]byte, 500)...),
		"an archive":                       append([]byte("PK\x03\x04"), bytes.Repeat([]byte{0}, 500)...),
		"nothing":                          {},
		"a picture of 4,000 megapixels":    pixels(),
	} {
		status, words := c.send("photo.jpg", content)
		require.Equal(t, http.StatusUnprocessableEntity, status, "%s: %s", name, words)
	}
	status, words := c.send(strings.Repeat("a", 201), twilio.Photo())
	require.Equal(t, http.StatusUnprocessableEntity, status, words)

	_, mine := c.send("photo.jpg", twilio.Photo())
	other := &chat{world: c.world, base: c.base, origin: site}
	other.enter()
	for name, files := range map[string]any{
		"somebody else's": []string{mine}, "made up": []string{"01a20711-5b95-711c-92d3-e3ba968b6a24"}, "no id": []string{"../x"},
		"too many": strings.Fields(strings.Repeat(mine+" ", 11)),
	} {
		status, answer := other.ask("POST", "/messages", map[string]any{"id": "m-0000003", "text": "", "files": files})
		require.Equal(t, http.StatusUnprocessableEntity, status, "%s: %v", name, answer)
	}
	status, answer := c.ask("POST", "/messages", map[string]any{"id": "m-0000004", "text": " ", "files": []string{}})
	require.Equal(t, http.StatusUnprocessableEntity, status, answer)
	stranger := &chat{world: c.world, base: c.base, origin: site}
	status, _ = stranger.send("photo.jpg", twilio.Photo())
	require.Equal(t, http.StatusUnauthorized, status)
}
