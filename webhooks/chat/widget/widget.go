// Package widget is the script that a company's website loads: a chat in the corner of
// its pages. widget.js is bundled from the sources beside it.
package widget

import (
	_ "embed" // the bundle

	"ringback/webhooks/web/assets"
)

//go:embed widget.js
var script []byte

// File is what websites load, under the address that does not change; browsers ask
// anew whether it did.
var File = assets.NewFile("/chat/widget.js", "text/javascript; charset=utf-8", script)
