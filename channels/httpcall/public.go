package httpcall

import (
	"fmt"
	"net/netip"
	"syscall"
)

// PrivateError is a name that led to an address which is not on the internet.
type PrivateError struct{ address string }

func (e PrivateError) Error() string {
	return fmt.Sprintf("the name led to %s, which is no public address", e.address)
}

// RefusePrivate is a net.Dialer's Control that lets it reach the internet and
// nothing else: what stands in a private network trusts its neighbors, and we are
// one. It is asked with the address that a name was resolved to, so that a name
// that points inwards, or begins to, is refused as well. It is the one guard for
// every address that somebody else names: a provider, a customer, an admin.
func RefusePrivate(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !Public(to.Addr()) {
		return PrivateError{address}
	}
	return nil
}

// Public reports whether an address is one on the internet.
func Public(ip netip.Addr) bool {
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
