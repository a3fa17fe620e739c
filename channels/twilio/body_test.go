package twilio

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
)

// fields is a form as the schema reads it.
func fields(form url.Values) map[string]any {
	object := map[string]any{}
	for name, values := range form {
		var list []any
		for _, value := range values {
			list = append(list, value)
		}
		object[name] = list
	}
	return object
}

// TestBodiesFollowTheSchema: whatever the gateway can ask for is a form that
// Twilio takes.
func TestBodiesFollowTheSchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertContent()
	schema, err := compiler.Compile("testdata/message.schema.json")
	require.NoError(t, err)
	for name, form := range map[string]url.Values{
		"no content":      {"From": {"+15550001111"}, "To": {"+15550002222"}},
		"a field not its": {"From": {"+15550001111"}, "To": {"+15550002222"}, "Body": {"Hi"}, "Text": {"Hi"}},
		"two addresses":   {"From": {"+15550001111"}, "To": {"+15550002222", "+15550003333"}, "Body": {"Hi"}},
		"values of words": {"From": {"whatsapp:+15550001111"}, "To": {"whatsapp:+15550002222"}, "ContentSid": {templateID}, "ContentVariables": {`{"name": "Ann"}`}},
		"a bare user id":  {"From": {"whatsapp:+15550001111"}, "To": {"US.1349"}, "Body": {"Hi"}},
	} {
		require.Error(t, schema.Validate(fields(form)), name)
	}
	base, last := fakeAPI(t, 201, created)
	channel := New(Config{BaseURL: base})
	words := rapid.StringOfN(rapid.RuneFrom([]rune("aé👋 {}\"\n&<+%")), 1, 300, -1)
	rapid.Check(t, func(t *rapid.T) {
		m := channels.Outgoing{Delivery: "018f", Kind: channels.SMS, From: "+15550001111", To: "+15550002222", Text: words.Draw(t, "text"), PublicURL: publicURL}
		if rapid.Bool().Draw(t, "on WhatsApp") {
			m.Kind, m.To = channels.WhatsAppTwilio, rapid.SampledFrom([]string{"+15550002222", "US.13491208655302741918"}).Draw(t, "to")
			if rapid.Bool().Draw(t, "template") {
				m.Template = &channels.Template{Name: templateID, Values: rapid.SliceOfN(words, 0, 5).Draw(t, "values")}
			}
		}
		if m.Template == nil && rapid.Bool().Draw(t, "file") {
			m.Media = []channels.Attachment{{URL: "https://gw.example/m/x"}}
			if rapid.Bool().Draw(t, "silent") {
				m.Text = ""
			}
		}
		_, err := channel.Send(t.Context(), testAccount, m)
		require.NoError(t, err)
		require.NoError(t, schema.Validate(fields(last.form)))
		if m.Template != nil {
			values := map[string]string{}
			require.NoError(t, json.Unmarshal([]byte(last.form.Get("ContentVariables")), &values))
			require.Len(t, values, len(m.Template.Values))
		}
	})
}

const templateID = "HX0123456789abcdef0123456789abcdef"
