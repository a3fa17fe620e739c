package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// another adds a schedule of that title, at noon on weekdays.
func (b *browser) another(title string) {
	b.t.Helper()
	form := b.get(b.schedules()+"/new").form(b.t, "schedule")
	form.Set("title", title)
	form.Set("from", "12:00")
	form.Set("to", "13:00")
	form.Set("date", "2026-06-01")
	b.ask("POST", b.schedules(), form).leadsTo(b.t, b.schedules())
}

// inOrder are the titles, in their order.
func (b *browser) inOrder() string {
	b.t.Helper()
	var titles []string
	for _, s := range b.kept() {
		titles = append(titles, s.Title)
	}
	return strings.Join(titles, " ")
}

// press is the order's form, sent by one of the page's buttons.
func (b *browser) press(shown page, label string, headers ...string) page {
	b.t.Helper()
	button := regexp.MustCompile(`<button form="order"[^>]* name="move" value="([^"]+)"[^>]*>[^\n]*` + label + `</span>`).FindStringSubmatch(shown.text)
	require.NotNil(b.t, button, label)
	form := shown.form(b.t, "order")
	form.Set("move", button[1])
	return b.ask("POST", b.schedules()+"/order?week=2026-06-08", form, headers...)
}

// TestSchedulesAreMovedByTheirButtons, without a script: the page comes back to the one
// that was moved, with the week that was looked at.
func TestSchedulesAreMovedByTheirButtons(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.clock.Stop(time.Date(2026, 6, 1, 12, 30, 0, 0, time.UTC)) // a Monday
	require.NotRegexp(t, `data-way=|data-drag|schedules/order`, b.get(b.schedules()).text, "one alone has no order")
	b.another("Lunch")
	b.another("Rush")
	require.Equal(t, "Rush Lunch Weekdays", b.inOrder())
	shown := b.get(b.schedules())
	require.Contains(t, shown.text, "because “Rush” is in effect")
	require.Contains(t, shown.text, "When two overlap, the one that is higher in the list counts.")
	moved := b.press(shown, "Move “Weekdays” up")
	moved.leadsTo(t, b.schedules()+"?week=2026-06-08")
	b.landed(t, moved, `class="card schedule" data-id="`+b.kept()[1].ID+`"`)
	require.Equal(t, "Rush Weekdays Lunch", b.inOrder())
	b.press(b.get(b.schedules()), "Move “Rush” down").leadsTo(t, b.schedules()+"?week=2026-06-08")
	require.Equal(t, "Weekdays Rush Lunch", b.inOrder())
	shown = b.get(b.schedules())
	require.Contains(t, shown.text, "because “Weekdays” is in effect")
	for _, edge := range []string{"Move “Weekdays” up", "Move “Lunch” down"} {
		require.Regexp(t, `aria-disabled="true">[^\n]*`+edge, shown.text)
		b.press(shown, edge).leadsTo(t, b.schedules()+"?week=2026-06-08")
	}
	require.Equal(t, "Weekdays Rush Lunch", b.inOrder())
}

