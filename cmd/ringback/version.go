package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
)

type version struct{}

// Run prints which build this is.
func (version) Run(out output) error {
	info, _ := debug.ReadBuildInfo()
	b := describe(info)
	_, _ = fmt.Fprintln(out.words(), b)
	return out.value(b)
}

// build is what Go wrote into the program about itself.
type build struct {
	Version  string `json:"version"`            // (devel): not of a release
	Revision string `json:"revision,omitempty"` // of the sources; left out: built outside of their repository
	Time     string `json:"time,omitempty"`     // of the revision, RFC 3339
	Modified bool   `json:"modified,omitempty"` // the sources were changed after it
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// describe reads what is known; nil: nothing is.
func describe(info *debug.BuildInfo) build {
	b := build{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info == nil {
		return b
	}
	b.Version = cmp.Or(info.Main.Version, b.Version)
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// String is the line that a bug report begins with.
func (b build) String() string {
	source := ""
	if b.Revision != "" {
		source = " " + b.Revision
		if b.Modified {
			source += " with changes"
		}
	}
	return fmt.Sprintf("ringback %s%s %s %s", b.Version, source, b.Go, b.Platform)
}
