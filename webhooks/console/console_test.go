package console

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/rules"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/fault"
	"ringback/settings/staff"
	"ringback/settings/text"
)

// Keys that are put together from parts stand here by their beginning.
var composed = []string{"nav.", "reason.", "automation.", "outcome.", "event.", "channel.", "state.", "fact.", "note.", "note_fact.", "told.", "why.", "line_type.", "stir_verstat.", "assigned_why.", "step.", "call.", "back.", "hours.", "refusal.", "source.", "consent.", "refused.", "ask.", "asked.", "what.", "role.", "sign_in.", "tickets.state.", "tickets.kind.", "tickets.view.", "tickets.sort.", "tickets.none.", "search.kind.", "snooze.", "change.", "media.", "automations.group_", "when.", "option.", "option_help.", "placeholder.", "schedules.kind_", "team.prompt_", "team.ring_", "team.scope_", "staff.factor_", "scope.", "history.", "paste.", "template.", "template_reason.", "template_do.", "try.", "hook_kind.", "notices.kind.", "notices.way.", "notices.state.", "privacy.kind.", "reports.range_", "reports.by_", "traffic.", "traffic.last_", "traffic.part_", "traffic.rest_", "traffic.queue_", "traffic.kind_", "planned.", "remark.", "senders.hours_", "steps.", "sure.", "did.", "encoding.", "zone.", "schedules.every_", "schedules.nth_", "schedules.hint_"}

var own = os.DirFS(".")

var asked = regexp.MustCompile(`(?:\bt |\bT\()"([a-z_.0-9]+)"`)

func TestPagesSayOnlyWhatEveryLanguageHas(t *testing.T) {
	c, err := New(Config{})
	require.NoError(t, err)
	used := map[string]bool{}
	for _, text := range sources(t) {
		for _, found := range asked.FindAllStringSubmatch(text, -1) {
			key := found[1]
			used[key] = true
			if !strings.HasSuffix(key, ".") {
				require.True(t, c.words.Has(key), "no phrase %s", key)
			}
		}
	}
	for _, key := range c.words.Keys() {
		isComposed := slices.ContainsFunc(composed, func(start string) bool { return strings.HasPrefix(key, start) })
		require.True(t, used[key] || isComposed, "nobody says %s", key)
	}
}

func TestEveryEntryOfTheRailHasItsNameAndIcon(t *testing.T) {
	c, err := New(Config{})
	require.NoError(t, err)
	for _, g := range rail {
		require.True(t, c.words.Has("nav.group."+g.Key), g.Key)
		for _, e := range g.Entries {
			require.True(t, c.words.Has("nav."+e.Key), e.Key)
			require.NotEmpty(t, icons[e.Key], e.Key)
			require.True(t, e.route == "" || !strings.Contains(staff.Needs(e.route), "``"), e.Key)
		}
	}
}

func TestEveryReasonHasItsSentence(t *testing.T) {
	c, err := New(Config{})
	require.NoError(t, err)
	raw, err := os.ReadFile("../../gateway/rules/decision.go")
	require.NoError(t, err)
	reasons := regexp.MustCompile(`Reason = "([a-z_]+)"`).FindAllStringSubmatch(string(raw), -1)
	require.Greater(t, len(reasons), 20)
	for _, reason := range reasons {
		require.True(t, c.words.Has("reason."+reason[1]), reason[1])
	}
	for _, d := range automations.All {
		require.True(t, c.words.Has("automation."+d.Key), d.Key)
		require.True(t, c.words.Has("when."+d.Key), d.Key)
		require.True(t, c.words.Has("automations.group_"+d.Group), d.Group)
		for _, o := range d.Options {
			require.True(t, c.words.Has("option."+o.Name) && c.words.Has("option_help."+o.Name), o.Name)
		}
	}
	for _, kind := range append([]string{outboundhooks.Test}, outboundhooks.Kinds...) {
		require.True(t, c.words.Has("hook_kind."+kind), kind)
	}
	for _, name := range text.Placeholders() {
		require.True(t, c.words.Has("placeholder."+name), name)
	}
}

// What a decision is about: every event that rules are on.
func TestEveryEventHasItsName(t *testing.T) {
	c, err := New(Config{})
	require.NoError(t, err)
	for _, kind := range []channels.EventKind{
		channels.MessageReceived, rules.CallSettled, rules.TicketCreated, rules.TicketDone, rules.TicketClosed, rules.Requested, rules.Shared,
	} {
		require.True(t, c.words.Has("event."+string(kind)), kind)
	}
}

// sources is the templates and the handlers.
func sources(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, from := range map[string]fs.FS{"templates/*.html": files, "*.go": own} {
		names, err := fs.Glob(from, name)
		require.NoError(t, err)
		for _, name := range names {
			raw, err := fs.ReadFile(from, name)
			require.NoError(t, err)
			found[name] = string(raw)
		}
	}
	return found
}

func TestNobodyIsLedToAnotherSite(t *testing.T) {
	for path, want := range map[string]string{
		"/teams/1?x=2": "/teams/1?x=2", "": "/", "https://elsewhere.example": "/", "//elsewhere.example": "/",
		"/\\elsewhere.example": "/", "javascript:alert(1)": "/",
		"/\t/elsewhere.example": "/", "/\n/elsewhere.example": "/", "/\u00a0/elsewhere.example": "/", "/\x00/elsewhere.example": "/",
		"/\u200b/elsewhere.example": "/", "\t//elsewhere.example": "/", " /teams": "/", "/\xff/elsewhere.example": "/", "/%zz": "/", "/teams?q=a%20b": "/teams?q=a%20b",
	} {
		require.Equal(t, want, ownPath(path), path)
	}
}

func TestRefusalsAreSaidInTheReadersLanguage(t *testing.T) {
	c, err := New(Config{})
	require.NoError(t, err)
	v := &View{console: c, Words: c.words.Match("pl", "")}
	said, refused := v.refusal(settings.Refuse("name", "empty"))
	require.True(t, refused)
	require.Equal(t, "Nic nie zostało zmienione. Nie może być puste.", said)
	faults, wrong := v.Faults(&settings.Conflict{Fault: fault.New("email", "email_taken")})
	require.True(t, wrong)
	require.Contains(t, faults["email"], "innego")
	_, refused = v.refusal(errors.New("the database is away"))
	require.False(t, refused)

	status, said := v.answer(staff.Principal{StaffID: "ann", Role: settings.RoleAdvisor}.Allowed("change-team"))
	require.Equal(t, http.StatusForbidden, status)
	require.Equal(t, "Twoja rola (advisor) na to nie pozwala: brakuje settings:write.", said)
	said, refused = v.refusal(staff.Principal{StaffID: "ann", Role: settings.RoleManager}.MayLend(settings.RoleAdmin))
	require.True(t, refused)
	require.Equal(t, "Kto zmienia cokolwiek u osoby z rolą admin, musi mieć wszystkie jej uprawnienia.", said)
}

var permitted = regexp.MustCompile(`MayCall\("([a-z-]+)"\)`)

// A button that asks for a route that does not exist would never show.
func TestButtonsAskForRoutesThatExist(t *testing.T) {
	found := 0
	for name, text := range sources(t) {
		for _, route := range permitted.FindAllStringSubmatch(text, -1) {
			found++
			require.NotContains(t, staff.Needs(route[1]), "``", "%s: %s", name, route[1])
		}
	}
	require.Greater(t, found, 5)
}
