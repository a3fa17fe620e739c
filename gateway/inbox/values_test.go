package inbox

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway"
	"ringback/migrations/testdb"
	"ringback/settings"
)

// faults are what is wrong, as field and code.
func faults(t *testing.T, err error) []string {
	t.Helper()
	var wrong settings.Invalid
	var conflict *settings.Conflict
	switch {
	case err == nil:
	case errors.As(err, &conflict):
		wrong = settings.Invalid{conflict.Fault}
	default:
		require.ErrorAs(t, err, &wrong)
	}
	var all []string
	for _, f := range wrong {
		all = append(all, f.Field+" "+f.Code)
	}
	return all
}

// TestAnAmountIsWrittenAsItCame, so that a request that is made again is the same.
func TestAnAmountIsWrittenAsItCame(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Amount{`1250`: {written: "1250"}, `12.5`: {written: "12.5"}, `"12.50"`: {"12.50", true}, `""`: {"", true}, `"a \"b\""`: {`a "b"`, true}} {
		var a Amount
		require.NoError(t, json.Unmarshal([]byte(raw), &a))
		require.Equal(t, want, a)
		again, err := json.Marshal(a)
		require.NoError(t, err)
		require.Equal(t, raw, string(again))
	}
	none, err := json.Marshal(Amount{})
	require.NoError(t, err)
	require.Equal(t, "null", string(none))
	typed, err := json.Marshal(Typed(" 1,250,50 "))
	require.NoError(t, err)
	require.Equal(t, `"1.250,50"`, string(typed), "one comma is a point; what is no number then is refused, and not guessed")
}

// TestATemplateAsItIsWritten: an object, or its name alone; and as a provider takes it.
func TestATemplateAsItIsWritten(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]channels.Template{
		`"issue_resolved"`:          {Name: "issue_resolved", Language: "en"},
		`{"name":"issue_resolved"}`: {Name: "issue_resolved", Language: "en"},
		`{"name":"done","language":"pt_BR","values":["Ann","  two\n lines ","", " \t"]}`: {Name: "done", Language: "pt_BR", Values: []string{"Ann", "two lines", "-", "-"}},
	} {
		var read Template
		require.NoError(t, json.Unmarshal([]byte(raw), &read))
		require.NoError(t, read.check(), raw)
		require.Equal(t, &want, read.outgoing(), raw)
	}
	for _, raw := range []string{`7`, `{"values":"x"}`, `["a"]`} {
		require.Error(t, json.Unmarshal([]byte(raw), &Template{}), raw)
	}
	long := func(n int) []string { return []string{strings.Repeat("é", n)} }
	for name, c := range map[string]struct {
		template Template
		want     []string
	}{
		"as many values as may be": {Template{Name: "done", Language: "en", Values: make([]string, 20)}, nil},
		"one more":                 {Template{Name: "done", Language: "en", Values: make([]string, 21)}, []string{"template.values too_many"}},
		"as long as may be":        {Template{Name: "done", Language: "en", Values: long(1024)}, nil},
		"a letter more":            {Template{Name: "done", Language: "en", Values: long(1025)}, []string{"template.values too_long"}},
		"together":                 {Template{Name: "done", Language: "en", Values: append(long(1000), long(25)...)}, []string{"template.values too_long"}},
	} {
		require.Equal(t, c.want, faults(t, c.template.check()), name)
	}
	for _, name := range []string{"", "Issue Resolved", "a/b"} {
		wrong := faults(t, Template{Name: name, Language: "en"}.check())
		require.Len(t, wrong, 1, name)
		require.True(t, strings.HasPrefix(wrong[0], "template "), wrong)
	}
}

