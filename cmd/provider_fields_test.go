package cmd_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	stripelib "github.com/stripe/stripe-go/v85/webhook"

	"ringback/channels"
	"ringback/channels/stripe"
	"ringback/channels/twilio"
	"ringback/channels/whatsapp"
)

// What becomes of a field, from what is told of it least to most. It is found out, not
// written down: the field is left out of a body and changed in it, the body is read as
// at the door, and what differs then says what the field is good for.
type use int

const (
	unread  use = iota // nothing differs: it stands in the stored body alone
	kept               // among the event's facts, by the provider's name
	shown              // people read it
	handled            // something is done by it
	needed             // and without it the body is refused
)

var uses = [...]string{unread: "kept, in the body alone: read by nobody", kept: "kept, as a fact of the event", shown: "shown", handled: "handled", needed: "handled; refused without it"}

// reader is what a body tells; the error is what it is refused with.
type reader func(body []byte) (any, error)

// differs is the most that is told of a field by two readings.
func differs(t *testing.T, before any, reading any, err error) use {
	if err != nil {
		return needed
	}
	was, is := flat(t, before), flat(t, reading)
	most := unread
	for path := range maps.Keys(mergeKeys(was, is)) {
		if was[path] == is[path] || strings.HasPrefix(was[path], "note/") && strings.HasPrefix(is[path], "note/") {
			continue // what is only noted is named by its bytes
		}
		most = max(most, useOf(path))
	}
	return most
}

// readFacts are those that a rule goes by.
var readFacts = []string{"facts/CallStatus", "facts/CallSid", "facts/ForwardedFrom"}

func useOf(path string) use {
	switch {
	case slices.ContainsFunc(readFacts, func(fact string) bool { return strings.HasSuffix(path, fact) }):
		return handled
	case strings.Contains(path, "/facts/"):
		return kept
	case strings.HasSuffix(path, "Message/text"), strings.HasSuffix(path, "Message/name"), strings.HasSuffix(path, "Call/name"), strings.HasSuffix(path, "Status/detail"):
		return shown
	}
	return handled
}

func mergeKeys(a, b map[string]string) map[string]bool {
	all := map[string]bool{}
	for path := range a {
		all[path] = true
	}
	for path := range b {
		all[path] = true
	}
	return all
}

// flat is a value of JSON as its leaves by their paths.
func flat(t *testing.T, value any) map[string]string {
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	var parsed any
	require.NoError(t, json.Unmarshal(raw, &parsed))
	leaves := map[string]string{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, inner := range v {
				walk(path+"/"+name, inner)
			}
		case []any:
			for n, inner := range v {
				walk(fmt.Sprint(path, "/", n), inner)
			}
		default:
			leaves[path] = fmt.Sprint(v)
		}
	}
	walk("", parsed)
	return leaves
}

// rows is a table of fields by what becomes of each.
func rows(b *strings.Builder, title string, found map[string]use) {
	fmt.Fprintf(b, "\n### %s\n\n| field | what becomes of it |\n| --- | --- |\n", title)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		fmt.Fprintf(b, "| `%s` | %s |\n", name, uses[found[name]])
	}
}

// fieldsOfForm says of each field of those forms, and of each that is only named, what
// becomes of it.
func fieldsOfForm(t *testing.T, parse reader, bases []url.Values, named map[string][]string) map[string]use {
	found := map[string]use{}
	for _, base := range bases {
		before, err := parse([]byte(base.Encode()))
		require.NoError(t, err, base)
		values := map[string][]string{}
		for name := range base {
			values[name] = append(values[name], "", "other"+base.Get(name))
		}
		for name, more := range named {
			values[name] = append(values[name], more...)
		}
		for name, tries := range values {
			for _, value := range tries {
				changed := maps.Clone(base)
				changed.Set(name, value)
				if value == "" {
					changed.Del(name)
				}
				reading, err := parse([]byte(changed.Encode()))
				if err != nil && value != "" {
					continue // refused for its value
				}
				found[name] = max(found[name], differs(t, before, reading, err))
			}
		}
	}
	return found
}

