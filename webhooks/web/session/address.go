package session

import (
	"net"
	"net/http"
)

// Address is where a request comes from, as far as it counts for the throttle:
// the connection's, which a trusted proxy has corrected before (TRUSTED_PROXIES).
// Of IPv6 it is the network that a household has.
func Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	ip := net.ParseIP(host)
	if ip == nil {
		return host
	}
	if ip.To4() == nil && !ip.IsLoopback() {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return ip.String()
}
