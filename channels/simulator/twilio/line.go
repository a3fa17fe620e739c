package twilio

import (
	"fmt"
	"maps"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/channels"
)

// line is one leg of a call, the caller's or an advisor's, on which documents
// are carried out.
type line struct {
	call   *Call
	sid    string
	form   url.Values // what all its requests have in common
	status string     // CallStatus
	voice  string     // the first document's URL
	over   bool       // nobody is on it any more
	broken bool       // the document cannot be carried out any further
	pass   func(moment) deed

	url       string // of the document that is carried out
	after     []*node
	redirects int
}

// moment is a stretch of time in which a person hears something.
type moment struct {
	step  channels.Step
	doing string // say, play, pause, gather, dial, talk, record
	text  string
	lasts time.Duration
	keys  bool // a key ends it
	typed bool // keys were pressed, or words said, before it to the same end
	hears bool // what is said is recorded
	waits bool // it ends only because nobody did anything
}

// deed is what a person does in a moment and when; without hangUp, keys and
// speaks nothing is done until the moment is over.
type deed struct {
	after  time.Duration
	hangUp bool
	keys   string
	speaks time.Duration // to a recording

	advisor string // whose deed it is; empty: the caller's
	does    Advisor
}

// idle reports whether nothing was done.
func (d deed) idle() bool { return !d.hangUp && d.keys == "" && d.speaks == 0 }

// ask is a request for the next document.
type ask struct {
	url  string
	form url.Values // besides what every request has
}

// Bounds that keep a call from going on for ever.
const (
	maxRedirects = 10  // without any time passing between them
	maxDocuments = 200 // in a call
)

// follow asks for a document and carries it out, and all that it leads to.
func (l *line) follow(first ask) {
	for next := &first; next != nil && !l.over; {
		asked := *next
		next = nil
		if document := l.fetch(asked); !l.broken {
			next = l.obey(document)
		}
		if l.broken {
			l.broken = false
			next = l.fail(asked)
		}
	}
}

// fail is what happens without a document that can be carried out: the
// fallback is asked, once; else the person hears that an application error
// has occurred, which answers the call, and is hung up on.
func (l *line) fail(wanted ask) *ask {
	c := l.call
	if l == c.line && c.plan.fallback != "" && !c.fellBack && c.ctx.Err() == nil {
		c.fellBack = true
		faults := c.Faults()
		return &ask{c.plan.fallback, url.Values{"ErrorCode": {strconv.Itoa(faults[len(faults)-1].Code)}, "ErrorUrl": {wanted.url}}}
	}
	l.answer()
	l.over = true
	return nil
}

// fetch gets a document that can be carried out, or breaks the line.
func (l *line) fetch(a ask) *node {
	l.url = a.url
	if l.call.documents++; l.call.documents > maxDocuments {
		l.fault(codeRedirects, "the call has had %d documents", maxDocuments)
		return nil
	}
	answer, err := l.request(a)
	kind, _, _ := mime.ParseMediaType(answer.ContentType)
	switch {
	case err != nil:
		l.fault(codeRetrieval, "%v", err)
	case answer.Status < 200 || answer.Status > 299:
		l.fault(codeRetrieval, "HTTP %d", answer.Status)
	case len(answer.Body) > maxAnswer:
		l.fault(codeTooLarge, "more than %d bytes", maxAnswer)
	case kind != "text/xml" && kind != "application/xml" && kind != "text/html":
		l.fault(codeContentType, "Content-Type %q", answer.ContentType)
	default:
		return l.read(answer.Body)
	}
	return nil
}

// read holds a document to the grammar.
func (l *line) read(body string) *node {
	document, err := parse(body)
	if err != nil {
		l.fault(codeXML, "%v", err)
		return nil
	}
	for _, flaw := range flaws(document) {
		l.note(CallFault{Code: codeGrammar, URL: l.url, What: flaw.what, Fatal: flaw.fatal})
	}
	return document
}

// request posts a request for a document, as often as Config says; the first
// answer counts.
func (l *line) request(a ask) (Answer, error) {
	form := maps.Clone(l.form)
	form.Set("CallStatus", l.status)
	maps.Copy(form, a.form)
	c, token := l.call, uuid.NewString()
	answer, err := c.sim.post(c.ctx, a.url, form, token)
	if err == nil && c.sim.config.Twice {
		var second Answer
		second, err = c.sim.post(c.ctx, a.url, form, token)
		answer.Second = &second
	}
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	c.exchanges = append(c.exchanges, Exchange{URL: a.url, Params: form, Answer: answer, At: c.at()})
	return answer, err
}

// fault breaks the line over the document that l.url gave.
func (l *line) fault(code int, format string, args ...any) {
	l.note(CallFault{Code: code, URL: l.url, What: fmt.Sprintf(format, args...), Fatal: true})
}

// note remembers what Twilio has against a document.
func (l *line) note(fault CallFault) {
	l.broken = l.broken || fault.Fatal
	c := l.call
	c.sim.config.Log.Warn("call", "sid", c.sid, "fault", fault.Error())
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	c.faults = append(c.faults, fault)
}

// wait lets a moment pass on the line.
func (l *line) wait(m moment) deed {
	if m.lasts > 0 {
		l.redirects = 0
	}
	d := l.pass(m)
	l.over = l.over || d.hangUp
	return d
}

// answer picks the caller up; an advisor has done so before.
func (l *line) answer() {
	if l == l.call.line {
		l.call.pick()
	}
}

// hangUp is Twilio's. It answers first, which costs, unless phones have been
// rung meanwhile in vain.
func (l *line) hangUp() {
	if !l.call.dialed {
		l.answer()
	}
	l.over = true
}

// resolve is an address in the document that is carried out.
func (l *line) resolve(reference string) string {
	if reference == "" {
		return l.url
	}
	base, err := url.Parse(l.url)
	if err != nil {
		return reference
	}
	target, err := base.Parse(reference)
	if err != nil {
		return reference // the request will fail on it
	}
	return target.String()
}

// next is the request that an element's action leads to. The simulator only
// posts, which is Twilio's default.
func (l *line) next(n *node, reference string, form url.Values) *ask {
	if n.attr("method", "POST") != "POST" {
		l.fault(codeGrammar, "<%s method=%q> is nothing that is played here", n.name, n.attrs["method"])
		return nil
	}
	return &ask{l.resolve(strings.TrimSpace(reference)), form}
}
