package phone

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/whatsapp"
	"ringback/webhooks/web/assets"
)

// on is a form of the WhatsApp app.
func (w *world) on(customer string, fields ...string) (int, problem) {
	w.t.Helper()
	return w.post("/phone/whatsapp", w.form(append([]string{"customer", customer, "app", "whatsapp"}, fields...)...))
}

// got is what the customer's phone shows of the team, the newest last.
func (w *world) got(customer string) string {
	w.t.Helper()
	inbox := w.graph.Inbox(customer)
	require.NotEmpty(w.t, inbox)
	return inbox[len(inbox)-1].ID
}

func TestAChatOnWhatsApp(t *testing.T) {
	w := newWorld(t, "")
	next := w.states("app", "whatsapp")
	next(says("No messages yet", "Nothing has happened", "Revoke our token"))
	status, _ := w.post("/phone/clock", w.form("at", "sunday"))
	require.Equal(t, http.StatusNoContent, status)
	status, told := w.on(ann, "text", "Is <b>anybody</b> there?")
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("Is &lt;b&gt;anybody", "✓✓</span> Delivered", "The message came in", "Sent “After-hours texts for customers (SMS and WhatsApp only)”", "What came, as it came", "&#34;wamid.in"))
	next(says("◷</span> Under way"))
	_, err := w.graph.Deliver(t.Context(), w.url+whatsapp.Path)
	require.NoError(t, err)
	next(says("✓✓</span> Read", "Read on the phone <code>read</code>", "The provider called back: delivered"))

	status, told = w.on(ann, "do", "react", "message", w.got(ann))
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("Your reaction: ❤", "a remark on what was said"))
	status, told = w.on(ann, "do", "react", "message", w.got(ann))
	require.Equal(t, http.StatusNoContent, status, told)
	next(func(page string) bool { return !strings.Contains(page, "Your reaction") })
	for what, shown := range map[string]string{"photo": `src="data:image/png;base64,`, "voice": "Voice message", "place": "Field behind the barn"} {
		status, told = w.on(ann, "do", what)
		require.Equal(t, http.StatusNoContent, status, told)
		next(says(shown))
	}
	_, page, _ := w.get("/phone?" + w.form("app", "messages").Encode())
	require.NotContains(t, page, "anybody&lt;", "texts are another conversation")
}

// TestWhoShowsNoNumber: Dana is known by an id alone.
func TestWhoShowsNoNumber(t *testing.T) {
	w := newWorld(t, "")
	next := w.states("customer", dana, "app", "whatsapp")
	next(says("Dana hides their number"))
	status, told := w.post("/phone/clock", w.form("at", "sunday"))
	require.Equal(t, http.StatusNoContent, status, told)
	status, told = w.on(dana, "text", "Hello?")
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("Sent “After-hours texts for customers (SMS and WhatsApp only)”", "to "+dana, "Under way"))
	require.Len(t, w.graph.Inbox(dana), 1)
	for path, words := range map[string]string{"/phone/texts": "can send no text", "/phone/calls": "no number to call from"} {
		status, told := w.post(path, w.form("customer", dana, "text", "Hi", "do", "call"))
		require.Equal(t, http.StatusUnprocessableEntity, status)
		require.Contains(t, told.Detail, words)
	}
	for _, app := range []string{"messages", "call"} {
		status, page, _ := w.get("/phone?" + w.form("customer", dana, "app", app).Encode())
		require.Equal(t, http.StatusOK, status)
		require.NotContains(t, page, "Hello?", app)
	}
}

// TestWhatIsOfferedIsTapped: buttons, and rows behind a button.
func TestWhatIsOfferedIsTapped(t *testing.T) {
	w := newWorld(t, "")
	next := w.states("app", "whatsapp")
	offer := func(titles ...string) string {
		out := channels.Outgoing{To: ann, Text: "How was it?"}
		for _, title := range titles {
			out.Choices = append(out.Choices, channels.Choice{ID: "rate/" + title, Title: title})
		}
		_, err := w.channel.Send(t.Context(), channels.Account{ID: number, Secrets: []string{w.secret}}, out)
		require.NoError(t, err)
		return w.got(ann)
	}
	yesNo := offer("Yes", "No")
	next(says(`<button name="press" value="rate/Yes">Yes</button>`, `<button name="press" value="rate/No">No</button>`))
	status, told := w.on(ann, "press", "rate/Yes", "message", yesNo)
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("<p>Yes</p>", "&#34;reply&#34;: &#34;rate/Yes&#34;", "&#34;button_reply&#34;"))
	stars := offer("1", "2", "3", "4", "5")
	next(says("<summary>1 … 5</summary>", `value="rate/5"`))
	status, told = w.on(ann, "press", "rate/4", "message", stars)
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("<p>4</p>", "&#34;list_reply&#34;"))

	for _, bad := range []struct {
		fields []string
		status int
		field  string
	}{
		{[]string{"press", "rate/Yes", "message", stars}, http.StatusUnprocessableEntity, "press"},
		{[]string{"press", "rate/Yes", "message", "wamid.x"}, http.StatusNotFound, "message"},
		{[]string{"do", "react", "message", ""}, http.StatusNotFound, "message"},
		{[]string{"do", "dance"}, http.StatusUnprocessableEntity, "do"},
		{[]string{"text", " \n"}, http.StatusUnprocessableEntity, "text"},
		{[]string{"text", strings.Repeat("ż", maxChat+1)}, http.StatusUnprocessableEntity, "text"},
		{[]string{"text", "\xff"}, http.StatusUnprocessableEntity, "text"},
	} {
		status, told := w.on(ann, bad.fields...)
		require.Equal(t, bad.status, status, bad.fields)
		require.Equal(t, bad.field, told.Errors[0].Field, bad.fields)
	}
}

// TestMetaGoesWrong: without its token the sender is paused; with it again the
// reply goes out.
func TestMetaGoesWrong(t *testing.T) {
	w := newWorld(t, "")
	next := w.states("app", "whatsapp")
	turn := func(how string) {
		status, told := w.post("/phone/provider", w.form("app", "whatsapp", "fault", how))
		require.Equal(t, http.StatusNoContent, status, told)
	}
	turn("revoke")
	next(says("Give the token back"))
	status, told := w.on(ann, "text", "Hello?")
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("Waits in the outbox", "refuses our account or its token"))
	require.Empty(t, w.graph.Inbox(ann))
	turn("restore")
	next(says("Revoke our token"))
	status, _ = w.post("/phone/provider", w.form("app", "whatsapp", "fault", "down"))
	require.Equal(t, http.StatusUnprocessableEntity, status)
}

// TestWhatsAppWithoutAScript: its forms are plain forms, and what was written
// is not lost.
func TestWhatsAppWithoutAScript(t *testing.T) {
	w := newWorld(t, "")
	status, page := w.plain("/phone/whatsapp", w.form("app", "whatsapp", "text", "by a form", "do", "write"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "by a form")
	require.Contains(t, page, assets.Stylesheet.URL)
	status, page = w.plain("/phone/whatsapp", w.form("app", "whatsapp", "text", strings.Repeat("x", maxChat+1), "do", "write"))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, strings.Repeat("x", maxChat+1))
}
