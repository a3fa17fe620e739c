package twilio

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	menu      = channels.Place{At: "menu", Team: "t-1"}
	rung      = channels.Place{At: "rung", Team: "t-1", Round: 1, Advisor: "a-9", Option: "*1"}
	whisper   = channels.Place{At: "whisper", Advisor: "a-9"}
	status    = channels.Place{At: "leg", Advisor: "a-9"}
	voicemail = channels.Place{At: "recorded", Team: "t-1"}
)

func TestTwiML(t *testing.T) {
	for name, script := range map[string]channels.Script{
		"greeting": {
			channels.Say{Text: `Tom & Jerry's <"best"> shop`, Language: "en"},
			channels.Play{URL: "https://gw.example/media/1.mp3?a=1&b=2"},
			channels.Go{Next: menu},
		},
		"menu": {channels.Gather{
			Prompts: channels.Script{
				channels.Say{Text: "Sprzedaż: jeden.\r\n\tSerwis:\x00 dwa.", Language: "pl"},
				channels.Play{URL: "https://gw.example/media/2.mp3"},
				channels.Hangup{},
				channels.Say{Text: "never heard"},
			},
			Digits: 1, Seconds: 6, Next: menu,
		}},
		"ring_one": {channels.Ring{
			Lines: []channels.Leg{{Number: "+1 555 000 9999", Whisper: whisper, Status: status}},
			From:  "+15550001111", Seconds: 25, Next: rung,
		}},
		"ring_all": {channels.Ring{
			Lines: []channels.Leg{{Number: "+15550009991"}, {Number: ""}, {Number: "sip:x"}, {Number: "+15550009992", Whisper: whisper}},
			From:  "anonymous", Next: rung,
		}},
		"ring_nobody": {channels.Ring{From: "+15550001111", Seconds: 25, Next: rung}},
		"voicemail": {
			channels.Say{Text: "Bitte sprechen Sie nach dem Ton.", Language: "de-DE"},
			channels.Record{MaxSeconds: 120, Next: voicemail, Done: voicemail},
			channels.Say{Text: "never heard"},
		},
		"hangup":           {channels.Say{Text: "Até logo.", Language: "pt-BR"}, channels.Hangup{}, channels.Go{Next: menu}},
		"empty":            {},
		"unknown_language": {channels.Say{Text: "tervist", Language: "et"}, channels.Say{Text: " \n "}, channels.Play{}},
		"out_of_bounds": {
			nil,
			channels.Ring{
				Lines:   slices.Repeat([]channels.Leg{{Number: "+15550009999"}}, 11),
				Seconds: 9999, Next: channels.Place{At: "<x>&y", Round: -3, Option: "é"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			answer := render(script, publicURL+"/")
			require.Equal(t, "text/xml", answer.ContentType)
			grammatical(t, answer.Body)
			file := filepath.Join("testdata", "twiml", name+".xml")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(answer.Body), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), answer.Body)
		})
	}
}

// grammar says which attributes an element may have and in which it may stand.
// https://www.twilio.com/docs/voice/twiml
var grammar = map[string]struct {
	in         []string
	attributes string
}{
	"Response": {[]string{""}, ""},
	"Say":      {[]string{"Response", "Gather"}, "language"},
	"Play":     {[]string{"Response", "Gather"}, ""},
	"Gather":   {[]string{"Response"}, "action actionOnEmptyResult input numDigits timeout"},
	"Dial":     {[]string{"Response"}, "action answerOnBridge callerId timeout"},
	"Number":   {[]string{"Dial"}, "statusCallback statusCallbackEvent url"},
	"Record":   {[]string{"Response"}, "action finishOnKey maxLength playBeep recordingStatusCallback recordingStatusCallbackEvent trim"},
	"Redirect": {[]string{"Response"}, ""},
	"Hangup":   {[]string{"Response"}, ""},
}

// grammatical reads a document as Twilio would: well formed, of its words
// alone, short enough, and each address leads to a door that reads it.
func grammatical(t require.TestingT, body string) {
	require.LessOrEqual(t, len(body), 64<<10)
	decoder := xml.NewDecoder(strings.NewReader(body))
	open := []string{""}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, body)
		switch token := token.(type) {
		case xml.StartElement:
			word, known := grammar[token.Name.Local]
			require.True(t, known, "<%s>", token.Name.Local)
			require.Contains(t, word.in, open[len(open)-1], body)
			for _, a := range token.Attr {
				require.Contains(t, strings.Fields(word.attributes), a.Name.Local, body)
				require.NotEmpty(t, a.Value)
				if strings.HasPrefix(a.Value, publicURL) {
					leads(t, a.Value)
				}
			}
			open = append(open, token.Name.Local)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if open[len(open)-1] == "Redirect" {
				leads(t, string(token))
			}
		}
	}
}

func leads(t require.TestingT, address string) {
	address, _, _ = strings.Cut(address, "#") // which Twilio keeps for itself
	path, _, _ := strings.Cut(strings.TrimPrefix(address, publicURL), "?")
	require.Contains(t, []string{NextPath, RecordingPath, CallsPath}, path)
	_, err := readPlace(channels.Request{Method: http.MethodPost, URL: address})
	require.NoError(t, err, address)
}

