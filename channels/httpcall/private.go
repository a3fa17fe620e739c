package httpcall

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// PrivateError is a name that led to an address which no provider has.
type PrivateError struct{ address string }

func (e PrivateError) Error() string {
	return fmt.Sprintf("the provider's name led to %s, which is no public address", e.address)
}

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
	guarded := &net.Dialer{Timeout: 10 * time.Second, Control: Public}
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

// Public refuses to connect to an address that is not on the open internet. It
// is asked with the address that a name was resolved to.
func Public(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return PrivateError{address}
	}
	ip := at.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || reserved(ip) {
		return PrivateError{address}
	}
	return nil
}

// reserved are ranges beside the private ones that lead into somebody's own
// network: shared by carriers, IPv4 inside of IPv6, and for tests.
func reserved(ip netip.Addr) bool {
	for _, range_ := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "64:ff9b::/96", "2002::/16", "100::/64"} {
		if netip.MustParsePrefix(range_).Contains(ip) {
			return true
		}
	}
	return false
}