// TestWhatSetsATicketBack: what is another than before, and nothing where nothing is, or
// where it would not be as it was.
func TestWhatSetsATicketBack(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	later, ann, ben, yes := noon.Add(time.Hour), "ann", "ben", true
	red, blue := Label{"r", "Red"}, Label{"b", "Blue"}
	open := Ticket{ID: "t", Status: "open", ActiveAt: noon, WaitingSince: &noon}
	with := func(of Ticket, change func(*Ticket)) Ticket {
		change(&of)
		return of
	}
	done := with(open, func(t *Ticket) { t.Status, t.DoneAt, t.WaitingSince = "done", &later, nil })
	closed := with(open, func(t *Ticket) { t.Status, t.ClosedAt, t.Resolved = "closed", &later, &yes })
	for name, c := range map[string]struct {
		before, after Ticket
		asked         bool
		want          *Undo
		what          string
		labeled       bool
	}{
		"nothing":                {before: open, after: open},
		"a name":                 {before: open, after: with(open, func(t *Ticket) { t.Name = "Carla" })},
		"done":                   {before: open, after: done, want: &Undo{"t", Standing{Status: "open", Waiting: &noon}, Standing{Status: "done", Ended: &later, Heard: &noon}}, what: "done"},
		"closed":                 {before: open, after: closed, want: &Undo{"t", Standing{Status: "open", Waiting: &noon}, Standing{Status: "closed", Ended: &later, Resolved: &yes, Heard: &noon}}, what: "closed"},
		"done, and asked":        {before: open, after: done, asked: true},
		"closed after done":      {before: done, after: closed},
		"opened again":           {before: closed, after: open},
		"snoozed":                {before: open, after: with(open, func(t *Ticket) { t.SnoozedUntil = &later }), want: &Undo{"t", Standing{}, Standing{Snoozed: &later, Heard: &noon}}, what: "snoozed"},
		"woken":                  {before: with(open, func(t *Ticket) { t.SnoozedUntil = &later }), after: open, want: &Undo{"t", Standing{Snoozed: &later}, Standing{Heard: &noon}}, what: "woken"},
		"snoozed the same":       {before: with(open, func(t *Ticket) { t.SnoozedUntil = &later }), after: with(open, func(t *Ticket) { at := later.In(time.FixedZone("x", 3600)); t.SnoozedUntil = &at })},
		"assigned":               {before: open, after: with(open, func(t *Ticket) { t.Assignee = &ann }), want: &Undo{"t", Standing{}, Standing{Assignee: "ann"}}, what: "assigned"},
		"given to another":       {before: with(open, func(t *Ticket) { t.Assignee = &ann }), after: with(open, func(t *Ticket) { t.Assignee = &ben }), want: &Undo{"t", Standing{Assignee: "ann"}, Standing{Assignee: "ben"}}, what: "assigned"},
		"given back":             {before: with(open, func(t *Ticket) { t.Assignee = &ann }), after: open, want: &Undo{"t", Standing{Assignee: "ann"}, Standing{}}, what: "assigned"},
		"labels":                 {before: with(open, func(t *Ticket) { t.Labels = []Label{red} }), after: with(open, func(t *Ticket) { t.Labels = []Label{blue} }), want: &Undo{"t", Standing{Labels: []string{"r"}}, Standing{Labels: []string{"b"}}}, what: "labels", labeled: true},
		"the same labels":        {before: with(open, func(t *Ticket) { t.Labels = []Label{red, blue} }), after: with(open, func(t *Ticket) { t.Labels = []Label{blue, red} })},
		"assigned, though asked": {before: open, after: with(open, func(t *Ticket) { t.Assignee = &ann }), asked: true, want: &Undo{"t", Standing{}, Standing{Assignee: "ann"}}, what: "assigned"},
		"done and assigned": {
			before: open, after: with(done, func(t *Ticket) { t.Assignee = &ann }),
			want: &Undo{"t", Standing{Status: "open", Waiting: &noon}, Standing{Status: "done", Ended: &later, Heard: &noon, Assignee: "ann"}}, what: "done",
		},
	} {
		got := undoOf(c.before, c.after, c.asked)
		require.Equal(t, c.want, got, name)
		if got != nil {
			require.Equal(t, c.what, got.What(), name)
			require.Equal(t, c.labeled, got.Labeled(), name)
		}
	}
}

