package outboundhooks

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// errPrivate is an address that only this machine or its own network reaches.
// What stands there trusts its neighbors, and we are one: we must not be sent.
var errPrivate = errors.New("an address of a private network or of this machine")

// CheckURL is the code of what is wrong with an address that somebody wants to
// be told at; empty: nothing. A name is looked up when it is dialed, not here: it may point elsewhere
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
	if !loopback && (named || err == nil && !public(ip)) {
		return "hook_private"
	}
	return ""
}

// reserved is what is no place on the internet among the addresses that netip
// has no word for, after IANA's registries of special-purpose addresses.
var reserved = func() []netip.Prefix {
	var all []netip.Prefix
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	} {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}()

// internet is the part of the IPv6 addresses that is given out at all; what
// wraps an IPv4 address in another form stands outside of it.
var internet = netip.MustParsePrefix("2000::/3")

func public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Is6() && !internet.Contains(ip) {
		return false
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// control looks at the address that is dialed, after its name was resolved, so
// that a name that points inwards, or begins to, is refused as well.
func control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !public(to.Addr()) {
		return errPrivate
	}
	return nil
}

// patience is how long one post may take.
const patience = 10 * time.Second

// NewClient returns a client for addresses that somebody else names: it reaches
// the internet and nothing else, unless loopback is set, which tests do.
func NewClient(trust *tls.Config, loopback bool) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: control}
	if loopback {
		dialer.Control = nil
	}
	return &http.Client{
		Timeout: patience,
		Transport: &http.Transport{ // no proxy: it would dial what we must not; a clone, as a transport writes into it
			DialContext: dialer.DialContext, TLSClientConfig: trust.Clone(), ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second,
			MaxIdleConns: 50, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
