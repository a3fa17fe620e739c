package console

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"ringback/webhooks/api"
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
func (r request) Waits() bool { return r.State == "open" || r.State == "seen" }

// Comment is what the customer wrote beside the answer.
func (r request) Comment() string {
	var answer struct{ Comment string }
	_ = json.Unmarshal(r.Answer, &answer) // what has none is none
	return answer.Comment
}

// askCustomer asks for a photo, an approval, a payment, a rating or a word.
func (v *View) askCustomer() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	v.receiveForm()
	if err := v.g.Request.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return api.NewProblem(http.StatusRequestEntityTooLarge, v.T("ticket.ask_too_large"))
	}
	form := asking{
		Kind: v.Form("kind"), Message: v.Form("message"), Amount: v.Form("amount"), Currency: v.Form("currency"), Description: v.Form("description"),
		Faults: map[string]string{},
	}
	if err := v.takeFiles(&form); err != nil {
		return err
	}
	if len(form.Faults) > 0 {
		return v.showAsking(id, form, form.Faults["attachments"])
	}
	header := http.Header{}
	if key := v.Form("key"); key != "" {
		header.Set("Idempotency-Key", key)
	}
	_, err = v.Ask(http.MethodPost, v.In("/tickets/"+id+"/requests"), form.body(), nil, header)
	said, refused := v.refusal(err)
	if err == nil || !refused {
		return v.afterTicket(id, "", err)
	}
	faults, _ := v.Faults(err)
	if faults["Idempotency-Key"] != "" && len(form.Files) > 0 {
		return v.afterTicket(id, "", nil) // it was pressed twice: its files are others, as they were uploaded anew
	}
	form.Faults = faults
	return v.showAsking(id, form, said)
}

// body is the form as the API takes it.
func (a asking) body() map[string]any {
	body := map[string]any{"kind": a.Kind}
	put := func(name, value string) {
		if value = strings.TrimSpace(value); value != "" {
			body[name] = value
		}
	}
	put("message", a.Message)
	if a.Kind == "payment" {
		put("amount", strings.Replace(a.Amount, ",", ".", 1))
		put("currency", a.Currency)
	}
	put("description", a.Description)
	var ids []string
	for _, file := range a.Files {
		ids = append(ids, file.ID)
	}
	if len(ids) > 0 {
		body["attachments"] = ids
	}
	return body
}

// takeFiles uploads what was chosen, beside what an earlier try uploaded. The
// first file that the API refuses is a fault; those before it are kept.
func (v *View) takeFiles(form *asking) error {
	names := v.g.PostFormArray("attached-name")
	for n, id := range v.g.PostFormArray("attached") {
		if uuid.Validate(id) == nil && n < len(names) {
			form.Files = append(form.Files, kept{id, names[n]})
		}
	}
	if v.g.Request.MultipartForm == nil {
		return nil
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
			form.Faults["attachments"] = header.Filename + ": " + cmp.Or(wrong["file"], said)
			return nil
		case err != nil:
			return err
		}
		form.Files = append(form.Files, kept{id, header.Filename})
	}
	return nil
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
	if uuid.Validate(v.Form("request")) != nil {
		return api.NewProblem(http.StatusNotFound, "")
	}
	return v.afterTicket(id, "", v.Send(http.MethodPost, v.In("/requests/"+v.Form("request")+"/cancel"), nil, nil))
}

// shareContactPage sends the customer how to reach the team.
func (v *View) shareContactPage() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	err = v.Send(http.MethodPost, v.In("/contacts/"+v.Form("contact")+"/share-voicehub"), nil, nil)
	return v.afterTicket(id, "", err)
}
