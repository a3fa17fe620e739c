package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// tree is a body that gives a team these options.
func tree(options ...object) object { return object{"voice": object{"options": options}} }

func TestANewTeamsCallsRingAndGoToVoicemail(t *testing.T) {
	w := newWorld(t)
	silent := object{"text": "", "recording": ""}
	require.Equal(t, object{
		"greeting": silent, "menu": silent, "options": []any{}, "ring_order": "in_order", "ring_seconds": 20.0,
		"whisper": true, "voicemail": true, "voicemail_prompt": silent, "after_hours_prompt": silent,
	}, w.Must(http.StatusOK, "GET", w.team, nil)["voice"])
	body := chicago("Made with a voice")
	body["voice"] = object{"ring_seconds": 30}
	voice := w.Must(http.StatusCreated, "POST", "/teams", body)["voice"].(object)
	require.Equal(t, 30.0, voice["ring_seconds"])
	require.Equal(t, true, voice["whisper"])
}

func TestAVoiceFlowIsChangedFieldByField(t *testing.T) {
	w := newWorld(t)
	cache := settings.NewCache()
	parts := w.Must(http.StatusCreated, "POST", "/teams", chicago("Parts"))["id"].(string)
	ann := w.member("Ann")
	change := func(voice object) object {
		t.Helper()
		answered := w.Must(http.StatusOK, "PATCH", w.team, object{"voice": voice})["voice"].(object)
		require.Equal(t, answered, w.Must(http.StatusOK, "GET", w.team, nil)["voice"])
		return answered
	}
	change(object{"greeting": object{"text": "Hello", "recording": "https://example.com/hello.mp3"}, "whisper": false})
	now := change(object{"greeting": object{"text": "Good morning"}, "ring_order": "all_at_once"})
	require.Equal(t, object{"text": "Good morning", "recording": ""}, now["greeting"], "a prompt is replaced whole")
	require.Equal(t, "all_at_once", now["ring_order"])
	require.Equal(t, false, now["whisper"], "what was not sent stays")
	now = change(object{"options": []object{
		{"digit": "1", "label": "Service", "to": "advisors", "advisors": []string{ann}},
		{"digit": "*", "label": "Parts", "to": "team", "team": parts},
	}})
	require.Len(t, now["options"], 2)
	require.Equal(t, "Good morning", now["greeting"].(object)["text"])
	s := w.snapshot(t, cache)
	require.Equal(t, settings.Voice{
		Greeting: settings.Prompt{Text: "Good morning"}, RingOrder: settings.RingAll, RingSeconds: 20, Voicemail: true,
		Options: []settings.Option{
			{Digit: "1", Label: "Service", To: settings.ToAdvisors, Advisors: []string{ann}},
			{Digit: "*", Label: "Parts", To: settings.ToTeam, Advisors: []string{}, Team: parts},
		},
	}, s.Voice)
	require.Equal(t, s.Voice, s.Team.Voice)
	require.Equal(t, "Ann", s.Advisors[ann].Name, "an option names her, though she is not on the team")

	now = change(object{"options": []object{{"digit": "1", "to": "voicemail"}}})
	require.Equal(t, []any{object{"digit": "1", "label": "", "to": "voicemail", "advisors": []any{}, "team": ""}}, now["options"],
		"options are replaced whole")
	require.NotContains(t, w.snapshot(t, cache).Advisors, ann)
	version := w.snapshot(t, cache).Team.Version
	change(now)
	require.Equal(t, version, w.snapshot(t, cache).Team.Version, "the same again changes nothing")
	change(object{"options": []object{}})
	require.Empty(t, w.snapshot(t, cache).Voice.Options)
}

