package whatsapp

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
)

// schema is what Meta's pages say of a message's body.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("testdata/message.schema.json")
	require.NoError(t, err)
	return s
}

func asJSON(t require.TestingT, m channels.Outgoing) any {
	raw, err := encode(compose(m))
	require.NoError(t, err)
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	return body
}

// TestBodiesFollowTheSchema: whatever the gateway can ask for is a body that
// Meta takes.
func TestBodiesFollowTheSchema(t *testing.T) {
	s := schema(t)
	short := rapid.StringMatching(`[A-Za-zé👋]{1,20}`)
	rapid.Check(t, func(t *rapid.T) {
		m := channels.Outgoing{
			Delivery: "018f", From: testNumber, Text: rapid.StringOfN(rapid.RuneFrom([]rune("aé👋 {}\"\n&<")), 1, 1024, -1).Draw(t, "text"),
			To: rapid.SampledFrom([]string{"+16505551234", "US.13491208655302741918"}).Draw(t, "to"),
		}
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 1:
			m.Template = &channels.Template{Name: "issue_resolved", Language: "pt_BR", Values: rapid.SliceOfN(short, 0, 5).Draw(t, "values")}
		case 2:
			for i, title := range rapid.SliceOfN(short, 1, 12).Draw(t, "choices") {
				m.Choices = append(m.Choices, channels.Choice{ID: string(rune('a' + i)), Title: title})
			}
		case 3:
			kind := rapid.SampledFrom([]string{"image/jpeg", "image/png", "video/mp4", "audio/ogg", "application/pdf", "application/x-exe", ""}).Draw(t, "kind of file")
			m.Media = []channels.Attachment{{URL: "https://gw.example/m/x", ContentType: kind, Name: rapid.SampledFrom([]string{"", "plan.pdf"}).Draw(t, "name")}}
			if rapid.Bool().Draw(t, "silent") {
				m.Text = ""
			}
		}
		require.NoError(t, s.Validate(asJSON(t, m)))
	})
}

func TestWhatIsSent(t *testing.T) {
	choices := []channels.Choice{{ID: "YES", Title: "YES"}, {ID: "NO", Title: "NO"}}
	for want, m := range map[string]channels.Outgoing{
		`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+1","type":"text","text":{"body":"a & b","preview_url":false}}`:       {To: "+1", Text: "a & b"},
		`{"messaging_product":"whatsapp","recipient_type":"individual","recipient":"US.1","type":"text","text":{"body":"hi","preview_url":false}}`: {To: "US.1", Text: "hi"},
		`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+1","biz_opaque_callback_data":"018f","type":"template","template":{"name":"done","language":{"code":"en"},
			"components":[{"type":"body","parameters":[{"type":"text","text":"Ann"}]}]}}`: {
			To: "+1", Delivery: "018f", Text: "whatever", Template: &channels.Template{Name: "done", Language: "en", Values: []string{"Ann"}},
		},
		`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+1","type":"interactive","interactive":{"type":"button","body":{"text":"Done?"},
			"action":{"buttons":[{"type":"reply","reply":{"id":"YES","title":"YES"}},{"type":"reply","reply":{"id":"NO","title":"NO"}}]}}}`: {To: "+1", Text: "Done?", Choices: choices},
		`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+1","type":"image","image":{"link":"https://x/a","caption":"see"}}`: {
			To: "+1", Text: "see", Media: []channels.Attachment{{URL: "https://x/a", ContentType: "image/jpeg", Name: "a.jpg"}},
		},
		`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+1","type":"document","document":{"link":"https://x/b","caption":"see","filename":"plan.pdf"}}`: {
			To: "+1", Text: "see", Media: []channels.Attachment{{URL: "https://x/b", ContentType: "application/pdf", Name: "plan.pdf"}},
		},
		`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+1","type":"audio","audio":{"link":"https://x/c"}}`: {
			To: "+1", Media: []channels.Attachment{{URL: "https://x/c", ContentType: "audio/ogg; codecs=opus", Name: "voice.ogg"}},
		},
		`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+1","type":"video","video":{"link":"https://x/d"}}`: {
			To: "+1", Media: []channels.Attachment{{URL: "https://x/d", ContentType: "video/mp4"}},
		},
	} {
		raw, err := encode(compose(m))
		require.NoError(t, err)
		require.JSONEq(t, want, string(raw))
		require.NotContains(t, string(raw), `\u0026`)
	}
	var list struct {
		Interactive struct {
			Type   string
			Action struct {
				Button   string
				Sections []struct{ Rows []channels.Choice }
			}
		}
	}
	five := channels.Outgoing{To: "+1", Text: "How was it?"}
	for _, n := range []string{"1", "2", "3", "4", "5"} {
		five.Choices = append(five.Choices, channels.Choice{ID: n, Title: n})
	}
	raw, err := encode(compose(five))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &list))
	require.Equal(t, []string{"list", "1 … 5"}, []string{list.Interactive.Type, list.Interactive.Action.Button})
	require.Equal(t, five.Choices, list.Interactive.Action.Sections[0].Rows)
}