func hookOf(t *testing.T, hooks []channels.Hook, path, query string) reader {
	at := slices.IndexFunc(hooks, func(h channels.Hook) bool { return h.Path == path })
	require.GreaterOrEqual(t, at, 0, path)
	return func(body []byte) (any, error) {
		return hooks[at].Parse(channels.Request{
			Method: http.MethodPost, URL: "https://texts.example.com" + path + query, Body: body,
			Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		})
	}
}

func askedAt(t *testing.T, hooks []channels.CallHook, path, query string) reader {
	at := slices.IndexFunc(hooks, func(h channels.CallHook) bool { return h.Path == path })
	require.GreaterOrEqual(t, at, 0, path)
	return func(body []byte) (any, error) {
		return hooks[at].Ask(channels.Request{
			Method: http.MethodPost, URL: "https://texts.example.com" + path + query, Body: body,
			Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		})
	}
}

// door is a door of Twilio's and what comes to it.
type door struct {
	title string
	parse reader
	bases []url.Values
	named map[string][]string
}

func twilioDoors(t *testing.T) []door {
	channel := twilio.New(twilio.Config{})
	hooks, calls := channel.Hooks(), channel.Calls()
	return []door{
		{"Twilio: a message (`/webhooks/twilio/messages`)", hookOf(t, hooks, twilio.MessagesPath, ""), twilioMessages, twilioMessageFields},
		{"Twilio: a message's status (`/webhooks/twilio/status`)", hookOf(t, hooks, twilio.StatusPath, "?delivery=0197a0b0-0000-7000-8000-000000000001"), twilioStatuses, twilioStatusFields},
		{"Twilio: a call comes in (`/webhooks/twilio/voice`)", askedAt(t, calls, twilio.VoicePath, ""), twilioCalls, twilioCallFields},
		{"Twilio: what comes next in a call (`/webhooks/twilio/voice/next`)", askedAt(t, calls, twilio.NextPath, "?at=menu&step=menu"), twilioSteps, twilioStepFields},
		{"Twilio: a recording (`/webhooks/twilio/voice/recording`)", hookOf(t, hooks, twilio.RecordingPath, ""), twilioRecordings, twilioRecordingFields},
		{"Twilio: a call's status (`/webhooks/twilio/calls`)", hookOf(t, hooks, twilio.CallsPath, ""), twilioCallStatuses, twilioCallStatusFields},
	}
}

// providerFields is the table of all that providers can send.
func providerFields(t *testing.T) string {
	var b strings.Builder
	for _, d := range twilioDoors(t) {
		rows(&b, d.title, fieldsOfForm(t, d.parse, d.bases, d.named))
	}
	metaTables(t, &b)
	stripeTable(t, &b)
	return b.String()
}