// TestAMoveBesideThePage answers the parts that it changes, with where it stands now in
// words; who was overtaken is told and shown how it stands.
func TestAMoveBesideThePage(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.clock.Stop(time.Date(2026, 6, 1, 12, 30, 0, 0, time.UTC))
	b.another("Lunch")
	b.another("Rush")
	shown := b.get(b.schedules())
	form := shown.form(t, "order")
	form.Set("move", b.kept()[2].ID+" 0") // as dropped at the top
	part := b.ask("POST", b.schedules()+"/order?week=2026-06-08", form, "HX-Request", "true")
	require.Equal(t, http.StatusOK, part.status)
	for _, id := range []string{"in-order", "in-effect", "right-now"} {
		require.Contains(t, part.text, `id="`+id+`"`)
	}
	require.Contains(t, part.text, `data-tell="“Weekdays” is now number 1 of 3."`)
	require.Contains(t, part.text, "because “Weekdays” is in effect")
	require.Equal(t, "Weekdays Rush Lunch", b.inOrder())

	stale := b.press(shown, "Move “Rush” down", "HX-Request", "true")
	require.Equal(t, http.StatusUnprocessableEntity, stale.status)
	require.Contains(t, stale.text, `role="alert">Nothing was changed. Somebody changed the order meanwhile, or added or deleted a schedule.</p>`)
	require.Less(t, strings.Index(stale.text, ">Weekdays</a>"), strings.Index(stale.text, ">Rush</a>"), "how it stands")
	require.Equal(t, http.StatusUnprocessableEntity, b.press(shown, "Move “Rush” down").status)
	require.Equal(t, "Weekdays Rush Lunch", b.inOrder())

	for _, nonsense := range []url.Values{{}, {"seen": {"x"}, "move": {"x 1"}}, {"seen": {b.kept()[0].ID, b.kept()[0].ID}, "move": {b.kept()[0].ID + " 1"}}} {
		require.Equal(t, http.StatusUnprocessableEntity, b.ask("POST", b.schedules()+"/order", nonsense).status)
	}
	full := b.get(b.schedules()).form(t, "order")
	for _, move := range []string{"", "x", b.kept()[0].ID, b.kept()[0].ID + " x", b.kept()[0].ID + " -5"} {
		full.Set("move", move)
		require.Equal(t, http.StatusSeeOther, b.ask("POST", b.schedules()+"/order", full).status, "%q moves nothing", move)
	}
	require.Equal(t, "Weekdays Rush Lunch", b.inOrder())
}

// TestWhoMayOnlyLookSeesNoHandles.
func TestWhoMayOnlyLookSeesNoHandles(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.another("Lunch")
	made := b.post("/keys", "name", "reader", "scopes", "settings:read")
	key := regexp.MustCompile(`data-copy="([^"]+)"`).FindStringSubmatch(made.text)
	require.NotNil(t, key)
	shown := b.get(b.schedules())
	require.Regexp(t, `data-drag`, shown.text)
	form := shown.form(t, "order")
	form.Set("move", b.kept()[0].ID+" 1")
	b.Client = anew(t)
	asReader := []string{"Authorization", "Bearer " + key[1]}
	looked := b.ask("GET", b.schedules(), nil, asReader...)
	require.Equal(t, http.StatusOK, looked.status)
	require.NotRegexp(t, `data-way=|data-drag|schedules/order|by its dots|order\.js`, looked.text)
	require.Contains(t, looked.text, "the one that is higher in the list counts")
	require.Equal(t, http.StatusForbidden, b.ask("POST", b.schedules()+"/order", form, asReader...).status)
	require.Equal(t, "Lunch Weekdays", b.inOrder())
}

// TestTheHistoryTellsAnOrder in titles, also of a schedule that is gone, and takes it back.
func TestTheHistoryTellsAnOrder(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.another("Lunch")
	b.press(b.get(b.schedules()), "Move “Lunch” down")
	require.Equal(t, "Weekdays Lunch", b.inOrder())
	history := "/teams/" + b.team + "/history"
	line := b.newest(history)
	b.another("Rush")
	b.press(b.get(b.schedules()), "Move “Lunch” up")
	theirs := b.newest(history)
	b.post(b.schedules()+"/"+b.kept()[0].ID+"/delete").leadsTo(t, b.schedules())
	told := plain(b.get(history))
	require.Contains(t, told, `<h2>Order of the schedules</h2>`)
	require.Contains(t, told, `<span class="muted">Order:</span> <del>Lunch, Weekdays</del> <span aria-hidden="true">→</span> <ins>Weekdays, Lunch</ins>`)
	require.NotContains(t, told, "ranked_at")
	require.Equal(t, "Lunch Weekdays", b.inOrder())
	b.post(history+"/"+theirs+"/restore").leadsTo(t, history+"?restored=1")
	require.Equal(t, "Weekdays Lunch", b.inOrder())
	b.post(history+"/"+line+"/restore", "seen", b.newest(history)).leadsTo(t, history+"?restored=1")
	require.Equal(t, "Lunch Weekdays", b.inOrder())
	b.press(b.get(b.schedules()), "Move “Lunch” down")
	since := b.post(history+"/"+b.newest(history)+"/restore", "seen", "")
	since.leadsTo(t, history+"?restored=1")
	require.Equal(t, "Lunch Weekdays", b.inOrder())
}
