package twilio_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twilio/twilio-go/client"

	"ringback/channels/simulator/twilio"
)

// app is a gateway that answers with fixed documents, by path; one of several
// goes to each request in turn, the last to all further ones. It checks each
// signature.
type app struct {
	URL   string
	t     *testing.T
	mu    sync.Mutex
	pages map[string][]string
	asked []request
}

type request struct {
	path, token string
	form        url.Values
}

func openApp(t *testing.T, pages map[string][]string) *app {
	t.Helper()
	a := &app{t: t, pages: pages}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	a.URL = server.URL
	return a
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	params := map[string]string{}
	for name := range form {
		params[name] = form.Get(name)
	}
	validator := client.NewRequestValidator(token)
	if !validator.Validate(a.URL+r.URL.RequestURI(), params, r.Header.Get("X-Twilio-Signature")) {
		a.t.Errorf("signature of %s %v", r.URL, form)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, request{r.URL.RequestURI(), r.Header.Get("I-Twilio-Idempotency-Token"), form})
	pages, ok := a.pages[r.URL.Path]
	switch {
	case r.URL.Path == "/prompt.wav":
		w.Header().Set("Content-Type", "audio/wav")
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		_, _ = io.WriteString(w, pages[0])
		if len(pages) > 1 {
			a.pages[r.URL.Path] = pages[1:]
		}
	}
}

// paths are the requests so far.
func (a *app) paths() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var paths []string
	for _, r := range a.asked {
		paths = append(paths, r.path)
	}
	return strings.Join(paths, " ")
}

// forms are those that a path was asked with.
func (a *app) forms(path string) (forms []url.Values) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.asked {
		if r.path == path {
			forms = append(forms, r.form)
		}
	}
	return forms
}

// flow is a whole voice flow: a greeting, a menu, ringing with a whisper, and
// a voicemail. The callbacks all go to one door each.
func flow(advisors ...string) map[string][]string {
	var numbers strings.Builder
	for _, advisor := range advisors {
		numbers.WriteString(`<Number url="/whisper" statusCallback="/leg?advisor=1" statusCallbackEvent="initiated ringing answered completed">` + advisor + `</Number>`)
	}
	return map[string][]string{
		"/voice":     {`<Response><Say language="en-US">Welcome to Green Valley.</Say><Redirect>/menu</Redirect></Response>`},
		"/menu":      {`<Response><Gather numDigits="1" timeout="5" action="/option" actionOnEmptyResult="true"><Say>Press 1 for sales.</Say></Gather></Response>`},
		"/option":    {`<Response><Redirect>/ring</Redirect></Response>`},
		"/ring":      {`<Response><Dial answerOnBridge="true" timeout="20" callerId="` + ours + `" action="/rung">` + numbers.String() + `</Dial></Response>`},
		"/whisper":   {`<Response><Gather numDigits="1" timeout="4" action="/accept"><Say>A call. Press 1 to take it.</Say></Gather><Hangup/></Response>`},
		"/accept":    {`<Response/>`},
		"/rung":      {`<Response><Redirect>/voicemail</Redirect></Response>`},
		"/voicemail": {`<Response><Say>Leave a message.</Say><Redirect>/record</Redirect></Response>`},
		"/record":    {`<Response><Record maxLength="60" timeout="5" action="/recorded" recordingStatusCallback="/recording" recordingStatusCallbackEvent="completed absent"/><Hangup/></Response>`},
		"/recorded":  {`<Response><Hangup/></Response>`},
		"/leg":       {``}, "/recording": {``}, "/final": {``},
	}
}

// dial plays a call against an app and delivers what it has to tell.
func dial(t *testing.T, a *app, config twilio.Config, options ...twilio.CallOption) *twilio.Call {
	t.Helper()
	s, _ := start(t, config)
	c, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, append(options, twilio.WithCallStatus(a.URL+"/final"))...)
	require.NoError(t, err)
	_, err = s.Deliver(t.Context())
	require.NoError(t, err)
	return c
}
