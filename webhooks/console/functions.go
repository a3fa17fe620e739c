package console

import (
	"errors"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"ringback/gateway/requests"
	"ringback/settings"
	"ringback/settings/fault"
	"ringback/settings/staff"
	"ringback/webhooks/web/assets"
	"ringback/webhooks/web/i18n"
)

// functions are what templates can call, beside the methods of their View:
// t, number, icon, file.
func functions(l *i18n.Language) template.FuncMap {
	return template.FuncMap{
		"t":      l.T,
		"number": l.Number,
		"icon":   icon,
		"style":  func() string { return assets.Stylesheet.URL },
		"file":   func(name string) string { return made[name].URL },
		"lang":   func() string { return l.Tag },
		"list":   func(items ...any) []any { return items },
		"label":  labeled,

		"breakable": breakable,
		"said":      func(text string) string { return requests.Shown(text, "["+l.T("ticket.link")+"]") },
	}
}

// labeled is a label before what it is of; one that asks has its mark already.
func labeled(label string) string {
	if strings.HasSuffix(label, "?") {
		return label
	}
	return label + ":"
}

// breakable is an e-mail address that a narrow page breaks between its words.
func breakable(address string) template.HTML {
	return template.HTML(strings.NewReplacer("@", "@<wbr>", ".", "<wbr>.").Replace(html.EscapeString(address))) // #nosec G203 -- it is escaped
}

// When is a time as one says it, in the team's zone, in full on hover.
func (v *View) When(at any) template.HTML {
	var moment time.Time
	switch at := at.(type) {
	case time.Time:
		moment = at
	case *time.Time:
		if at == nil {
			return ""
		}
		moment = *at
	}
	local := v.Local(moment)
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, // #nosec G203 -- times and our own words, escaped
		moment.UTC().Format(time.RFC3339), html.EscapeString(v.Words.Full(local)),
		html.EscapeString(v.Words.Moment(local, v.Local(v.now)))))
}

// Local is a time in the team's zone.
func (v *View) Local(at time.Time) time.Time {
	if v.Team.zone == nil {
		return at.UTC()
	}
	return at.In(v.Team.zone)
}

// Now is the present moment, by the gateway's clock, in the team's zone.
func (v *View) Now() time.Time { return v.Local(v.now) }

// T is a phrase, for handlers.
func (v *View) T(key string, pairs ...any) string { return v.Words.T(key, pairs...) }

// visitors of a web chat have an address that says nothing to people.
var visitor = regexp.MustCompile(`^v_[0-9a-f]{28}([0-9a-f]{4})$`)

// Called is a customer's address as people read it.
func (v *View) Called(address string) string {
	if mark := visitor.FindStringSubmatch(address); mark != nil {
		return v.T("person.visitor", "Mark", strings.ToUpper(mark[1]))
	}
	return address
}

// Here is the address of the page, with its query.
func (v *View) Here() string { return v.g.Request.URL.RequestURI() }

// By is who did something, as people call them.
func (v *View) By(who string) string {
	if who == "customer" {
		return v.T("ticket.customer")
	}
	return who
}

// HasWords reports whether there is a phrase of that key.
func (v *View) HasWords(key string) bool { return v.console.words.Has(key) }

// Once is a new key, so that a form that is sent twice counts once.
func (v *View) Once() string { return uuid.NewString() }

// Same reports whether an optional id is this one.
func (v *View) Same(id string, other *string) bool { return other != nil && *other == id }

// Lost reports whether a message in this state did not reach the customer.
func (v *View) Lost(state *string) bool {
	return state != nil && slices.Contains([]string{"failed", "undelivered", "expired", "canceled", "unknown"}, *state)
}

// Say is what a code means in the reader's language: $.Say "reason." .Reason;
// a code that has no words is said as it is.
func (v *View) Say(prefix, code string) string {
	if v.console.words.Has(prefix + code) {
		return v.Words.T(prefix + code)
	}
	return code
}

// SayOr is Say with other words for a code that has none.
func (v *View) SayOr(prefix, code, other string) string {
	if v.console.words.Has(prefix + code) {
		return v.Words.T(prefix + code)
	}
	return other
}

// Why is a decision's reason, or why a message did not arrive, in the reader's language:
// $.Why "reason." .Reason. The words of the one do for the other, and what has none of
// either is a reason, not a code.
func (v *View) Why(prefix, code string) string {
	for _, known := range []string{prefix, "reason.", "refusal."} {
		if v.console.words.Has(known + code) {
			return v.Words.T(known + code)
		}
	}
	return v.T("decisions.other_reason")
}

// Coded are the codes that have words, in order.
func (v *View) Coded(prefix string) []string {
	var codes []string
	for _, key := range v.console.words.Keys() {
		if code, ok := strings.CutPrefix(key, prefix); ok {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// wrong are the faults that an error consists of, if it does.
func wrong(err error) (settings.Invalid, bool) {
	var invalid settings.Invalid
	var conflict *settings.Conflict
	switch {
	case errors.As(err, &invalid):
		return invalid, true
	case errors.As(err, &conflict):
		return settings.Invalid{conflict.Fault}, true
	}
	return nil, false
}

// fault says what is wrong with a field in the reader's language.
func (v *View) fault(f settings.Fault) string { return i18n.Fault(v.Words.Tag, f) }

// Faults are the wrong fields of a refused form, by field; ok is false when
// the error is of another kind.
func (v *View) Faults(err error) (map[string]string, bool) {
	if found, ok := wrong(err); ok {
		faults := map[string]string{}
		for _, f := range found {
			faults[f.Field] = v.fault(f)
		}
		return faults, true
	}
	return nil, false
}

// sentence begins with a capital.
func sentence(said string) string {
	first, size := utf8.DecodeRuneInString(said)
	return string(unicode.ToUpper(first)) + said[size:]
}

// refusal says why something was refused, and whether it was.
func (v *View) refusal(err error) (string, bool) {
	return v.refused(v.T("refusals.nothing_changed"), err)
}

// unsent is refusal of what was to go to a customer.
func (v *View) unsent(err error) (string, bool) { return v.refused(v.T("refusals.nothing_sent"), err) }

func (v *View) refused(outcome string, err error) (string, bool) {
	if found, ok := wrong(err); ok {
		said := make([]string, 0, len(found))
		for _, f := range found {
			said = append(said, strings.TrimSuffix(v.fault(f), "."))
		}
		return outcome + " " + sentence(strings.Join(said, "; ")) + ".", true
	}
	var denied staff.Denied
	switch {
	case errors.Is(err, settings.ErrNotFound):
		return v.fault(fault.New("", "nothing_there")), true
	case errors.As(err, &denied):
		return v.fault(denied.Fault), true
	}
	return "", false
}
