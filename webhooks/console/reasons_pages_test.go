package console_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/web/i18n"
)

var (
	shownCode = regexp.MustCompile(`\b[a-z]+(_[a-z]+)+\b`)
	hidden    = regexp.MustCompile(`(?s)<(script|style|pre)\b.*?</(script|style|pre)>|<[^>]*>`)
)

// Each reason there is, on all pages that show decisions and in each language.
func TestPagesSayEachReasonInWords(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.api("POST", "/teams/"+b.team+"/senders", map[string]any{"kind": "sms", "address": "+15005550006"})
	ticket := b.opened("Ann Kowalski", "+13125550142", "The boiler is cold")
	raw, err := os.ReadFile("../../gateway/rules/decision.go")
	require.NoError(t, err)
	codes := map[string]bool{}
	for _, found := range regexp.MustCompile(`Reason = "([a-z_]+)"`).FindAllStringSubmatch(string(raw), -1) {
		codes[found[1]] = true
		_, err := b.db.Exec(`insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, outcome, reason, facts, at)
			select company_id, gen_random_uuid(), team_id, contact_id, id, gen_random_uuid(), 'message', 'SM', 'skipped', $2, '{"open": false}', opened_at from tickets where id = $1`, ticket, found[1])
		require.NoError(t, err)
	}
	require.Greater(t, len(codes), 30)
	team := "/teams/" + b.team
	pages := []string{team + "/decisions", team + "/tickets/" + ticket, team + "/try?kind=message&channel=sms&text=Hello&contact=%2B13125550142", team + "/try?kind=call&outcome=too_short"}
	for _, language := range i18n.Tags {
		b.post("/language", "language", language, "back", "/account")
		for _, page := range pages {
			answer := b.get(page)
			require.Equal(t, 200, answer.status, page)
			for _, code := range shownCode.FindAllString(hidden.ReplaceAllString(answer.text, " "), -1) {
				require.False(t, codes[code], "%s: %s shows %s", language, strings.TrimPrefix(page, team), code)
			}
		}
	}
}
