package console

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"ringback/gateway/outboundhooks"
	"ringback/settings"
	"ringback/webhooks/api"
)

// hook is an address that the company's events are sent to.
type hook struct {
	outboundhooks.Hook
	Secret string // shown once
}

// Wants reports whether that kind of event is sent there.
func (h hook) Wants(kind string) bool { return slices.Contains(h.Kinds, kind) }

// event is one line of an address's log.
type event struct {
	outboundhooks.Payload
	Error string // what went wrong, in words
}

// Body is what is sent, laid out to be read.
func (d event) Body() string {
	var laid bytes.Buffer
	if json.Indent(&laid, d.Payload.Payload, "", "  ") != nil {
		return string(d.Payload.Payload)
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
	page := hooksPage{Form: hook{Hook: outboundhooks.Hook{Enabled: true}}, Faults: map[string]string{}}
	if err := v.Who.Allowed("list-hooks"); err != nil {
		return page, err
	}
	found, err := v.console.Hooks.List(v.ctx(), v.Who.CompanyID, "", most)
	for _, h := range found {
		page.Items = append(page.Items, hook{Hook: h})
	}
	return page, err
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
		return page, settings.ErrNotFound
	}
	page.Form = all.Items[at]
	return page, v.readLog(&page)
}

// readLog adds what was sent to the address of the page.
func (v *View) readLog(page *hookPage) error {
	if err := v.Who.Allowed("list-hook-deliveries"); err != nil {
		return err
	}
	list, err := api.Listed(v.paged(25), func(p outboundhooks.Payload) string { return p.ID }, func(before string, limit int) ([]outboundhooks.Payload, error) {
		return v.console.Hooks.Deliveries(v.ctx(), v.Who.CompanyID, page.Form.ID, before, limit)
	})
	if err != nil {
		return err
	}
	for _, p := range list.Body.Items {
		e := event{Payload: p}
		if p.Error != "" {
			e.Error = v.fault(p.Fault())
		}
		page.Log = append(page.Log, e)
	}
	if page.Older = older(url.Values{}, list.Body.Next); page.Older != "" {
		page.Older += "#log"
	}
	return nil
}

// hook is one address with its log.
func (v *View) hook() error {
	page, err := v.readHook()
	if err != nil {
		return err
	}
	return v.Show("hook.html", page)
}

func (v *View) typedHook() outboundhooks.Hook {
	return outboundhooks.Hook{URL: strings.TrimSpace(v.Form("url")), Kinds: v.g.PostFormArray("kinds"), Enabled: v.Form("enabled") != ""}
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
	made, secret, err := v.console.Hooks.Add(v.ctx(), v.Who.CompanyID, v.Who.Who, typed)
	if err == nil {
		return v.Show("hook.html", hookPage{hooksPage: hooksPage{Form: hook{made, secret}}})
	}
	said, refused := v.refusal(err)
	if !refused {
		return err
	}
	faults, _ := v.hookFaults(err)
	page, err := v.readHooks()
	if err != nil {
		return err
	}
	page.Form.Hook, page.Faults = typed, faults
	if faults[""] != "" || len(faults) == 0 {
		page.Fault = said
	}
	return v.ShowFault("hooks.html", page)
}

// hookActions are what the buttons do to an address, by the operation that
// each performs.
var hookActions = map[string]string{
	"": "change-hook", "secret": "rotate-hook-secret", "test": "test-hook", "resend": "resend-hook-delivery", "delete": "delete-hook",
}

// changeHook saves an address, or does to it what the button says.
func (v *View) changeHook() error {
	page, err := v.readHook()
	if err != nil {
		return err
	}
	what := v.Form("what")
	if err := v.Who.Allowed(hookActions[what]); err != nil {
		return err
	}
	was := page.Form
	switch what {
	case "secret":
		var h outboundhooks.Hook
		var secret string
		if h, secret, err = v.console.Hooks.Rotate(v.ctx(), v.Who.CompanyID, v.Who.Who, was.ID); err == nil {
			page.Form = hook{h, secret}
			return v.Show("hook.html", page)
		}
	case "test":
		_, err = v.console.Hooks.Try(v.ctx(), v.Who.CompanyID, was.ID)
	case "resend":
		if !settings.IsID(v.Form("delivery")) {
			return settings.ErrNotFound
		}
		_, err = v.console.Hooks.Resend(v.ctx(), v.Who.CompanyID, was.ID, v.Form("delivery"))
	case "delete":
		if asked, err := v.ask("delete-hook"); asked || err != nil {
			return err
		}
		if err = v.console.Hooks.Remove(v.ctx(), v.Who.CompanyID, v.Who.Who, was.ID, nil); err == nil {
			return v.Go("/hooks")
		}
	default:
		page.Form.Hook = v.typedHook()
		err = v.saveHook(was.ID, page.Form.Hook)
	}
	if err == nil {
		return v.Go("/hooks/" + was.ID + "#log")
	}
	said, refused := v.refusal(err)
	if !refused {
		return err
	}
	page.Form.ID, page.Form.Former = was.ID, was.Former
	var invalid bool
	if page.Faults, invalid = v.hookFaults(err); !invalid || conflict(err) {
		page.Fault = said
	}
	return v.ShowFault("hook.html", page)
}

func (v *View) saveHook(id string, typed outboundhooks.Hook) error {
	_, err := v.console.Hooks.Change(v.ctx(), v.Who.CompanyID, v.Who.Who, id, func(h *outboundhooks.Hook) error {
		h.URL, h.Kinds, h.Enabled = typed.URL, typed.Kinds, typed.Enabled
		return nil
	})
	return err
}
