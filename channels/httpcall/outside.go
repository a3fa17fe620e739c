package httpcall

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// CheckURL is the code of what is wrong with an address that somebody names for
// us to call; empty: nothing. A name is looked up when it is dialed, not here: it may point elsewhere
// by then.
func CheckURL(address string, loopback bool) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || strings.ContainsAny(address, " \x00") || len(address) > 2000:
		return "hook_form"
	case u.Scheme != "https":
		return "hook_https"
	case u.User != nil || u.Fragment != "":
		return "hook_user"
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	ip, err := netip.ParseAddr(host)
	named := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if !loopback && (named || err == nil && !Public(ip)) {
		return "hook_private"
	}
	return ""
}

// Patience is how long one call of an OutsideClient may take.
const Patience = 10 * time.Second

// OutsideClient returns a client for addresses that somebody else names: it reaches
// the internet and nothing else, unless loopback is set, which tests do.
func OutsideClient(trust *tls.Config, loopback bool) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: RefusePrivate}
	if loopback {
		dialer.Control = nil
	}
	return &http.Client{
		Timeout: Patience,
		Transport: &http.Transport{ // no proxy: it would dial what we must not; a clone, as a transport writes into it
			DialContext: dialer.DialContext, TLSClientConfig: trust.Clone(), ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second,
			MaxIdleConns: 50, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
