package console

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/gateway/inbox"
	"ringback/settings"
)

// undoing is the notice after something was done in the inbox, and the form that sets
// it back.
type undoing struct {
	Said string
	Bad  bool // it says that not all was set back
	All  []inbox.Undo
	Of   int    // so many were changed
	Next string // the page to go back to
}

// Each are the fields of the form.
func (u undoing) Each() []string {
	each := make([]string, len(u.All))
	for n, one := range u.All {
		raw, _ := json.Marshal(one) // it is plain values
		each[n] = string(raw)
	}
	return each
}

// What was before comes to the page that follows in a cookie, so that nobody leads
// somebody to a notice whose button does something else than it says. It is for one page.
const (
	undoCookie = "ringback_undo"
	undoKept   = time.Minute
	undoMost   = 2 << 10 // bytes: what every proxy lets through
	undoQuery  = "undo"  // which notice the page shows
	undoPlain  = 1 << 16 // bytes, at most
)

// goUndo goes on to a page of the inbox that offers to undo what was just done, and
// says whether it could: more than a cookie holds is offered on this very answer.
func (v *View) goUndo(page string, all []inbox.Undo) (bool, error) {
	if len(all) == 0 {
		return true, v.Go(page)
	}
	raw, _ := json.Marshal(all) // it is plain values
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression) // which is a level
	_, _ = w.Write(raw)                                     // a buffer takes all
	_ = w.Close()
	id, value := uuid.NewString(), base64.RawURLEncoding.EncodeToString(packed.Bytes())
	if len(value) > undoMost {
		return false, nil
	}
	http.SetCookie(v.g.Writer, &http.Cookie{
		Name: undoCookie, Value: id + "." + value, Path: v.inbox(), MaxAge: int(undoKept.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.console.Gate.Secure(),
	})
	return true, v.Go(with(page, url.Values{undoQuery: {id}}))
}

// inbox is the address of the team's tickets.
func (v *View) inbox() string { return "/teams/" + v.Team.ID + "/tickets" }

// with is an address that asks for more, and leads to the notice.
func with(page string, more url.Values) string {
	begin := "?"
	if strings.Contains(page, "?") {
		begin = "&"
	}
	return page + begin + more.Encode() + "#undo"
}

// undoable is what the page was told to offer; nothing, when it was not told so here.
func (v *View) undoable() []inbox.Undo {
	kept, _ := v.g.Cookie(undoCookie)
	value, ours := strings.CutPrefix(kept, v.Query(undoQuery)+".")
	if !ours || v.Query(undoQuery) == "" {
		return nil
	}
	packed, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return nil
	}
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), undoPlain))
	var all []inbox.Undo
	if err != nil || json.Unmarshal(raw, &all) != nil {
		return nil
	}
	return all
}

// undone is the notice of what was set back, in words; empty: nothing was.
func (v *View) undone() undoing {
	back, err := strconv.Atoi(v.Query("back"))
	of, fault := strconv.Atoi(v.Query("of"))
	switch {
	case err != nil || fault != nil || back < 0 || back > of || of > inbox.MaxAtOnce:
		return undoing{}
	case back == of:
		return undoing{Said: v.T("undo.back", "N", back)}
	}
	return undoing{Said: v.T("undo.partly", "N", of-back, "Back", back, "Of", of), Bad: true}
}

// undoOfTicket is the notice on the page of one ticket.
func (v *View) undoOfTicket(page string) undoing {
	if all := v.undoable(); len(all) == 1 {
		return undoing{Said: v.T("did." + all[0].What()), All: all, Of: 1, Next: page}
	}
	return v.undone()
}

// undo sets back what an action in the inbox changed, where nobody changed it since.
func (v *View) undo() error {
	sent := v.g.PostFormArray("undo")
	all := make([]inbox.Undo, len(sent))
	for n, one := range sent {
		if err := json.Unmarshal([]byte(one), &all[n]); err != nil {
			return settings.Refuse(fmt.Sprintf("undo[%d]", n), "unreadable", "Why", "JSON")
		}
		if all[n].Labeled() {
			if err := v.Who.Allowed("label-ticket"); err != nil {
				return err
			}
		}
	}
	back, err := v.console.Inbox.SetBack(v.ctx(), v.Who, v.Team.ID, all)
	if err != nil {
		return err
	}
	next := ownPath(v.Form("next"))
	if path, _, _ := strings.Cut(next, "?"); path != v.inbox() && !strings.HasPrefix(path, v.inbox()+"/") {
		next = v.inbox()
	}
	return v.Go(with(next, url.Values{"back": {strconv.Itoa(back)}, "of": {strconv.Itoa(len(all))}}))
}
