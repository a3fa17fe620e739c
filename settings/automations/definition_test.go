package automations

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/text"
)

// TestTheFourteen: each has what a page shows of it, a text in every language, and
// options whose defaults can be saved.
func TestTheFourteen(t *testing.T) {
	t.Parallel()
	require.Len(t, All, 14)
	seen := map[string]bool{}
	for _, d := range All {
		require.False(t, seen[d.Key], "%s is there twice", d.Key)
		seen[d.Key] = true
		found, known := Find(d.Key)
		require.True(t, known)
		require.Equal(t, d.Title, found.Title)
		require.NotEmpty(t, d.Doc, d.Key)
		require.Contains(t, []string{GroupCalls, GroupTexts, GroupRequests}, d.Group, d.Key)
		require.NotEmpty(t, d.Channels, d.Key)
		for _, channel := range d.Channels {
			require.Contains(t, []string{"sms", "whatsapp", "webchat"}, channel, d.Key)
		}
		for _, language := range text.Languages() {
			said := text.Default(language, d.Key)
			require.NotEmpty(t, said, "%s in %s", d.Key, language)
			require.False(t, strings.Contains(said, "{{link}}") && !d.Page, "%s in %s leads to no page", d.Key, language)
		}
		initial := d.Initial()
		require.Equal(t, []any{d.Key, d.On, true, true}, []any{initial.Key, initial.Enabled, initial.IncludeCompanyName, initial.IncludeTeamName})
		require.Empty(t, d.CheckOptions(initial.Options), d.Key)
		require.Len(t, initial.Options, len(d.Options), d.Key)
	}
	_, known := Find("no_such")
	require.False(t, known)
	off := slices.DeleteFunc(slices.Clone(All), func(d Definition) bool { return d.On })
	require.Len(t, off, 2, "the texts of closed hours to who writes or leaves a ticket")
}

// TestWhereEachGoesOut: after a call by text alone, what is asked and a greeting
// wherever the customer writes, the closed hours' answer on phones; an app's ticket is
// answered by text.
func TestWhereEachGoesOut(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		CustomerHangsUp: "sms", CustomerLeavesVoicemail: "sms", AfterSuccessfulCall: "sms", AfterHoursCall: "sms", CustomerCallMissed: "sms",
		CaptureAdvisorRating: "sms whatsapp webchat", AskIssueResolved: "sms whatsapp webchat", CustomerFirstChat: "sms whatsapp webchat",
		RequestPhotoVideo: "sms whatsapp webchat", ShareVoiceHub: "sms whatsapp webchat", RequestApproval: "sms whatsapp webchat", RequestPayment: "sms whatsapp webchat",
		AfterHoursText: "sms whatsapp", AfterHoursTicket: "webchat sms",
	} {
		d, _ := Find(key)
		require.Equal(t, want, strings.Join(d.Channels, " "), key)
	}
}

// TestOptionsAreHeldToTheirBounds: each of every automation at both of its limits
// and one beyond, and never of another type.
func TestOptionsAreHeldToTheirBounds(t *testing.T) {
	t.Parallel()
	for _, d := range All {
		for _, o := range d.Options {
			check := func(value any) string {
				wrong := d.CheckOptions(map[string]any{o.Name: value})
				if len(wrong) == 0 {
					return ""
				}
				require.Equal(t, o.Name, wrong[0].Field)
				return wrong[0].Code
			}
			switch o.Kind() {
			case "bool":
				for value, want := range map[any]string{true: "", false: "", 1: "not_boolean", "true": "not_boolean", nil: "not_boolean"} {
					require.Equal(t, want, check(value), "%s %v", o.Name, value)
				}
			case "int":
				for value, want := range map[any]string{
					o.Min: "", o.Max: "", float64(o.Max): "", o.Min - 1: "range", o.Max + 1: "range", float64(o.Min) + 0.5: "range", "1": "range", true: "range", nil: "range", 1e300: "range",
				} {
					require.Equal(t, want, check(value), "%s %v", o.Name, value)
				}
			case "string":
				for value, want := range map[any]string{"": "", 5: "too_long", nil: "too_long", strings.Repeat("a", o.Max+1): "too_long"} {
					require.Equal(t, want, check(value), "%s %v", o.Name, value)
				}
			default:
				t.Errorf("%s of %s has a default of no known type", o.Name, d.Key)
			}
		}
		wrong := d.CheckOptions(map[string]any{"no_such": 1})
		require.Equal(t, []string{"no_such", "no_option"}, []string{wrong[0].Field, wrong[0].Code})
	}
}

// TestWhatIsNotChosenIsTheDefault, and a number may come as JSON brings it.
func TestWhatIsNotChosenIsTheDefault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options map[string]any
		delay   int
		opening bool
	}{
		"nothing chosen":    {nil, 0, true},
		"chosen":            {map[string]any{DelaySeconds: 90, IncludeOpeningTime: false}, 90, false},
		"as JSON brings it": {map[string]any{DelaySeconds: 90.0, IncludeOpeningTime: true}, 90, true},
		"of another type":   {map[string]any{DelaySeconds: "90", IncludeOpeningTime: "yes"}, 0, false},
	} {
		s := Setting{Key: AfterHoursCall, Options: c.options}
		require.Equal(t, []any{c.delay, c.opening}, []any{s.Int(DelaySeconds), s.Bool(IncludeOpeningTime)}, name)
	}
	require.Equal(t, []any{8, 21}, []any{Setting{Key: CaptureAdvisorRating}.Int(EarliestHour), Setting{Key: CaptureAdvisorRating}.Int(LatestHour)})
	require.Zero(t, Setting{Key: "no_such"}.Int(DelaySeconds))
	require.False(t, Setting{Key: CustomerFirstChat}.Bool(IncludeOpeningTime), "it has no such option")
}