// TestWhatATrialIs: the event as it would come, on the channel that is named.
func TestWhatATrialIs(t *testing.T) {
	t.Parallel()
	text := &channels.Message{Text: "hi"}
	for name, c := range map[string]struct {
		event TrialEvent
		want  gateway.Trial
	}{
		"a message":          {TrialEvent{Kind: "message", Text: "hi"}, gateway.Trial{Kinds: []channels.Kind{channels.SMS}, Message: text}},
		"on WhatsApp":        {TrialEvent{Kind: "message", Text: "hi", Channel: "whatsapp"}, gateway.Trial{Kinds: []channels.Kind{channels.WhatsAppTwilio, channels.WhatsAppCloud}, Message: text}},
		"on one of them":     {TrialEvent{Kind: "message", Text: "hi", Channel: "whatsapp_twilio"}, gateway.Trial{Kinds: []channels.Kind{channels.WhatsAppTwilio}, Message: text}},
		"a ticket":           {TrialEvent{Kind: "ticket", Text: "hi", Channel: "webchat"}, gateway.Trial{Kinds: []channels.Kind{channels.WebChat}, Message: text, Creates: true}},
		"it is done":         {TrialEvent{Kind: "done"}, gateway.Trial{Kinds: []channels.Kind{channels.SMS}, Ask: &gateway.TrialAsk{Status: "done"}}},
		"it is closed":       {TrialEvent{Kind: "closed"}, gateway.Trial{Kinds: []channels.Kind{channels.SMS}, Ask: &gateway.TrialAsk{Status: "closed"}}},
		"a call":             {TrialEvent{Kind: "call"}, gateway.Trial{Kinds: []channels.Kind{channels.Voice}, Call: &gateway.TrialCall{Outcome: "missed"}}},
		"one that was taken": {TrialEvent{Kind: "call", Outcome: "answered"}, gateway.Trial{Kinds: []channels.Kind{channels.Voice}, Call: &gateway.TrialCall{Outcome: "answered"}}},
		"hung up in a menu":  {TrialEvent{Kind: "call", Step: "menu"}, gateway.Trial{Kinds: []channels.Kind{channels.Voice}, Call: &gateway.TrialCall{Step: channels.StepMenu}}},
		"at the beep":        {TrialEvent{Kind: "call", Step: "voicemail"}, gateway.Trial{Kinds: []channels.Kind{channels.Voice}, Call: &gateway.TrialCall{Step: channels.StepVoicemailPrompt}}},
		"a WhatsApp call":    {TrialEvent{Kind: "call", Channel: "whatsapp"}, gateway.Trial{Kinds: []channels.Kind{channels.WhatsAppCloud}, Call: &gateway.TrialCall{Outcome: "missed"}}},
	} {
		var got gateway.Trial
		require.NoError(t, c.event.into(&got), name)
		require.Equal(t, c.want, got, name)
	}
}

// TestWhatATrialCannotBe: each field goes with its kinds of events alone, and all that is
// wrong is said at once.
func TestWhatATrialCannotBe(t *testing.T) {
	t.Parallel()
	fields := map[string]struct {
		set   func(*TrialEvent)
		kinds string
		code  string
	}{
		"text":        {func(e *TrialEvent) { e.Text = "x" }, "message ticket", "for_message_or_ticket"},
		"outcome":     {func(e *TrialEvent) { e.Outcome = "missed" }, "call", "for_call"},
		"step":        {func(e *TrialEvent) { e.Step = "menu" }, "call", "for_call"},
		"message":     {func(e *TrialEvent) { e.Message = "x" }, "request", "for_request"},
		"amount":      {func(e *TrialEvent) { e.Amount = &Amount{} }, "request", "for_request"},
		"currency":    {func(e *TrialEvent) { e.Currency = "USD" }, "request", "for_request"},
		"description": {func(e *TrialEvent) { e.Description = "x" }, "request", "for_request"},
	}
	for _, kind := range []string{"message", "call", "ticket", "request", "done", "closed"} {
		for name, f := range fields {
			e := TrialEvent{Kind: kind}
			if kind == "request" {
				e.Asks = "rating"
			}
			f.set(&e)
			var want []string
			if !strings.Contains(" "+f.kinds+" ", " "+kind+" ") {
				want = []string{"event." + name + " " + f.code}
			}
			require.Equal(t, want, faults(t, e.check()), "%s of %s", name, kind)
		}
		e := TrialEvent{Kind: kind, Asks: "rating"}
		require.Equal(t, kind != "request", len(faults(t, e.check())) == 1, kind)
	}
	for _, c := range []struct {
		event TrialEvent
		want  []string
	}{
		{TrialEvent{Kind: "call", Outcome: "missed", Step: "menu"}, []string{"event.step beside_outcome"}},
		{TrialEvent{Kind: "call", Channel: "sms"}, []string{"event.channel not_one_of"}},
		{TrialEvent{Kind: "call", Channel: "whatsapp_twilio"}, []string{"event.channel not_one_of"}},
		{TrialEvent{Kind: "request", Text: "x", Outcome: "missed"}, []string{"event.text for_message_or_ticket", "event.outcome for_call", "event.asks missing"}},
	} {
		require.Equal(t, c.want, faults(t, c.event.check()), "%+v", c.event)
	}
}

