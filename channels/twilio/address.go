package twilio

import (
	"slices"
	"strings"
)

// addresses are the ways in which Twilio may have written the address that it
// signed. Its documentation and libraries disagree on the port, on the user's
// name in front of the host and on the apostrophe, and drop the fragment, so
// that all have to be tried. Nothing else about the address is negotiable.
func addresses(address string) []string {
	address, _, _ = strings.Cut(address, "#")
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return []string{address}
	}
	end := len(rest)
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		end = i
	}
	user, host, port := splitAuthority(rest[:end])
	if port == "" {
		port = defaultPort(scheme)
	}
	users := []string{user}
	if user != "" {
		users = append(users, "")
	}
	paths := []string{rest[end:]}
	if path, query, found := strings.Cut(rest[end:], "?"); found && strings.Contains(query, "'") {
		paths = append(paths, path+"?"+strings.ReplaceAll(query, "'", "%27"))
	}
	if told(rest[end:]) {
		// Twilio does not sign our request to try again, but a tool that plays
		// Twilio may sign the address just as it was given.
		paths = append(paths, rest[end:]+tryAgain)
	}
	var all []string
	for _, path := range paths {
		for _, user := range users {
			all = append(all, scheme+"://"+user+host+path, scheme+"://"+user+host+port+path)
		}
	}
	return all
}

// told reports whether it is one of our addresses at which Twilio is to try again.
func told(path string) bool {
	return slices.ContainsFunc([]string{StatusPath, RecordingPath, CallsPath}, func(door string) bool { return strings.Contains(path, door+"?") })
}

// splitAuthority splits user:password@host:port and leaves "@" with the user
// and ":" with the port. A colon within the brackets of an IPv6 host is no
// port.
func splitAuthority(authority string) (user, host, port string) {
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, authority = authority[:i+1], authority[i+1:]
	}
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		return user, authority[:i], authority[i:]
	}
	return user, authority, ""
}

func defaultPort(scheme string) string {
	if strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "wss") {
		return ":443"
	}
	return ":80"
}
