package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"ringback/settings/fault"
	"ringback/webhooks/api"
	"ringback/webhooks/web/i18n"
)

// reply is what the API answered.
type reply struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *reply) Header() http.Header { return r.header }

func (r *reply) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *reply) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// Get reads from the API: v.Get(v.In("/tickets"), &list). What the API refuses
// is a *api.Problem.
func (v *View) Get(path string, into any) error {
	_, err := v.Ask(http.MethodGet, path, nil, into, nil)
	return err
}

// most is how many items of a list a page reads to offer them as choices.
const most = 5000

// Send changes something over the API; body is marshaled as JSON unless nil,
// and into may be nil.
func (v *View) Send(method, path string, body, into any) error {
	_, err := v.Ask(method, path, body, into, nil)
	return err
}

// Ask is a request to the API with headers of its own, such as If-Match; it
// returns the answer's headers, such as ETag.
func (v *View) Ask(method, path string, body, into any, header http.Header) (http.Header, error) {
	if body == nil {
		return v.ask(method, path, "", nil, into, header)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return v.ask(method, path, "application/json", bytes.NewReader(raw), into, header)
}

// Upload sends a file to the API.
func (v *View) Upload(path, contentType string, file io.Reader, into any) error {
	_, err := v.ask(http.MethodPost, path, contentType, file, into, nil)
	return err
}

func (v *View) ask(method, path, contentType string, body io.Reader, into any, header http.Header) (http.Header, error) {
	r, err := http.NewRequestWithContext(api.InLanguage(v.g.Request.Context(), v.Words.Tag), method, "/api/v1"+path, body)
	if err != nil {
		return nil, fmt.Errorf("ask the API: %w", err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	// The page's own request has passed the check for foreign sites already.
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, name := range []string{"Cookie", "Authorization", "X-Forwarded-For", "User-Agent"} {
		if value := v.g.GetHeader(name); value != "" {
			r.Header.Set(name, value)
		}
	}
	r.Host, r.RemoteAddr, r.RequestURI = v.g.Request.Host, v.g.Request.RemoteAddr, r.URL.RequestURI()
	answer := &reply{header: http.Header{}}
	v.console.API.ServeHTTP(answer, r)
	err = answer.read(into)
	var refused *api.Problem
	if errors.As(err, &refused) && v.Words.Tag != i18n.Tags[0] {
		refused.Detail = v.inLanguage(refused)
	}
	return answer.header, err
}

func (r *reply) read(into any) error {
	if r.status >= http.StatusBadRequest {
		p := &api.Problem{Status: r.status}
		if err := json.Unmarshal(r.body.Bytes(), p); err != nil {
			return fmt.Errorf("the API answered %d: %w", r.status, err)
		}
		p.Status = r.status
		return p
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(r.body.Bytes(), into); err != nil {
		return fmt.Errorf("the API's answer: %w", err)
	}
	return nil
}

// inLanguage is the problem in the reader's language: its faults are so already.
func (v *View) inLanguage(p *api.Problem) string {
	said := make([]string, 0, len(p.Errors))
	for _, f := range p.Errors {
		said = append(said, strings.TrimSuffix(f.Detail, "."))
	}
	switch {
	case len(said) > 0:
		return v.T("refusals.nothing_changed") + " " + strings.Join(said, "; ") + "."
	case p.Status == http.StatusNotFound:
		return v.fault(fault.New("", "nothing_there"))
	}
	return p.Detail
}