// anyScript draws scripts that no flow would make.
func anyScript() *rapid.Generator[channels.Script] {
	places := anyPlace(rapid.String(), rapid.Int())
	say := rapid.Custom(func(t *rapid.T) channels.Verb {
		text := strings.Repeat(rapid.String().Draw(t, "text"), rapid.IntRange(0, 400).Draw(t, "times"))
		return channels.Say{Text: text + "\x00\x1b\ufffe\xff", Language: rapid.String().Draw(t, "language")}
	})
	play := rapid.Custom(func(t *rapid.T) channels.Verb { return channels.Play{URL: rapid.String().Draw(t, "url")} })
	ring := rapid.Custom(func(t *rapid.T) channels.Verb {
		number := rapid.OneOf(rapid.String(), rapid.StringMatching(`\+[0-9]{5,15}`))
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) channels.Leg {
			return channels.Leg{Number: number.Draw(t, "to"), Whisper: places.Draw(t, "whisper"), Status: places.Draw(t, "status")}
		}), 0, 20)
		return channels.Ring{Lines: lines.Draw(t, "lines"), From: number.Draw(t, "from"), Seconds: rapid.Int().Draw(t, "seconds"), Next: places.Draw(t, "next")}
	})
	record := rapid.Custom(func(t *rapid.T) channels.Verb {
		return channels.Record{MaxSeconds: rapid.Int().Draw(t, "seconds"), Next: places.Draw(t, "next"), Done: places.Draw(t, "done")}
	})
	gather := rapid.Custom(func(t *rapid.T) channels.Verb {
		prompts := rapid.SliceOf(rapid.OneOf(say, play, record)).Draw(t, "prompts")
		return channels.Gather{Prompts: prompts, Digits: rapid.Int().Draw(t, "digits"), Seconds: rapid.Int().Draw(t, "seconds"), Next: places.Draw(t, "next")}
	})
	goes := rapid.Map(places, func(p channels.Place) channels.Verb { return channels.Go{Next: p} })
	end := rapid.SampledFrom([]channels.Verb{channels.Hangup{}, nil, (*channels.Say)(nil)})
	return rapid.Map(rapid.SliceOf(rapid.OneOf(say, say, play, ring, record, gather, goes, end)),
		func(verbs []channels.Verb) channels.Script { return verbs })
}

func TestAnyScriptIsTwiML(t *testing.T) {
	scripts := anyScript()
	rapid.Check(t, func(t *rapid.T) {
		grammatical(t, render(scripts.Draw(t, "script"), publicURL).Body)
	})
}

// TestLongPromptsAreCut: where the script leads to stays in any case.
func TestLongPromptsAreCut(t *testing.T) {
	next := channels.Go{Next: menu}
	long := channels.Say{Text: strings.Repeat(`"`, 9000), Language: "en"}
	for _, script := range []channels.Script{
		{long, next},
		{long, long, long, long, next},
		append(slices.Repeat(channels.Script{long}, 50), next),
		append(slices.Repeat(channels.Script{channels.Say{Text: "hello"}}, 5000), next),
		append(slices.Repeat(channels.Script{channels.Play{URL: "https://gw.example/" + strings.Repeat("x", 3000)}}, 50), next),
	} {
		body := render(script, publicURL).Body
		grammatical(t, body)
		require.Contains(t, body, "at=menu")
	}
	require.Equal(t, maxSay, strings.Count(render(channels.Script{long}, publicURL).Body, "&quot;"))
	four := render(channels.Script{long, long, long, long}, publicURL).Body
	require.Equal(t, 4*maxSay/2, strings.Count(four, "&quot;"), "each is cut alike")
}

// TestWhatTellsOfCallsIsTriedAgain: of itself Twilio repeats only what could not connect,
// and a recording that found us with a 503 would never be heard of. What is asked while
// somebody listens is not repeated: its time is the caller's.
func TestWhatTellsOfCallsIsTriedAgain(t *testing.T) {
	for attribute, script := range map[string]channels.Script{
		"recordingStatusCallback": {channels.Record{MaxSeconds: 120, Next: voicemail, Done: voicemail}},
		"statusCallback":          {channels.Ring{Lines: []channels.Leg{{Number: "+15550009999", Whisper: whisper, Status: status}}, Next: rung}},
	} {
		body := render(script, publicURL).Body
		require.Regexp(t, ` `+attribute+`="[^"#]+#rc=5&amp;rp=all"`, body)
		require.Equal(t, 1, strings.Count(body, "rp=all"), body)
	}
}

func BenchmarkRender(b *testing.B) {
	script := channels.Script{channels.Gather{
		Prompts: channels.Script{channels.Say{Text: "For sales press one, for service press two.", Language: "en"}},
		Digits:  1, Seconds: 5, Next: menu,
	}}
	b.ReportAllocs()
	for b.Loop() {
		render(script, publicURL)
	}
}