// recorded are bodies that providers sent somewhere, which are no part of this tree.
func recorded(t *testing.T, pattern string) map[string][]byte {
	folder := os.Getenv("RINGBACK_PAYLOADS")
	if folder == "" {
		t.Skip("RINGBACK_PAYLOADS names no folder of recorded bodies")
	}
	files, err := filepath.Glob(filepath.Join(folder, pattern))
	require.NoError(t, err)
	require.NotEmpty(t, files, pattern)
	bodies := map[string][]byte{}
	for _, file := range files {
		if bodies[file], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	return bodies
}

// numbered is the number at the end of a field that there are several of.
var numbered = regexp.MustCompile(`^(MediaUrl|MediaContentType)[0-9]+$`)

// TestRecordedFieldsAreInTheTable: nothing comes that the table does not name.
func TestRecordedFieldsAreInTheTable(t *testing.T) {
	missing := map[string]string{} // and a body that has it
	for n, patterns := range [][]string{
		{"twilio/messaging-inbound/*.form"},
		{"twilio/messaging-status/*.form"},
		{"twilio/voice/incoming_*.form"},
		{"twilio/voice/gather_digit*.form", "twilio/voice/gather_s*.form", "twilio/voice/gather_a*.form", "twilio/voice/dial_*.form", "twilio/voice/record_*.form"},
		{"twilio/voice/recording_*.form"},
		{"twilio/voice/status_*.form"},
	} {
		d := twilioDoors(t)[n]
		found := fieldsOfForm(t, d.parse, d.bases, d.named)
		for _, pattern := range patterns {
			for file, body := range recorded(t, pattern) {
				if strings.HasPrefix(filepath.Base(file), "recording_") != (n == 4) {
					continue
				}
				form, err := url.ParseQuery(strings.TrimSpace(string(body)))
				require.NoError(t, err, file)
				for name := range form {
					if _, ok := found[numbered.ReplaceAllString(name, "${1}0")]; !ok {
						missing[d.title+": "+name] = filepath.Base(file)
					}
				}
			}
		}
	}
	parse, found := metaParse(t), map[string]use{}
	fieldsOfJSON(t, parse, metaBodies(), found)
	for _, pattern := range []string{"meta/openapi/[^g]*message*.json", "meta/netflie/*.json"} {
		for file, body := range recorded(t, pattern) {
			seen := map[string]use{}
			fieldsOfJSON(t, parse, []string{string(body)}, seen)
			for name := range seen {
				if _, ok := found[name]; !ok {
					missing["Meta: "+name] = filepath.Base(file)
				}
			}
		}
	}
	require.Empty(t, missing)
}

// fieldsOfJSON says of each field of those bodies what becomes of it. The name of a
// field is its path, with [] for the elements of a list.
func fieldsOfJSON(t *testing.T, parse reader, bodies []string, found map[string]use) {
	for _, body := range bodies {
		before, err := parse([]byte(body))
		require.NoError(t, err, body)
		var parsed any
		require.NoError(t, json.Unmarshal([]byte(body), &parsed), body)
		change := func(name string) {
			changed, err := json.Marshal(parsed)
			require.NoError(t, err)
			reading, err := parse(changed)
			found[name] = max(found[name], differs(t, before, reading, err))
		}
		var walk func(path string, v any, set func(any))
		walk = func(path string, v any, set func(any)) {
			switch v := v.(type) {
			case map[string]any:
				for name := range v {
					inner := v[name]
					delete(v, name)
					if _, nested := inner.(map[string]any); !nested {
						if _, list := inner.([]any); !list {
							change(strings.TrimPrefix(path+"."+name, "."))
						}
					}
					v[name] = inner
					walk(path+"."+name, inner, func(to any) { v[name] = to })
				}
			case []any:
				for n := range v {
					walk(path+"[]", v[n], func(to any) { v[n] = to })
				}
			default:
				name := strings.TrimPrefix(path, ".")
				set(changedValue(v))
				changed, err := json.Marshal(parsed)
				require.NoError(t, err)
				if reading, err := parse(changed); err == nil {
					found[name] = max(found[name], differs(t, before, reading, nil))
				}
				set(v)
			}
		}
		walk("", parsed, func(any) {})
	}
}

func changedValue(v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case float64:
		return v + 1
	}
	return fmt.Sprint(v, "1")
}

func metaParse(t *testing.T) reader {
	return hookOf(t, whatsapp.New(whatsapp.Config{}).Hooks(), whatsapp.Path, "")
}

// metaBody is a webhook of Meta's with that in a change's value.
func metaBody(field, inside string) string {
	return `{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","time":1780315200,"changes":[{"field":"` + field +
		`","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},` + inside + `}}]}]}`
}

