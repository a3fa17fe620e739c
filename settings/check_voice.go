package settings

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
)

// Bounds of a voice flow. Ringing much longer than a minute only loses callers
// to the advisor's own voicemail.
const (
	maxOptions     = 9
	maxLabel       = 100
	maxPrompt      = 1000
	maxRecording   = 2000
	minRingSeconds = 5
	maxRingSeconds = 60
	keypad         = "0123456789*" // the key # means "that is all", and is not a choice
)

// check returns what is wrong with the flow by itself; checkNamed, whether
// those whom it names are there.
func (v *Voice) check() Invalid {
	if v.Options == nil {
		v.Options = []Option{}
	}
	var wrong Invalid
	for field, prompt := range v.prompts() {
		wrong = append(wrong, prompt.check(field)...)
	}
	wrong.Add(v.RingOrder != RingInOrder && v.RingOrder != RingAll, "voice.ring_order", "not_one_of", "List", []string{RingInOrder, RingAll})
	wrong.Add(v.RingSeconds < minRingSeconds || v.RingSeconds > maxRingSeconds, "voice.ring_seconds",
		"range", "From", minRingSeconds, "To", maxRingSeconds)
	wrong.Add(len(v.Options) > maxOptions, "voice.options", "too_many_choices", "Count", maxOptions)
	taken := ""
	for n := range v.Options {
		o := &v.Options[n]
		if o.Advisors == nil {
			o.Advisors = []string{}
		}
		field := fmt.Sprintf("voice.options[%d].", n)
		wrong = append(wrong, o.check(field)...)
		wrong.Add(o.Digit != "" && strings.Contains(taken, o.Digit), field+"digit", "digit_taken")
		taken += o.Digit
	}
	return wrong
}

// prompts are what the team says itself, by its field.
func (v Voice) prompts() iter.Seq2[string, Prompt] {
	return func(yield func(string, Prompt) bool) {
		_ = yield("voice.greeting", v.Greeting) && yield("voice.menu", v.Menu) &&
			yield("voice.voicemail_prompt", v.Leave) && yield("voice.after_hours_prompt", v.Closed)
	}
}

func (p Prompt) check(field string) Invalid {
	var wrong Invalid
	wrong.Add(utf8.RuneCountInString(p.Text) > maxPrompt, field+".text", "too_long", "Count", maxPrompt)
	wrong.Add(strings.ContainsFunc(p.Text, unspeakable), field+".text", "not_one_paragraph")
	if _, uploaded := p.Uploaded(); uploaded {
		return wrong // whether it is there, checkNamed asks
	}
	wrong.Add(p.Recording != "" && !playable(p.Recording), field+".recording",
		"recording")
	return wrong
}

// unspeakable are line breaks, control characters and the two that XML, in
// which a prompt reaches the provider, cannot hold.
func unspeakable(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || r == 0xFFFE || r == 0xFFFF
}

func playable(recording string) bool {
	u, err := url.Parse(recording)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil &&
		len(recording) <= maxRecording && !strings.ContainsFunc(recording, func(r rune) bool { return unicode.IsSpace(r) || unspeakable(r) })
}

func (o Option) check(field string) Invalid {
	var wrong Invalid
	wrong.Add(len(o.Digit) != 1 || !strings.Contains(keypad, o.Digit), field+"digit", "digit")
	wrong.Add(utf8.RuneCountInString(o.Label) > maxLabel, field+"label", "too_long", "Count", maxLabel)
	wrong.Add(strings.ContainsFunc(o.Label, unspeakable), field+"label", "not_one_line")
	wrong.Add(!slices.Contains([]string{ToAdvisors, ToTeam, ToVoicemail}, o.To), field+"to", "not_one_of", "List", []string{ToAdvisors, ToTeam, ToVoicemail})
	wrong.Add(o.To == ToAdvisors && len(o.Advisors) == 0, field+"advisors", "nobody_named")
	wrong.Add(o.To != ToAdvisors && len(o.Advisors) > 0, field+"advisors", "goes_with_option", "Option", ToAdvisors)
	wrong.Add(o.To == ToTeam && o.Team == "", field+"team", "other_team")
	wrong.Add(o.To != ToTeam && o.Team != "", field+"team", "goes_with_option", "Option", ToTeam)
	return wrong
}

// soundsOf are a team's uploaded files that a provider can play to a caller.
const soundsOf = `
select id from media where company_id = $1 and team_id::text = $3 and id = any($2::uuid[]) and state = 'stored'
	and content_type in ('audio/mpeg', 'audio/wav', 'audio/aiff', 'audio/basic')`

// checkPlayed refuses prompts whose file the team does not have.
func (v Voice) checkPlayed(ctx context.Context, q sqlx.QueryerContext, companyID, teamID string) error {
	var ids []string
	for _, prompt := range v.prompts() {
		if id, ok := prompt.Uploaded(); ok {
			ids = append(ids, id)
		}
	}
	known, err := among(ctx, q, soundsOf, companyID, ids, teamID)
	if err != nil {
		return err
	}
	var wrong Invalid
	for field, prompt := range v.prompts() {
		id, ok := prompt.Uploaded()
		wrong.Add(ok && !known[id], field+".recording", "recording_file")
	}
	return wrong.Err()
}

// checkNamed refuses files, staff and teams that are not there, and options
// that lead back to the team itself.
func (v Voice) checkNamed(ctx context.Context, q sqlx.QueryerContext, companyID, teamID string) error {
	if err := v.checkPlayed(ctx, q, companyID, teamID); err != nil {
		return err
	}
	if len(v.Options) == 0 {
		return nil
	}
	var staff, teams []string
	for _, o := range v.Options {
		staff, teams = append(staff, o.Advisors...), append(teams, o.Team)
	}
	knownStaff, err := among(ctx, q, staffAmong, companyID, staff)
	if err != nil {
		return err
	}
	knownTeams, err := among(ctx, q, teamsAmong, companyID, teams)
	if err != nil {
		return err
	}
	var wrong Invalid
	for n, o := range v.Options {
		field := fmt.Sprintf("voice.options[%d].", n)
		wrong = append(wrong, checkAdvisors(field, o.Advisors, knownStaff)...)
		wrong.Add(o.Team != "" && !knownTeams[o.Team], field+"team", "other_team")
		wrong.Add(o.Team != "" && o.Team == teamID, field+"team", "same_team")
	}
	return wrong.Err()
}
