package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/automations"
)

func (b *browser) messages() string { return "/teams/" + b.team + "/automations" }

// stored is what the team has by now.
func (b *browser) stored(key string) automations.Setting {
	b.t.Helper()
	snapshot, err := settings.Load(b.t.Context(), b.db, b.gate.Company, b.team)
	require.NoError(b.t, err)
	return snapshot.Automations[key]
}

func TestAllMessagesAreSavedAtOnce(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	shown := b.get(b.messages())
	require.Equal(t, http.StatusOK, shown.status)
	require.Contains(t, shown.text, `placeholder="Sorry we missed your call.`)
	form := shown.form(t, "messages")
	before := b.stored(automations.AfterHoursCall)

	form.Set("after_hours_text.enabled", "true")
	form.Del("share_voicehub.enabled")
	form.Set("customer_first_chat.message", "Hello {{customer_name}},\r\nwe read this.")
	form.Set("customer_call_missed.options.delay_seconds", "30")
	form.Del("after_hours_ticket.options.include_opening_time")
	for range 2 { // a form that is sent twice is not a conflict with itself
		answer := b.ask("POST", b.messages(), form)
		require.Equal(t, http.StatusSeeOther, answer.status, answer.text)
		require.Regexp(t, `\?at=[a-z_]+&saved=\d+#saved$`, answer.header.Get("Location"))
		require.Regexp(t, `Saved \d\d:\d\d`, b.get(answer.header.Get("Location")).text)
	}

	require.True(t, b.stored(automations.AfterHoursText).Enabled)
	require.False(t, b.stored(automations.ShareVoiceHub).Enabled)
	require.Equal(t, "Hello {{customer_name}},\nwe read this.", b.stored(automations.CustomerFirstChat).Message)
	require.Equal(t, 30, b.stored(automations.CustomerCallMissed).Int(automations.DelaySeconds))
	require.False(t, b.stored(automations.AfterHoursTicket).Bool(automations.IncludeOpeningTime))
	require.Equal(t, before, b.stored(automations.AfterHoursCall))
	require.Equal(t, form.Get("customer_hangs_up.message"), "")
}

func TestWhatIsRefusedStandsBesideItsField(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	form := b.get(b.messages()).form(t, "messages")
	form.Set("request_payment.message", `</textarea><script>alert(1)</script>{{nobody}}`)
	form.Set("customer_hangs_up.options.delay_seconds", "soon")
	form.Set("share_voicehub.extra_message", "{{link")
	form.Set("after_hours_call.message", "typed and good")
	answer := b.ask("POST", b.messages(), form, "Accept-Language", "pl")
	require.Equal(t, http.StatusUnprocessableEntity, answer.status)
	require.NotContains(t, answer.text, "<script>alert")
	require.Equal(t, form, answer.form(t, "messages"), "nothing typed is lost")
	require.Contains(t, answer.text, `id="request_payment-message-fault">Nie ma pola {{nobody}}.`)
	require.Contains(t, answer.text, `id="customer_hangs_up-delay_seconds-fault">Wpisz liczbę całkowitą od 0 do 300.`)
	require.Contains(t, answer.text, `id="share_voicehub-extra-fault">Nawiasy nie są domknięte.`)
	require.Empty(t, b.stored(automations.AfterHoursCall).Message, "all or none")
	form.Set("request_payment.message", "")
	form.Set("customer_hangs_up.options.delay_seconds", "10")
	form.Set("share_voicehub.extra_message", "")
	require.Equal(t, http.StatusSeeOther, b.ask("POST", b.messages(), form).status)
	require.Equal(t, "typed and good", b.stored(automations.AfterHoursCall).Message)
}

func TestTwoWhoSaveAtOnceLoseNothing(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	mine := b.get(b.messages()).form(t, "messages")
	theirs := b.get(b.messages()).form(t, "messages")
	theirs.Set("customer_first_chat.message", "Theirs <b>")
	theirs.Set("request_approval.message", "Only theirs")
	require.Equal(t, http.StatusSeeOther, b.ask("POST", b.messages(), theirs).status)

	mine.Set("customer_first_chat.message", "Mine")
	mine.Set("after_hours_call.message", "Only mine")
	asked := b.ask("POST", b.messages(), mine)
	require.Equal(t, http.StatusConflict, asked.status)
	require.Contains(t, asked.text, "Maria changed this 1 min ago")
	require.Contains(t, asked.text, `data-use="Theirs &lt;b&gt;"`)
	require.Equal(t, "Theirs <b>", b.stored(automations.CustomerFirstChat).Message, "nothing was saved yet")
	both := asked.form(t, "messages")
	require.Equal(t, "Mine", both.Get("customer_first_chat.message"))
	require.Equal(t, "Only mine", both.Get("after_hours_call.message"))
	require.Equal(t, "Only theirs", both.Get("request_approval.message"))

	require.Equal(t, http.StatusSeeOther, b.ask("POST", b.messages(), both).status)
	require.Equal(t, "Mine", b.stored(automations.CustomerFirstChat).Message)
	require.Equal(t, "Only mine", b.stored(automations.AfterHoursCall).Message)
	require.Equal(t, "Only theirs", b.stored(automations.RequestApproval).Message)

	mine.Set("discard", "1")
	b.ask("POST", b.messages(), mine).leadsTo(t, b.messages())
	require.Equal(t, "Mine", b.stored(automations.CustomerFirstChat).Message)
}

func TestAFormWithABrokenMemoryStillAsks(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	for _, base := range []string{"", "{", `{"customer_first_chat":5}`, `[]`} {
		form := b.get(b.messages()).form(t, "messages")
		form.Set("tag", `"stale"`)
		form.Set("base", base)
		form.Set("customer_first_chat.message", "Mine")
		answer := b.ask("POST", b.messages(), form)
		require.Equal(t, http.StatusConflict, answer.status, answer.text)
		require.Equal(t, "Mine", answer.form(t, "messages").Get("customer_first_chat.message"))
	}
}

func TestThePreviewSaysWhatItCosts(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	part := func(key, text string) page {
		return b.ask("POST", b.messages()+"/"+key+"/preview", url.Values{key + ".message": {text}, key + ".include_company_name": {"true"}}, "HX-Request", "true")
	}
	shown := part("request_approval", "Zażółć {{customer_name}} <i>")
	require.Equal(t, http.StatusOK, shown.status)
	require.Contains(t, shown.text, "Green Valley: Zazolc Anna Kowalska &lt;i&gt;")
	require.Contains(t, shown.text, "Green Valley: Zażółć Anna Kowalska &lt;i&gt;")
	require.Contains(t, shown.text, "plain letters")
	require.Contains(t, shown.text, "1 segment")
	require.Contains(t, shown.text, "With all its letters it would be 2 segments.")
	require.Contains(t, shown.text, "approved template")
	require.NotContains(t, shown.text, "<html")
	require.Contains(t, part("request_approval", "{{nobody}}").text, "There is no {{nobody}}.")
	require.Equal(t, http.StatusNotFound, part("no_such_key", "x").status)
}
