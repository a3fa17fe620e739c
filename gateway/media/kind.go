package media

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/gabriel-vasile/mimetype"
)

// Bounds of a file, in bytes.
const (
	Limit      = 25 << 20  // of one that is fetched or uploaded
	VideoLimit = 100 << 20 // of a video that is uploaded
)

// headSize is how much of a file is looked at to learn what it is. Old office
// files say so on a page that may lie far from their beginning.
const headSize = 64 << 10

// looksFar lets the detection use all of the head; its usual 3 KiB are global.
var looksFar = sync.OnceFunc(func() { mimetype.SetLimit(headSize) })

var (
	images = []string{"image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence", "image/avif", "image/bmp", "image/tiff"}
	sounds = []string{"audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/aac", "audio/amr", "audio/ogg", "audio/wav", "audio/aiff", "audio/basic", "audio/flac"}
	videos = []string{"video/mp4", "video/x-m4v", "video/quicktime", "video/3gpp", "video/3gpp2", "video/webm", "video/mpeg", "video/ogg", "video/x-msvideo", "video/matroska"}
	sheets = []string{
		"application/pdf", "text/csv", "application/msword", "application/vnd.ms-excel",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	}
	papers = []string{
		"text/plain", "text/vcard", "application/vnd.ms-powerpoint",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation",
		"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.presentation",
	}
	fetched  = slices.Concat(images, sounds, videos, sheets, papers)
	uploaded = slices.Concat(images, sounds, videos, sheets)

	// playable are the sounds that a provider plays to a caller.
	// https://www.twilio.com/docs/voice/twiml/play#supported-audio-file-types
	playable = []string{"audio/mpeg", "audio/wav", "audio/aiff", "audio/basic"}

	// unplayed are sounds that some browser or every one plays not: AMR is what phones
	// record for MMS.
	unplayed = []string{"audio/amr", "audio/aiff", "audio/basic"}

	// shown are those that a browser shows itself, and in which no script runs.
	shown = slices.Concat([]string{"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp", "application/pdf", "audio/x-caf"}, sounds, videos)

	// decoded are pictures that some browsers show, and a script where they do not.
	decoded = []string{"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"}
)

// byName are types whose content does not tell them apart; the name decides
// within what the content allows.
var byName = map[string]map[string]string{
	"text/plain":                {".csv": "text/csv"},
	"application/x-ole-storage": {".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint"},
}

// sniff is what a file is, going by its first bytes.
func sniff(head []byte, name string) string {
	looksFar()
	kind, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	if better, ok := byName[kind][strings.ToLower(path.Ext(name))]; ok {
		return better
	}
	return kind
}

// Inline reports whether a browser may show a file of that type in its own
// window, instead of saving it.
func Inline(kind string) bool { return slices.Contains(shown, kind) }

// Shown is what a page shows a file of that type as: image, audio or video; heic: as a
// picture where the browser can, or a script; file: as a link to save or open it.
func Shown(kind string) string {
	if slices.Contains(decoded, kind) {
		return "heic"
	}
	what, _, _ := strings.Cut(kind, "/")
	if !Inline(kind) || slices.Contains(unplayed, kind) || !slices.Contains([]string{"image", "audio", "video"}, what) {
		return "file"
	}
	return what
}

// SavedAs is under which name a file of that type is saved. What it is, its
// content has said: a name that ends in something else has the type's ending put
// on, so that no invoice.js is saved as what a double click would run.
func SavedAs(name, kind string) string {
	if name == "" {
		return "file" + extension(kind)
	}
	looksFar()
	if end := strings.ToLower(path.Ext(name)); slices.Contains(endings[kind], end) || end != "" && end == extension(kind) {
		return name
	}
	if end := extension(kind); end != "" {
		return strings.TrimRight(name, ". ") + end
	}
	return strings.TrimRight(name, ". ") + ".bin"
}

// endings are those that files of a type have beside the usual one.
var endings = map[string][]string{
	"image/jpeg": {".jpg", ".jpeg", ".jpe", ".jfif"}, "image/tiff": {".tif", ".tiff"}, "image/heic": {".heic", ".heif"}, "image/heif": {".heic", ".heif"},
	"audio/mpeg": {".mp3", ".mpga"}, "audio/mp4": {".m4a", ".mp4"}, "audio/x-m4a": {".m4a"}, "audio/aiff": {".aif", ".aiff"}, "audio/basic": {".au", ".snd"},
	"audio/x-caf": {".caf"}, "audio/ogg": {".ogg", ".oga", ".opus"}, "video/mp4": {".mp4", ".m4v"}, "video/quicktime": {".mov", ".qt"}, "video/mpeg": {".mpg", ".mpeg"},
	"video/3gpp": {".3gp"}, "video/3gpp2": {".3g2"}, "video/ogg": {".ogv", ".ogg"}, "video/matroska": {".mkv"}, "video/x-msvideo": {".avi"},
	"text/plain": {".txt", ".text", ".log"}, "text/csv": {".csv"}, "text/vcard": {".vcf", ".vcard"}, "application/pdf": {".pdf"},
	"application/msword": {".doc"}, "application/vnd.ms-excel": {".xls"}, "application/vnd.ms-powerpoint": {".ppt"},
}

// extension is how a file of that type is named, with the dot.
func extension(kind string) string {
	looksFar()
	if known := mimetype.Lookup(kind); known != nil {
		return known.Extension()
	}
	return ""
}