// TestWhyNobodyIsRung: what may be better later is said so, a refusal with its code, and
// trouble of ours stays that.
func TestWhyNobodyIsRung(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"placed":              {nil, nil},
		"refused":             {&channels.SendError{Code: "21215", Retry: channels.Never}, []string{"ticket call_refused"}},
		"may be there later":  {&channels.SendError{Code: "20429", Retry: channels.Later}, []string{"ticket call_unavailable"}},
		"without a word":      {&channels.SendError{Retry: channels.Never}, []string{"ticket call_unavailable"}},
		"nobody knows of one": {&channels.SendError{Code: "20500", Retry: channels.Look}, []string{"ticket call_refused"}},
	} {
		require.Equal(t, c.want, faults(t, placed(c.err)), name)
	}
	ours := errors.New("Postgres")
	require.Equal(t, ours, placed(ours))
}

// TestWhenTheFirstStepsAreShown: while something is left, and nobody put them away.
func TestWhenTheFirstStepsAreShown(t *testing.T) {
	t.Parallel()
	all := FirstSteps{Number: true, Hours: true, People: true, Text: true, Live: true}
	require.True(t, all.Done())
	require.False(t, all.Shown())
	for name, take := range map[string]func(*FirstSteps){
		"number": func(f *FirstSteps) { f.Number = false }, "hours": func(f *FirstSteps) { f.Hours = false }, "people": func(f *FirstSteps) { f.People = false },
		"text": func(f *FirstSteps) { f.Text = false }, "live": func(f *FirstSteps) { f.Live = false },
	} {
		one := all
		take(&one)
		require.True(t, !one.Done() && one.Shown(), name)
		one.PutAwayAt = &time.Time{}
		require.False(t, one.Shown(), name)
	}
}

// TestOnceByItsKey: the same request is answered as it was, another one under its key is
// refused, and what failed may be tried again.
func TestOnceByItsKey(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, other := uuid.NewString(), uuid.NewString()
	made := 0
	ask := func(company, key, about string, body any, fails error) (int, error) {
		var answer int
		tx, err := db.Beginx()
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		answer, err = once(t.Context(), sqlx.ExtContext(tx), company, key, about, body, func() (int, error) {
			made++
			return made, fails
		})
		if err == nil {
			require.NoError(t, tx.Commit())
		}
		return answer, err
	}
	failure := errors.New("not now")
	for _, c := range []struct {
		name, company, key, about string
		body                      any
		fails                     error
		want                      int
		wrong                     []string
	}{
		{"without a key it is another each time", company, "", "a", "x", nil, 1, nil},
		{"and again", company, "", "a", "x", nil, 2, nil},
		{"what fails", company, "k", "a", "x", failure, 0, nil},
		{"is made when it is tried again", company, "k", "a", "x", nil, 4, nil},
		{"and answered as it was", company, "k", "a", "x", failure, 4, nil},
		{"another request", company, "k", "a", "y", nil, 0, []string{"Idempotency-Key used_key"}},
		{"about something else it is another key", company, "k", "b", "y", nil, 5, nil},
		{"and so it is of another company", other, "k", "a", "x", nil, 6, nil},
		{"while the first one stands", company, "k", "a", "x", nil, 4, nil},
	} {
		got, err := ask(c.company, c.key, c.about, c.body, c.fails)
		if errors.Is(err, failure) {
			require.Zero(t, c.want, c.name)
			continue
		}
		require.Equal(t, c.wrong, faults(t, err), c.name)
		if c.wrong == nil {
			require.Equal(t, c.want, got, c.name)
		}
	}
}
