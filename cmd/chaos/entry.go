package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ringback/channels/simulator"
)

// The entry asks each replica how it is, as docs/install's HAProxy does, only oftener.
const (
	checkEvery  = 250 * time.Millisecond
	checkWithin = 2 * time.Second
	fall        = 2
)

// entry is the balancer before the replicas, and the one who sees what a provider is
// answered.
type entry struct {
	*simulator.Server
	backends []*backend
	turn     atomic.Int64
	end      context.CancelFunc
	checking sync.WaitGroup

	mu      sync.Mutex
	refused []refusal
	cutOff  int // requests under way with a replica that went: 502
	nobody  int // requests that came while no replica was ready: 503
}

// refusal is a replica's own 5xx to a provider.
type refusal struct {
	at             time.Time
	replica, words string
	status         int
	path           string
	full           bool // there was nowhere to keep more: it says so, and it is right
}

type backend struct {
	name, url string
	up        atomic.Bool
	proxy     *httputil.ReverseProxy
}

// newEntry stands before replicas at addresses.
func newEntry(names, urls []string) (*entry, error) {
	e := &entry{}
	for n, name := range names {
		target, err := url.Parse(urls[n])
		if err != nil {
			return nil, err
		}
		b := &backend{name: name, url: urls[n]}
		b.proxy = httputil.NewSingleHostReverseProxy(target)
		b.proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 128, DisableCompression: true}
		b.proxy.ModifyResponse = func(r *http.Response) error { return e.answered(b, r) }
		b.proxy.ErrorHandler = func(w http.ResponseWriter, r *http.Request, err error) { e.failed(b, w, r, err) }
		e.backends = append(e.backends, b)
	}
	var err error
	if e.Server, err = simulator.Serve(simulator.Loopback, e); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	e.end = cancel
	for _, b := range e.backends {
		e.checking.Go(func() { b.check(ctx) })
	}
	return e, nil
}

func (e *entry) close() {
	e.end()
	e.checking.Wait()
	e.Close()
}

// check asks /readyz until the context ends.
func (b *backend) check(ctx context.Context) {
	client := &http.Client{Timeout: checkWithin, Transport: &http.Transport{DisableKeepAlives: true}}
	failed := 0
	for tick := time.NewTicker(checkEvery); ; {
		answer, err := client.Get(b.url + "/readyz")
		if err == nil {
			_ = answer.Body.Close()
		}
		if err == nil && answer.StatusCode == http.StatusOK {
			failed = 0
			b.up.Store(true)
		} else if failed++; failed >= fall || refusedDial(err) {
			b.up.Store(false)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func refusedDial(err error) bool {
	return err != nil && strings.Contains(err.Error(), "connection refused")
}

// tried is which backends a request was brought to.
type tried struct{}

const mostBody = 8 << 20

func (e *entry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBody))
	if err != nil {
		http.Error(w, "the request broke off", http.StatusBadRequest)
		return
	}
	e.pass(w, r.WithContext(context.WithValue(r.Context(), tried{}, &attempt{body: body})))
}

type attempt struct {
	body []byte
	been map[*backend]bool
}

// pass brings a request to the next that is ready and was not asked yet.
func (e *entry) pass(w http.ResponseWriter, r *http.Request) {
	a := r.Context().Value(tried{}).(*attempt)
	if a.been == nil {
		a.been = map[*backend]bool{}
	}
	first := int(e.turn.Add(1))
	for n := range e.backends {
		b := e.backends[(first+n)%len(e.backends)]
		if !b.up.Load() || a.been[b] {
			continue
		}
		a.been[b] = true
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(a.body)), int64(len(a.body))
		b.proxy.ServeHTTP(w, r)
		return
	}
	e.mu.Lock()
	e.nobody++
	e.mu.Unlock()
	http.Error(w, "no replica is ready", http.StatusServiceUnavailable)
}

// answered looks at what a provider is told.
func (e *entry) answered(b *backend, r *http.Response) error {
	r.Header.Set("X-Served-By", b.name)
	if r.StatusCode < 500 || !strings.HasPrefix(r.Request.URL.Path, "/webhooks/") {
		return nil
	}
	words, err := io.ReadAll(io.LimitReader(r.Body, 4<<10))
	if err != nil {
		return err
	}
	_ = r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(words))
	e.mu.Lock()
	defer e.mu.Unlock()
	text := strings.TrimSpace(string(words))
	e.refused = append(e.refused, refusal{
		at: time.Now(), replica: b.name, status: r.StatusCode, words: text, path: r.Request.URL.Path,
		full: strings.Contains(text, "is full") || strings.Contains(text, "the servers of the spool are away"),
	})
	return nil
}

// failed has a request that did not reach a replica go to another. One that was under
// way may have been heard: it is the provider's to bring it again.
func (e *entry) failed(b *backend, w http.ResponseWriter, r *http.Request, err error) {
	if refusedDial(err) {
		b.up.Store(false)
		e.pass(w, r)
		return
	}
	e.mu.Lock()
	e.cutOff++
	e.mu.Unlock()
	w.WriteHeader(http.StatusBadGateway)
	_, _ = fmt.Fprintln(w, "cut off")
}

// ready is how many replicas are.
func (e *entry) ready() (n int) {
	for _, b := range e.backends {
		if b.up.Load() {
			n++
		}
	}
	return n
}

// isReady reports whether the n-th is.
func (e *entry) isReady(n int) bool { return e.backends[n].up.Load() }
