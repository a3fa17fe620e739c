package console

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/gateway/outboundhooks"
	"ringback/webhooks/api"
)

// hook is an address that the company's events are sent to.
type hook struct {
	ID, URL, Secret string
	Kinds           []string
	Enabled         bool
	Former          *time.Time `json:"former_secret_until"`
}

// Wants reports whether that kind of event is sent there.
func (h hook) Wants(kind string) bool { return slices.Contains(h.Kinds, kind) }

// event is one line of an address's log.
type event struct {
	ID, Kind, State, Error string
	Attempts               int
	DueAt                  *time.Time `json:"due_at"`
	CreatedAt              time.Time  `json:"created_at"`
	Payload                json.RawMessage
}

// Body is what is sent, laid out to be read.
func (d event) Body() string {
	var laid bytes.Buffer
	if json.Indent(&laid, d.Payload, "", "  ") != nil {
		return string(d.Payload)
	}
	return laid.String()
}

type hooksPage struct {
	Items  []hook
	Form   hook
	Faults map[string]string
	Fault  string
}

// All is every kind that an address can ask for.
func (hooksPage) All() []string { return outboundhooks.Kinds }

type hookPage struct {
	hooksPage
	Log   []event
	Older string
}

func (v *View) readHooks() (hooksPage, error) {
	page := hooksPage{Form: hook{Enabled: true}, Faults: map[string]string{}}
	return page, v.Get("/hooks?limit=200", &page)
}

// hooks is which of the company's other systems are told what happens.
func (v *View) hooks() error {
	page, err := v.readHooks()
	if err != nil {
		return err
	}
	return v.Show("hooks.html", page)
}

func (v *View) readHook() (hookPage, error) {
	id, err := v.ID()
	if err != nil {
		return hookPage{}, err
	}
	all, err := v.readHooks()
	page := hookPage{hooksPage: all}
	if err != nil {
		return page, err
	}
	at := slices.IndexFunc(all.Items, func(h hook) bool { return strings.EqualFold(h.ID, id) })
	if at < 0 {
		return page, api.NewProblem(http.StatusNotFound, "")
	}
	page.Form = all.Items[at]
	asked := url.Values{"limit": {"25"}}
	if cursor := v.Query("cursor"); cursor != "" {
		asked.Set("cursor", cursor)
	}
	var log struct {
		Items []event
		Next  *string
	}
	if err := v.Get("/hooks/"+id+"/deliveries?"+asked.Encode(), &log); err != nil {
		return page, err
	}
	if page.Log = log.Items; log.Next != nil {
		page.Older = "?" + url.Values{"cursor": {*log.Next}}.Encode() + "#log"
	}
	return page, nil
}

// hook is one address with its log.
func (v *View) hook() error {
	page, err := v.readHook()
	if err != nil {
		return err
	}
	return v.Show("hook.html", page)
}

func (v *View) typedHook() hook {
	return hook{URL: strings.TrimSpace(v.Form("url")), Kinds: v.g.PostFormArray("kinds"), Enabled: v.Form("enabled") != ""}
}

func (h hook) body() map[string]any {
	if h.Kinds == nil {
		h.Kinds = []string{}
	}
	return map[string]any{"url": h.URL, "kinds": h.Kinds, "enabled": h.Enabled}
}

// hookFaults are Faults, but for boxes of which none was ticked.
func (v *View) hookFaults(err error) (map[string]string, bool) {
	faults, ok := v.Faults(err)
	if faults["kinds"] != "" {
		faults["kinds"] = v.T("hooks.fault_kinds")
	}
	return faults, ok
}

// addHook names one more address; its secret is shown this once.
func (v *View) addHook() error {
	typed := v.typedHook()
	typed.Enabled = true
	var made hook
	err := v.Send(http.MethodPost, "/hooks", typed.body(), &made)
	if err == nil {
		return v.Show("hook.html", hookPage{hooksPage: hooksPage{Form: made}})
	}
	said, refused := v.refusal(err)
	if !refused {
		return err
	}
	faults, ok := v.hookFaults(err)
	page, err := v.readHooks()
	if err != nil {
		return err
	}
	page.Form, page.Faults = typed, faults
	if !ok {
		page.Fault = said
	}
	return v.ShowFault("hooks.html", page)
}

// changeHook saves an address, or does to it what the button says.
func (v *View) changeHook() error {
	page, err := v.readHook()
	if err != nil {
		return err
	}
	path := "/hooks/" + page.Form.ID
	was := page.Form
	switch what := v.Form("what"); what {
	case "secret":
		err = v.Send(http.MethodPost, path+"/secret", nil, &page.Form)
		if err == nil {
			return v.Show("hook.html", page)
		}
	case "test":
		err = v.Send(http.MethodPost, path+"/test", nil, nil)
	case "resend":
		if uuid.Validate(v.Form("delivery")) != nil {
			return api.NewProblem(http.StatusNotFound, "")
		}
		err = v.Send(http.MethodPost, path+"/deliveries/"+v.Form("delivery")+"/resend", nil, nil)
	case "delete":
		if err = v.Send(http.MethodDelete, path, nil, nil); err == nil {
			return v.Go("/hooks")
		}
	default:
		page.Form = v.typedHook()
		err = v.Send(http.MethodPatch, path, page.Form.body(), nil)
	}
	if err == nil {
		return v.Go(path + "#log")
	}
	said, refused := v.refusal(err)
	if !refused {
		return err
	}
	faults, ok := v.hookFaults(err)
	page.Form.ID, page.Form.Former = was.ID, was.Former
	if page.Faults = faults; !ok || conflict(err) {
		page.Fault = said
	}
	return v.ShowFault("hook.html", page)
}
