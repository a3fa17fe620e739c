package console

import "net/http"

// takesAway are the operations that take something away, and whether the page of
// changes can bring it back. Their forms ask once more, on a page that needs no script;
// who answered it sends sureField along.
var takesAway = map[string]bool{
	"delete-schedule": true, "delete-holiday": true, "delete-sender": true, "delete-reply": true, "delete-label": true,
	"delete-identity-key": false, "delete-key": false, "delete-device": false,
	"delete-hook": false, "remove-second-factor": false, "erase-contact": false,
	"cancel-message": false, "cancel-request": false, "end-session": false,
	"reset-second-factor": false, "disconnect-member": false, "merge-contact": false,
}

const (
	sureField  = "sure"
	namedField = "named"      // what is taken away, as people call it
	intoField  = "into_named" // what it becomes part of
)

// surePage asks whether something is to be taken away.
type surePage struct {
	Operation string
	Named     string
	Into      string // of what becomes part of something: of that
	Back      bool   // it can be brought back
	Path      string
	Sent      repeated
	Next      string // the page to go back to
}

// ask shows the question of an operation that takes something away, unless it was
// answered, and says whether it has.
func (v *View) ask(operation string) (asked bool, err error) {
	back, takes := takesAway[operation]
	if !takes || v.g.Request.Method != http.MethodPost || v.Form(sureField) == "yes" {
		return false, nil
	}
	page := surePage{Operation: operation, Named: v.Form(namedField), Into: v.Form(intoField), Back: back, Path: v.Here(), Sent: v.repeat(), Next: v.camefrom()}
	page.Sent.Fields.Set(sureField, "yes")
	page.Sent.Fields.Set(proofFrom, page.Next)
	return true, v.Show("sure.html", page)
}
