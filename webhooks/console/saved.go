package console

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// goSaved goes back to a page after a save: to the part of it that was saved, where it
// says so. An empty part is the page's head.
func (v *View) goSaved(page, part string) error {
	asked := url.Values{"saved": {strconv.FormatInt(v.now.Unix(), 10)}}
	if part != "" {
		asked.Set("at", part)
	}
	begin := "?"
	if strings.Contains(page, "?") {
		begin = "&"
	}
	return v.Go(page + begin + asked.Encode() + "#saved")
}

// SavedAt is the time at which that part of the page was just saved; empty: it was not.
func (v *View) SavedAt(part string) string {
	saved, err := strconv.ParseInt(v.Query("saved"), 10, 64)
	if err != nil || v.Query("at") != part {
		return ""
	}
	return v.Local(time.Unix(saved, 0)).Format("15:04")
}
