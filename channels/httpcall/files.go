package httpcall

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"
)

// NewFileClient returns a client that fetches files from a provider whose API is
// at base, or would be at api. A name of the provider's that leads to a private
// address is not followed there, whoever made it lead there; the configured API
// and the machine's own proxy are where the operator said.
func NewFileClient(base *url.URL, api string) *http.Client {
	trusted := map[string]bool{hostPort(base): true}
	for _, target := range []*url.URL{base, {Scheme: "https", Host: api}} {
		if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: target}); err == nil && proxy != nil {
			trusted[hostPort(proxy)] = true
		}
	}
	open := &net.Dialer{Timeout: 10 * time.Second}
	guarded := &net.Dialer{Timeout: 10 * time.Second, Control: RefusePrivate}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if trusted[address] {
			return open.DialContext(ctx, network, address)
		}
		return guarded.DialContext(ctx, network, address)
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
