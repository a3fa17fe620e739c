package webhooks

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	twiliosim "ringback/channels/simulator/twilio"
	"ringback/channels/twilio"
	"ringback/gateway/calls"
	"ringback/settings"
	"ringback/settings/schedule"
)

// FuzzVoice makes any request at the voice doors: whoever signed it gets TwiML
// that can be read, or a 4xx that says why, never a 5xx; what nobody signed is
// never asked about; and what is asked about is fit for the database.
func FuzzVoice(f *testing.F) {
	files, err := filepath.Glob("testdata/doors/*.form")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(f, err)
		for _, query := range []string{"", "at=menu", "at=option&round=1", "at=ring&option=1", "at=dialed&round=2", "at=accept&advisor=a", "at=whisper", "at=record", "at=nowhere&round=-1", "step=ringing"} {
			f.Add(body, query)
		}
	}
	team := &settings.Snapshot{Voice: settings.NewVoice(), Schedules: schedule.NewSet(nil), Advisors: map[string]settings.Advisor{"a": {ID: "a", Phone: "+13125550199"}}}
	team.Voice.Options = []settings.Option{{Digit: "1", Label: "<&>\"", To: settings.ToAdvisors, Advisors: []string{"a"}}}
	f.Fuzz(func(t *testing.T, body []byte, query string) {
		asked := 0
		fit := func(e channels.Event) {
			asked++
			if !utf8.ValidString(e.ProviderID+e.Account+e.SenderAddress+e.CustomerAddress) || e.ProviderID == "" || e.Account != account || e.Call == nil || e.Call.ID == "" {
				t.Errorf("%+v is not fit to be written down", e)
			}
		}
		h := doors(Config{
			Call: func(_ context.Context, r channels.CallRequest) channels.Script {
				fit(r.Event)
				script, _ := calls.Next(calls.Question{Team: team, Sender: "line", Number: "+13125550100", Place: r.Place, Digits: r.Digits, Dial: r.Event.Call.Dial, Now: time.Unix(0, 0)})
				return script
			},
			Receive: func(_ context.Context, events []channels.Event) error {
				for _, e := range events {
					fit(e)
				}
				return nil
			},
		})
		for _, path := range []string{twilio.VoicePath, twilio.NextPath, twilio.RecordingPath, twilio.CallsPath} {
			uri := path + "?" + query
			for _, signature := range []string{"forged", twiliosim.Sign(token, public+uri, form(body))} {
				r, ok := request(uri, body)
				if !ok {
					return
				}
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
				r.Header.Set("X-Twilio-Signature", signature)
				asked = 0
				answered := answer(h, r)
				refused := answered.Code >= 400 && answered.Code < 500
				switch {
				case signature == "forged" && (asked > 0 || !refused):
					t.Fatalf("a forgery: %d, %d events", answered.Code, asked)
				case refused && asked == 0:
				case answered.Code == http.StatusOK && asked > 0 && (path == twilio.CallsPath || path == twilio.RecordingPath):
				case answered.Code == http.StatusOK && asked > 0:
					if err := readable(answered.Body.String()); err != nil {
						t.Fatalf("%v in %s", err, answered.Body)
					}
				default:
					t.Fatalf("%s: %d, %d events", uri, answered.Code, asked)
				}
			}
		}
	})
}

// readable is nil for a document of TwiML.
func readable(document string) error {
	decoder := xml.NewDecoder(strings.NewReader(document))
	for root := ""; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && root == "Response" {
			return nil
		}
		if err != nil {
			return err
		}
		if element, ok := token.(xml.StartElement); ok && root == "" {
			root = element.Name.Local
		}
	}
}
