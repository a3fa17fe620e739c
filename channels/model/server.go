// Package model asks a server that speaks the HTTP API of OpenAI: what a recording
// says, and what one could answer. The operator runs that server, or pays for it.
//
// The hard decision: it is believed in nothing. What it answers is bounded in time and
// size, is made fit to be shown like the words of any stranger, and goes to nobody by
// itself. It stands in the environment, as the mail server does, so that it may be on
// this machine or in a private network; an address that somebody else names may not.
package model

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"ringback/channels/httpcall"
)

// ErrRefused is a question that the server will not answer, now or later.
var ErrRefused = errors.New("the server refused it")

// most is how many bytes of an answer are read.
const most = 1 << 20

// Config is what the environment says of a server.
type Config struct {
	URL   string // such as https://api.openai.com/v1; empty: there is none
	Key   string // empty: it asks for none
	Model string
}

// Server is one. It is safe for use by many goroutines.
type Server struct {
	Config
	client *http.Client
}

// New returns a server that Check has nothing against, or nil when none is set.
func New(c Config) *Server {
	if c.URL == "" {
		return nil
	}
	c.URL = strings.TrimRight(c.URL, "/")
	return &Server{c, httpcall.NewClient()}
}

// Check says which part of the configuration is wrong, URL or MODEL, and what with it.
func (c Config) Check() (part string, err error) {
	if c.URL == "" {
		if c.Key+c.Model != "" {
			return "URL", errors.New("must be set with the key and the model")
		}
		return "", nil
	}
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return "URL", fmt.Errorf("%q is not an address like https://api.openai.com/v1", c.URL)
	case u.Scheme == "http" && !nearby(u.Hostname()):
		return "URL", errors.New("must begin with https://: what customers say goes there. Without TLS it can be on this machine or in a private network, by a private address or a name without a dot")
	case c.Model == "":
		return "MODEL", errors.New("must be set with the address: which of the server's models is asked")
	}
	return "", nil
}

// nearby reports whether a host is this machine or a neighbor of it.
func nearby(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback() || ip.IsPrivate()
	}
	return !strings.Contains(host, ".")
}

// ask makes one request and reads the answer into it. An error holds neither the key
// nor a word of what was asked or answered.
func (s *Server) ask(ctx context.Context, path, contentType string, body io.Reader, size int64, answer any) error {
	call := &httpcall.Call{Hide: []string{s.Key}}
	request, err := http.NewRequestWithContext(call.Trace(ctx), http.MethodPost, s.URL+path, body)
	if err != nil {
		return errors.New("the server cannot be asked")
	}
	request.ContentLength = size
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Accept", "application/json")
	if s.Key != "" {
		request.Header.Set("Authorization", "Bearer "+s.Key)
	}
	got, err := call.Do(s.client, request, most)
	switch {
	case err != nil:
		return call.Failed(err).Err
	case got.Status == http.StatusBadRequest, got.Status == http.StatusRequestEntityTooLarge,
		got.Status == http.StatusUnsupportedMediaType, got.Status == http.StatusUnprocessableEntity:
		return fmt.Errorf("%w with %d", ErrRefused, got.Status)
	case got.Status != http.StatusOK:
		return fmt.Errorf("the server answered %d", got.Status)
	case json.Unmarshal(got.Body, answer) != nil:
		return errors.New("the server's answer cannot be read, or is longer than a megabyte")
	}
	return nil
}
