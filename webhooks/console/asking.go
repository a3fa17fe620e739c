package console

import (
	"cmp"
	"encoding/json"
	"strings"

	"ringback/gateway/inbox"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings"
)

// asking is the form by which an advisor asks the customer for something.
type asking struct {
	Kind, Message, Amount, Currency, Description string
	Files                                        []kept
	Faults                                       map[string]string
}

// kept is a file that was uploaded with a form that was refused.
type kept struct{ ID, Name string }

// Kinds are what a customer can be asked for.
func (ticketPage) Kinds() []string {
	return []string{"photo_video", "approval", "payment", "rating", "resolved"}
}

// Waits reports whether the customer can still answer.
func (r request) Waits() bool { return r.State == requests.Open || r.State == requests.Seen }

// Comment is what the customer wrote beside the answer.
func (r request) Comment() string {
	if r.Answer == nil {
		return ""
	}
	var answer struct{ Comment string }
	_ = json.Unmarshal(*r.Answer, &answer) // what has none is none
	return answer.Comment
}

// askCustomer asks for a photo, an approval, a payment, a rating or a word.
func (v *View) askCustomer() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.receiveFiles(); err != nil {
		return err
	}
	form := asking{
		Kind: v.Form("kind"), Message: v.Form("message"), Amount: v.Form("amount"), Currency: v.Form("currency"), Description: v.Form("description"),
		Faults: map[string]string{},
	}
	files, fault, err := v.takenFiles()
	if form.Files = files; err != nil {
		return err
	}
	if fault != "" {
		form.Faults["attachments"] = fault
		return v.showAsking(id, form, fault)
	}
	_, err = v.console.Inbox.Ask(v.ctx(), v.Who, v.Team.ID, id, v.Form("key"), form.wanted())
	said, refused := v.unsent(err)
	if err == nil || !refused {
		return v.afterTicket(id, err)
	}
	faults, _ := v.Faults(err)
	if faults["Idempotency-Key"] != "" && len(form.Files) > 0 {
		return v.afterTicket(id, nil) // it was pressed twice: its files are others, as they were uploaded anew
	}
	form.Faults = faults
	return v.showAsking(id, form, said)
}

// wanted is what the form asks for.
func (a asking) wanted() inbox.Wanted {
	w := inbox.Wanted{Kind: a.Kind, Message: strings.TrimSpace(a.Message), Description: strings.TrimSpace(a.Description)}
	if a.Kind == rules.AskPayment {
		w.Amount, w.Currency = inbox.Typed(a.Amount), strings.TrimSpace(a.Currency)
	}
	for _, file := range a.Files {
		w.Attachments = append(w.Attachments, file.ID)
	}
	return w
}

// takenFiles uploads what was chosen, beside what an earlier try uploaded. The first
// file that is refused is a fault; those before it are kept.
func (v *View) takenFiles() (files []kept, fault string, err error) {
	names := v.g.PostFormArray("attached-name")
	for n, id := range v.g.PostFormArray("attached") {
		if settings.IsID(id) && n < len(names) {
			files = append(files, kept{id, names[n]})
		}
	}
	if v.g.Request.MultipartForm == nil {
		return files, "", nil
	}
	defer func() { _ = v.g.Request.MultipartForm.RemoveAll() }() // the system clears what is left
	for _, header := range v.g.Request.MultipartForm.File["files"] {
		if header.Filename == "" {
			continue
		}
		id, err := v.uploadFile(header)
		said, refused := v.refusal(err)
		switch {
		case refused:
			wrong, _ := v.Faults(err)
			return files, header.Filename + ": " + cmp.Or(wrong["file"], said), nil
		case err != nil:
			return files, "", err
		}
		files = append(files, kept{id, header.Filename})
	}
	return files, "", nil
}

// showAsking keeps what was typed into a form that was refused.
func (v *View) showAsking(id string, form asking, said string) error {
	page, err := v.readTicket()
	if err != nil {
		return err
	}
	page.Ask, page.Fault = form, said
	return v.ShowFault("ticket.html", page)
}

// cancelAsking takes a request back.
func (v *View) cancelAsking() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	_, err = v.console.Inbox.CancelRequest(v.ctx(), v.Who, v.Team.ID, v.Form("request"))
	return v.afterTicket(id, err)
}

// countAnswer has what the customer wrote count as the answer to a request.
func (v *View) countAnswer() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	_, err = v.console.Inbox.CountAnswer(v.ctx(), v.Who, v.Team.ID, v.Form("request"), v.Form("message"))
	return v.afterTicket(id, err)
}

// shareContactPage sends the customer how to reach the team.
func (v *View) shareContactPage() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	_, err = v.console.Inbox.Share(v.ctx(), v.Who, v.Team.ID, v.Form("contact"), "")
	return v.afterTicket(id, err)
}
