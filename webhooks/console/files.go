package console

import (
	"embed"

	"ringback/webhooks/web/assets"
)

//go:embed assets/notices.js assets/notices-worker.js
//go:embed assets/console.css assets/talk.js assets/console.js assets/zone.js assets/automations.js assets/passkey.js assets/htmx.min.js
var embedded embed.FS

// made is the files that pages are made of, beside the stylesheet of all.
var made = map[string]assets.File{
	"console.css":       file("console.css", "text/css; charset=utf-8"),
	"console.js":        file("console.js", "text/javascript; charset=utf-8"),
	"talk.js":           file("talk.js", "text/javascript; charset=utf-8"),
	"automations.js":    file("automations.js", "text/javascript; charset=utf-8"),
	"passkey.js":        file("passkey.js", "text/javascript; charset=utf-8"),
	"zone.js":           file("zone.js", "text/javascript; charset=utf-8"),
	"notices.js":        file("notices.js", "text/javascript; charset=utf-8"),
	"notices-worker.js": file("notices-worker.js", "text/javascript; charset=utf-8"),
	"htmx.js":           file("htmx.min.js", "text/javascript; charset=utf-8"), // htmx 2.0.11, Zero-Clause BSD
}

func file(name, contentType string) assets.File {
	content, err := embedded.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // it is in the binary
	}
	return assets.NewFile("/console/"+name, contentType, content)
}