func TestWhatCannotBeAVoiceFlow(t *testing.T) {
	w := newWorld(t)
	theirs := strings.TrimPrefix(w.stranger(t), "/teams/")
	ann := w.member("Ann")
	option := func(changes object) object {
		o := object{"digit": "1", "label": "Service", "to": "advisors", "advisors": []string{ann}}
		for field, value := range changes {
			o[field] = value
		}
		return object{"options": []object{{"digit": "9", "to": "voicemail"}, o}}
	}
	ten := []object{}
	for _, digit := range "0123456789" {
		ten = append(ten, object{"digit": string(digit), "to": "voicemail"})
	}
	before := w.Must(http.StatusOK, "GET", w.team, nil)
	for _, one := range []struct {
		field string
		voice any
	}{
		{"voice", nil},
		{"voice", "loud"},
		{"voice.colour", object{"colour": "red"}},
		{"voice.greeting", object{"greeting": nil}},
		{"voice.greeting", object{"greeting": "Hello"}},
		{"voice.greeting.text", object{"greeting": object{"text": "two\nlines"}}},
		{"voice.menu.text", object{"menu": object{"text": strings.Repeat("x", 1001)}}},
		{"voice.voicemail_prompt.recording", object{"voicemail_prompt": object{"recording": "http://example.com/a.mp3"}}},
		{"voice.after_hours_prompt.recording", object{"after_hours_prompt": object{"recording": "a.mp3"}}},
		{"voice.ring_order", object{"ring_order": "by_age"}},
		{"voice.ring_order", object{"ring_order": nil}},
		{"voice.ring_seconds", object{"ring_seconds": 4}},
		{"voice.ring_seconds", object{"ring_seconds": 61}},
		{"voice.ring_seconds", object{"ring_seconds": 20.5}},
		{"voice.whisper", object{"whisper": "yes"}},
		{"voice.options", object{"options": ten}},
		{"voice.options", object{"options": nil}},
		{"voice.options[1].digit", option(object{"digit": "A"})},
		{"voice.options[1].digit", option(object{"digit": "12"})},
		{"voice.options[1].digit", option(object{"digit": ""})},
		{"voice.options[1].digit", option(object{"digit": 1})},
		{"voice.options[1].digit", option(object{"digit": "9"})},
		{"voice.options[1].label", option(object{"label": strings.Repeat("x", 101)})},
		{"voice.options[1].to", option(object{"to": "moon"})},
		{"voice.options[1].to", option(object{"to": nil})},
		{"voice.options[1].advisors", option(object{"advisors": []string{}})},
		{"voice.options[1].advisors", option(object{"to": "voicemail"})},
		{"voice.options[1].advisors[1]", option(object{"advisors": []string{ann, nobody}})},
		{"voice.options[1].advisors[1]", option(object{"advisors": []string{ann, ann}})},
		{"voice.options[1].advisors[0]", option(object{"advisors": []string{"Ann"}})},
		{"voice.options[1].team", option(object{"team": w.teamID})},
		{"voice.options[1].team", option(object{"to": "team", "advisors": []string{}})},
		{"voice.options[1].team", option(object{"to": "team", "advisors": []string{}, "team": "x"})},
		{"voice.options[1].team", option(object{"to": "team", "advisors": []string{}, "team": nobody})},
		{"voice.options[1].team", option(object{"to": "team", "advisors": []string{}, "team": theirs})},
		{"voice.options[1].team", option(object{"to": "team", "advisors": []string{}, "team": w.teamID})},
		{"voice.options[1].colour", option(object{"colour": "red"})},
	} {
		fields := w.Refused(http.StatusUnprocessableEntity, "PATCH", w.team, object{"voice": one.voice})
		require.Contains(t, fields, one.field, "%v", one)
	}
	require.Equal(t, before, w.Must(http.StatusOK, "GET", w.team, nil))
	body := chicago("New")
	body["voice"] = option(object{"to": "team", "advisors": []string{}, "team": nobody})
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", "/teams", body), "voice.options[1].team")
}

func TestTheHistoryTellsWhatCallersHeardBefore(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{"Hello", "Good morning"} {
		w.Must(http.StatusOK, "PATCH", w.team, object{"voice": object{"greeting": object{"text": text}}})
	}
	newest := w.Must(http.StatusOK, "GET", w.team+"/history?limit=1", nil)["items"].([]any)[0].(object)
	require.Equal(t, "team", newest["what"])
	greeting := func(document any) any { return document.(object)["voice"].(object)["greeting"].(object)["text"] }
	require.Equal(t, "Hello", greeting(newest["before"]))
	require.Equal(t, "Good morning", greeting(newest["after"]))
}