// TestLongQuestionsAreText: what cannot have buttons still goes out.
func TestLongQuestionsAreText(t *testing.T) {
	long := channels.Outgoing{To: "+1", Text: strings.Repeat("a", 1025), Choices: []channels.Choice{{ID: "y", Title: "yes"}}}
	require.Equal(t, "text", compose(long)["type"])
	long.Text, long.Choices[0].Title = "short", strings.Repeat("b", 25)
	require.Equal(t, "text", compose(long)["type"])
}

// TestVersionsAreChosen: the version and the phone number id stand in the path.
func TestVersionsAreChosen(t *testing.T) {
	for _, version := range []string{"", "v24.0"} {
		c := New(Config{Version: version})
		r, err := c.request(context.Background(), testAccount, "POST", testNumber+"/messages", nil, object{})
		require.NoError(t, err)
		want := version
		if want == "" {
			want = "v26.0"
		}
		require.Equal(t, "https://graph.facebook.com/"+want+"/"+testNumber+"/messages", r.URL.String())
		require.Equal(t, "Bearer "+testSecret, r.Header.Get("Authorization"))
	}
}

// TestWhatCanBeTapped, at Meta's bounds: three buttons of 20 characters, ten rows of 24,
// under a text of 1,024; anything else is text.
func TestWhatCanBeTapped(t *testing.T) {
	t.Parallel()
	of := func(n, long int) []channels.Choice {
		all := make([]channels.Choice, n)
		for i := range all {
			all[i] = channels.Choice{ID: string(rune('a' + i)), Title: strings.Repeat("é", long)}
		}
		return all
	}
	for name, c := range map[string]struct {
		text    string
		choices []channels.Choice
		want    string
	}{
		"three buttons":        {"Done?", of(3, 20), "button"},
		"a title too long":     {"Done?", of(3, 21), "list"},
		"one too many":         {"Done?", of(4, 20), "list"},
		"ten rows":             {"Done?", of(10, 24), "list"},
		"a row too long":       {"Done?", of(10, 25), "text"},
		"a row too many":       {"Done?", of(11, 1), "text"},
		"a title of nothing":   {"Done?", append(of(2, 3), channels.Choice{ID: "z"}), "text"},
		"the longest text":     {strings.Repeat("é", 1024), of(2, 3), "button"},
		"a longer text":        {strings.Repeat("é", 1025), of(2, 3), "text"},
		"nothing above it":     {"", of(2, 3), "text"},
		"nothing to be tapped": {"Done?", nil, "text"},
	} {
		o := compose(channels.Outgoing{To: "+1", Text: c.text, Choices: c.choices})
		kind := o["type"]
		if tapped, ok := o["interactive"].(object); ok {
			kind = tapped["type"]
		}
		require.Equal(t, c.want, kind, name)
	}
	named := compose(channels.Outgoing{To: "+1", Text: "When?", Choices: append(of(3, 24), channels.Choice{ID: "z", Title: "Thursday evening"})})
	require.Equal(t, "éééééééé … Thursday", named["interactive"].(object)["action"].(object)["button"], "short enough for a button")
}

// TestWhatAFileIsShownAs: what WhatsApp does not play or draw is a document, with its
// name; a voice message has no caption.
func TestWhatAFileIsShownAs(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		"image/png": "image", "IMAGE/JPEG ; q=1": "image", "image/gif": "document", "image/webp": "document", "video/3gpp": "video", "video/quicktime": "document",
		"audio/aac": "audio", "audio/mp4": "audio", "audio/x-m4a": "audio", "audio/mpeg": "audio", "audio/amr": "audio", "audio/wav": "document", "": "document",
	} {
		o := compose(channels.Outgoing{To: "+1", Text: "see", Media: []channels.Attachment{{URL: "https://x/a", ContentType: kind, Name: "a"}}})
		require.Equal(t, want, o["type"], kind)
		file := o[want].(object)
		require.Equal(t, want == "audio", file["caption"] == nil, kind)
		require.Equal(t, want == "document", file["filename"] == "a", kind)
	}
}

// TestAnAnswerWithoutAMessage may have sent it all the same: nobody sends it again.
func TestAnAnswerWithoutAMessage(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`{}`, `{"messages":[]}`, `{"messages":[{"id":""}]}`, `{"messages":[{"id":"a\u0007b"}]}`, `{"messages":[{"id":"` + strings.Repeat("w", maxID+1) + `"}]}`} {
		c, _ := recorded(t, always(200, answer))
		_, err := c.Send(t.Context(), testAccount, channels.Outgoing{To: "+1", Text: "hi"})
		var told *channels.SendError
		require.ErrorAs(t, err, &told, answer)
		require.Equal(t, []any{channels.ReasonAmbiguous, channels.Look}, []any{told.Reason, told.Retry}, answer)
	}
	c, _ := recorded(t, always(200, `{"messages":[{"id":"wamid.1"},{"id":"wamid.2"}]}`))
	receipt, err := c.Send(t.Context(), testAccount, channels.Outgoing{To: "+1", Text: "hi"})
	require.NoError(t, err)
	require.Equal(t, channels.Receipt{ProviderID: "wamid.1", State: channels.Sending}, receipt)
}
