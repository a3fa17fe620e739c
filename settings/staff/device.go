package staff

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestAgent is how much is kept of what a browser calls itself.
const longestAgent = 300

// agent is what the request's browser calls itself, as text that can be stored.
func agent(r *http.Request) string {
	said := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return -1
		}
		return r
	}, r.UserAgent())
	if len(said) > longestAgent {
		said = strings.ToValidUTF8(said[:longestAgent], "")
	}
	return said
}

// Each browser also claims to be those after it.
var (
	browsers = [][2]string{
		{"Edg/", "Edge"},
		{"EdgiOS/", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"FxiOS/", "Firefox"},
		{"Firefox/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	}
	systems = [][2]string{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"Windows", "Windows"},
		{"Mac OS X", "Mac"},
		{"CrOS", "ChromeOS"},
		{"Linux", "Linux"},
	}
)

// Device is what people call the browser and the machine, such as "Firefox,
// Windows"; of what is neither, the beginning of its own words; empty: nothing
// was said.
func Device(agent string) string {
	browser, system := first(browsers, agent), first(systems, agent)
	switch {
	case browser != "" && system != "":
		return browser + ", " + system
	case len(agent) > 60:
		return strings.ToValidUTF8(agent[:60], "") + "…"
	}
	return agent
}

func first(known [][2]string, agent string) string {
	for _, k := range known {
		if strings.Contains(agent, k[0]) {
			return k[1]
		}
	}
	return ""
}
