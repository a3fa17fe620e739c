package console

import (
	"embed"

	"ringback/webhooks/web/assets"
)

//go:embed assets/notices.js assets/notices-worker.js assets/heic.js assets/heic-worker.js assets/libheif
//go:embed assets/console.css assets/plain.css assets/talk.js assets/console.js assets/zone.js assets/automations.js assets/order.js assets/passkey.js assets/htmx.min.js
var embedded embed.FS

// made is the files that pages are made of, beside the stylesheet of all.
var made = map[string]assets.File{
	"console.css":       file("console.css", "text/css; charset=utf-8"),
	"plain.css":         file("plain.css", "text/css; charset=utf-8"),
	"console.js":        file("console.js", "text/javascript; charset=utf-8"),
	"talk.js":           file("talk.js", "text/javascript; charset=utf-8"),
	"automations.js":    file("automations.js", "text/javascript; charset=utf-8"),
	"order.js":          file("order.js", "text/javascript; charset=utf-8"),
	"passkey.js":        file("passkey.js", "text/javascript; charset=utf-8"),
	"zone.js":           file("zone.js", "text/javascript; charset=utf-8"),
	"notices.js":        file("notices.js", "text/javascript; charset=utf-8"),
	"notices-worker.js": file("notices-worker.js", "text/javascript; charset=utf-8"),
	"heic.js":           file("heic.js", "text/javascript; charset=utf-8"),
	"heic-worker.js":    file("heic-worker.js", "text/javascript; charset=utf-8").Under(decodes),
	"libheif.js":        assets.NewZipped("/console/libheif.js", "text/javascript; charset=utf-8", content("libheif/libheif.js.gz")),
	"libheif.wasm":      assets.NewZipped("/console/libheif.wasm", "application/wasm", content("libheif/libheif.wasm.gz")),
	"libheif.txt":       assets.NewFile("/console/libheif.txt", "text/plain; charset=utf-8", content("libheif/LICENSE")),
	"htmx.js":           file("htmx.min.js", "text/javascript; charset=utf-8"), // htmx 2.0.11, Zero-Clause BSD
}

// decodes lets the worker that decodes pictures run WebAssembly, and speak with nobody.
const decodes = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"

func file(name, contentType string) assets.File {
	return assets.NewFile("/console/"+name, contentType, content(name))
}

func content(name string) []byte {
	content, err := embedded.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // it is in the binary
	}
	return content
}