func metaTables(t *testing.T, b *strings.Builder) {
	parse := metaParse(t)
	fields := map[string]use{}
	bodies := metaBodies()
	fieldsOfJSON(t, parse, bodies, fields)
	const value = "entry[].changes[].value."
	parts := map[string]map[string]use{}
	for path, how := range fields {
		title, name := "Meta: around what happened", path
		if inside, ok := strings.CutPrefix(path, value); ok {
			for prefix, of := range map[string]string{
				"messages[].": "Meta: a message (`messages[]`)", "statuses[].": "Meta: a message's status (`statuses[]`)", "calls[].": "Meta: a call (`calls[]`)",
				"message_echoes[].": "Meta: what the staff wrote in the WhatsApp Business app (`message_echoes[]`)",
			} {
				if rest, ok := strings.CutPrefix(inside, prefix); ok {
					title, name = of, rest
				}
			}
		}
		if parts[title] == nil {
			parts[title] = map[string]use{}
		}
		parts[title][name] = how
	}
	for _, title := range slices.Sorted(maps.Keys(parts)) {
		rows(b, title, parts[title])
	}
	b.WriteString("\n### Meta: kinds of messages\n\n| `type` | what becomes of it | what the staff reads |\n| --- | --- | --- |\n")
	for _, kind := range slices.Sorted(maps.Keys(metaMessages)) {
		event := told(t, parse, metaMessage(metaMessages[kind]))
		what, said := "handled", "–"
		switch m := event.Message; {
		case m == nil:
			what = "kept, as a note"
		case m.Kind.Unwritten():
			what, said = "shown: nobody wrote, nobody is answered", m.Text
		case m.Kind.IsAnnotation():
			what, said = "handled: remarks on another message", m.Text
		default:
			if said = m.Text; len(m.Media) > 0 {
				said = strings.TrimSuffix("the file, "+said, ", ")
			}
			if m.Kind == channels.UnknownMessage || m.Kind == channels.UnsupportedMessage {
				what = "shown"
			}
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", kind, what, strings.NewReplacer("\n", "<br>", "|", `\|`).Replace(said))
	}
	b.WriteString("\n### Meta: fields that can be subscribed to\n\n| `field` | what becomes of it |\n| --- | --- |\n")
	for _, field := range metaFields {
		event := told(t, parse, metaBody(field, cmp.Or(metaOf[field], `"event":"SOMETHING"`)))
		what := "kept, as a note of the sender's"
		if field == "message_template_status_update" {
			what = "handled, and kept as a note of each of the business's numbers"
		} else if event.Kind != channels.Noted {
			what = "handled"
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", field, what)
	}
}

func told(t *testing.T, parse reader, body string) channels.Event {
	got, err := parse([]byte(body))
	require.NoError(t, err, body)
	events, ok := got.([]channels.Event)
	require.True(t, ok)
	require.NotEmpty(t, events, body)
	return events[0]
}

func stripeTable(t *testing.T, b *strings.Builder) {
	const secret = "whsec_of_the_table"
	client := stripe.New(stripe.Config{Key: "sk_test_of_the_table", Webhook: secret})
	parse := func(body []byte) (any, error) {
		signed := stripelib.GenerateTestSignedPayload(&stripelib.UnsignedPayload{Payload: body, Secret: secret})
		return client.Read(signed.Payload, signed.Header)
	}
	b.WriteString("\n### Stripe: events (`/webhooks/stripe`)\n\n| event | what becomes of it | fields that are read |\n| --- | --- | --- |\n")
	for _, event := range stripeEvents {
		body := `{"id":"evt_1","object":"event","api_version":"2026-03-25","created":1780315200,"livemode":false,"pending_webhooks":1,"request":{"id":"req_1","idempotency_key":"1"},"type":"` +
			event.kind + `","data":{"object":` + event.object + `}}`
		got, err := parse([]byte(body))
		require.NoError(t, err, event.kind)
		update, ok := got.(stripe.PaymentUpdate)
		require.True(t, ok)
		fields := map[string]use{}
		fieldsOfJSON(t, parse, []string{body}, fields)
		var used []string
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if inside, ok := strings.CutPrefix(name, "data.object."); ok && fields[name] > unread {
				used = append(used, "`"+inside+"`")
			}
		}
		what := "handled: " + strings.ReplaceAll(update.What, "_", " ")
		if update.What == "" {
			what, used = "answered, and nothing is done", []string{"–"}
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", event.kind, what, strings.Join(used, ", "))
	}
	b.WriteString("\nOf every event `id`, `type` and `created` are read; any other event is answered, and nothing is done. No event of Stripe's is stored as it came.\n")
}
