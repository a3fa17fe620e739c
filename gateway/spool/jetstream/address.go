package jetstream

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Scheme is what an address of such a spool begins with.
const Scheme = "nats://"

// Address is where the servers are: nats://user:password@a,b,c/stream?monitor=http://a:8222,…
// User, stream (ringback-spool) and monitoring addresses (port 8222 of each) may be
// left out.
type Address struct {
	User, Password string
	Hosts          []string // each with its port
	Stream         string
	Monitors       []string
}

var streamName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Parse reads an address. The error repeats no password.
func Parse(address string) (Address, error) {
	a := Address{Stream: "ringback-spool"}
	rest, query, _ := strings.Cut(strings.TrimPrefix(address, Scheme), "?")
	if n := strings.LastIndex(rest, "@"); n >= 0 {
		user, err := url.Parse(Scheme + rest[:n] + "@a")
		if err != nil || user.User == nil {
			return a, fmt.Errorf("the name and password before the @ cannot be read; write what is special in them as %%40 and the like")
		}
		a.User = user.User.Username()
		a.Password, _ = user.User.Password()
		rest = rest[n+1:]
	}
	hosts, stream, named := strings.Cut(rest, "/")
	if named && stream != "" {
		a.Stream = stream
	}
	if !streamName.MatchString(a.Stream) {
		return a, fmt.Errorf("%q is no name for a stream: letters, digits, - and _", a.Stream)
	}
	for _, host := range strings.Split(hosts, ",") {
		if _, _, err := net.SplitHostPort(host); err != nil && host != "" {
			host = net.JoinHostPort(strings.Trim(host, "[]"), "4222")
		}
		name, _, err := net.SplitHostPort(host)
		if err != nil || name == "" {
			return a, fmt.Errorf("%q is no NATS server like nats-1.example.com:4222", host)
		}
		if slices.Contains(a.Hosts, strings.ToLower(host)) {
			return a, fmt.Errorf("the NATS server %q stands there twice, and a spool needs three", host)
		}
		a.Hosts = append(a.Hosts, strings.ToLower(host))
		a.Monitors = append(a.Monitors, "http://"+net.JoinHostPort(name, "8222"))
	}
	if len(a.Hosts) < copies {
		return a, fmt.Errorf("a spool on NATS servers needs three of them, such as nats://a,b,c, so that one can be lost")
	}
	parameters, err := url.ParseQuery(query)
	if err != nil {
		return a, fmt.Errorf("what stands behind the ? cannot be read")
	}
	for name := range parameters {
		if name != "monitor" {
			return a, fmt.Errorf("%q is no setting of a spool; there is monitor", name)
		}
	}
	if monitors := parameters.Get("monitor"); monitors != "" {
		a.Monitors = strings.Split(monitors, ",")
	}
	for n, monitor := range a.Monitors {
		u, err := url.Parse(monitor)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" {
			return a, fmt.Errorf("the monitoring address %d is none like http://a:8222", n+1)
		}
		a.Monitors[n] = strings.TrimRight(monitor, "/")
	}
	return a, nil
}

// servers are as the client takes them.
func (a Address) servers() string { return Scheme + strings.Join(a.Hosts, ","+Scheme) }
