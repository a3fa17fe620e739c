package i18n

import (
	"embed"
	"io/fs"
)

//go:embed codes/*.json
var coded embed.FS

// Codes is the words for the codes that are stored: states, reasons, automations,
// channels. The console says them, and so does what is handed to a customer.
var Codes = func() fs.FS {
	folder, err := fs.Sub(coded, "codes")
	if err != nil {
		panic(err) // it is in the binary
	}
	return folder
}()
