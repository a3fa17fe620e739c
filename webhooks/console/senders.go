package console

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"ringback/channels"
	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/settings/fault"
)

// sender is an address of the team's as its page shows it.
type sender struct {
	settings.SenderDetail
	Keys  []settings.IdentityKey // of a chat
	Notes []inbox.SenderNote     // the latest
}

// Unwired reports whether its provider said that not all that happens there comes here.
func (s sender) Unwired() bool { return s.Check != nil && len(s.Check.Wrong()) > 0 }

// Refused reports whether a template of its is held for more than that Meta has yet to
// look at it.
func (s sender) Refused() bool {
	return slices.ContainsFunc(s.Held, func(t settings.TemplateState) bool { return t.State != "pending" })
}

// Registration is how it stands with carriers; nil: there is nothing to say of that.
func (s sender) Registration() *channels.WiringFinding { return s.Check.Registration() }

// Flagged is what Meta told last of the number's quality, if that is low; nil: it is not.
func (s sender) Flagged() *inbox.SenderNote {
	for n := range s.Notes {
		if s.Notes[n].Kind == "phone_number_quality_update" {
			if s.Notes[n].Facts["event"] == "FLAGGED" {
				return &s.Notes[n]
			}
			return nil
		}
	}
	return nil
}

// latest is how many notes stand with each sender: the API has them all.
const latest = 5

// Told is what a provider's word says: in words where we have some, else as it is,
// without what only machines write.
func (v *View) Told(word string) string {
	return v.SayOr("told.", word, strings.ToLower(strings.ReplaceAll(word, "_", " ")))
}

// Rate is how many messages a second may go out.
func (s sender) Rate() string { return strconv.FormatFloat(s.Sender.Rate(), 'f', -1, 64) }

// Twilio and Meta report whose account it belongs to.
func (s sender) Twilio() bool { return settings.ProviderOf(s.Kind) == settings.Twilio }
func (s sender) Meta() bool   { return settings.ProviderOf(s.Kind) == settings.Meta }

type sendersPage struct {
	Items     []sender
	Strays    []inbox.Stray
	MayChange bool
	Changed   string // id of the one whose form was refused, or that has a new key
	Secret    string // of that key
	Tested    string // id of the one that a test went out from
	Faults    map[string]string
}

// Refused are the faults of that sender's form.
func (p sendersPage) Refused(id string) map[string]string {
	if id == p.Changed {
		return p.Faults
	}
	return nil
}

func (v *View) readSenders() (sendersPage, error) {
	page := sendersPage{MayChange: v.Who.MayCall("change-sender")}
	stored, err := v.listSenders()
	if err != nil {
		return page, err
	}
	details, err := v.console.Vault.Details(v.ctx(), v.db(), v.console.Gate.Site(), stored...)
	if err != nil {
		return page, err
	}
	ids := make([]string, len(details))
	for n, s := range details {
		ids[n] = s.ID
	}
	notes, err := v.console.Inbox.LatestNotes(v.ctx(), v.Who.CompanyID, ids, latest)
	if err != nil {
		return page, err
	}
	for _, s := range details {
		page.Items = append(page.Items, sender{SenderDetail: s, Notes: notes[s.ID]})
	}
	if err := v.readIdentityKeys(&page); err != nil {
		return page, err
	}
	if !v.Who.MayCall("list-strays") {
		return page, nil
	}
	strays, err := v.console.Inbox.Strays(v.ctx(), v.Who, "", 20)
	if err != nil {
		return page, err
	}
	told := map[string]bool{}
	for _, s := range strays { // the newest of each address
		of := s.Kind + s.Address
		if s.Address == "" && s.Note != "" { // a business account that no sender names
			of = s.Account
		}
		if (s.Address != "" || s.Note != "" && s.Account != "") && !told[of] {
			page.Strays = append(page.Strays, s)
		}
		told[of] = true
	}
	return page, nil
}

// senders is the numbers that the team is reached at, and how they fare.
func (v *View) senders() error {
	page, err := v.readSenders()
	if err != nil {
		return err
	}
	page.Tested = v.Query("tested")
	return v.Show("senders.html", page)
}

type senderForm struct {
	Kind    channels.Kind
	Address string
	Account settings.Credentials
	Set     bool // at the provider, that it brings here what happens there
	Faults  map[string]string
}

// Kinds are what a sender can be.
func (senderForm) Kinds() []channels.Kind { return settings.SenderKinds }

// newSender is the form of one more.
func (v *View) newSender() error {
	return v.Show("sender.html", senderForm{Kind: channels.Kind(v.Query("kind")), Address: v.Query("address"), Set: true})
}

// typedAccount is what was typed of the account that a sender of that kind
// has: the form has the fields of all.
func (v *View) typedAccount(kind channels.Kind) settings.Credentials {
	typed := func(field string) string { return strings.TrimSpace(v.Form(field)) }
	switch settings.ProviderOf(kind) {
	case settings.Twilio:
		c := settings.Credentials{AccountSID: typed("account_sid"), AuthToken: typed("auth_token"), APIKeySecret: typed("api_key_secret")}
		if key := typed("api_key"); key != "" {
			c.APIKey = &key
		}
		return c
	case settings.Meta:
		return settings.Credentials{PhoneNumberID: typed("phone_number_id"), AccessToken: typed("access_token"), AppSecret: typed("app_secret")}
	}
	return settings.Credentials{}
}

// typedOver is what was typed of the account that the sender has: what is left empty
// stays, but for the name of a key at Twilio, which stood in the form.
func (v *View) typedOver(s settings.Sender) (settings.Credentials, error) {
	typed := v.typedAccount(s.Kind)
	stored, err := v.console.Vault.Credentials(v.ctx(), v.db(), s)
	if err != nil || stored == nil || stored.AccountSID == "" || stored.AccountSID != typed.AccountSID {
		return typed, err
	}
	if typed.AuthToken == "" {
		typed.AuthToken = stored.AuthToken
	}
	switch {
	case typed.APIKey == nil && typed.APIKeySecret == "":
		typed.APIKey = new(string)
	case typed.APIKey != nil && stored.APIKey != nil && *typed.APIKey == *stored.APIKey && typed.APIKeySecret == "":
		typed.APIKeySecret = stored.APIKeySecret
	}
	return typed, nil
}

// addSender gives the team one more.
func (v *View) addSender() error {
	form := senderForm{Kind: channels.Kind(v.Form("kind")), Address: strings.TrimSpace(v.Form("address")), Set: v.Form("set") != ""}
	if form.Kind != channels.WebChat {
		var err error
		if form.Address, err = v.dialed(v.Team.ID, form.Address); err != nil {
			return err
		}
	}
	typed := v.typedAccount(form.Kind)
	var account *settings.Credentials
	if typed != (settings.Credentials{}) {
		account = &typed
	}
	var added settings.Sender
	_, err := v.editTeam(func(e *settings.Edit) (err error) {
		added, err = e.ConnectSender(v.ctx(), v.console.Vault, settings.Sender{Kind: form.Kind, Address: form.Address}, account)
		return err
	})
	if err == nil {
		if added.Checked() { // so that the page says at once what is left to do there
			if _, err := v.console.Inbox.CheckSender(v.ctx(), v.Who, v.Team.ID, added.ID, form.Set && added.Wired()); err != nil {
				v.console.Log.Warn("a new sender could not be checked", "sender", added.ID, "error", err)
			}
		}
		return v.goSaved("/teams/"+v.Team.ID+"/senders", "sender-"+added.ID)
	}
	form.Account = settings.Credentials{AccountSID: typed.AccountSID, PhoneNumberID: typed.PhoneNumberID, APIKey: typed.APIKey} // secrets are not shown again
	if form.Faults = v.senderFaults(err, form.Kind); len(form.Faults) == 0 {
		return err
	}
	return v.ShowFault("sender.html", form)
}

// changeSender changes one's settings, or its secrets.
func (v *View) changeSender() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	_, err = v.editTeam(func(e *settings.Edit) error {
		s, err := e.Sender(v.ctx(), id)
		if err != nil {
			return err
		}
		looked := v.typedSender(e, &s)
		_, err = e.SaveSender(v.ctx(), s)
		return fault.Together(looked, err)
	})
	if err == nil {
		return v.goSaved("/teams/"+v.Team.ID+"/senders", "sender-"+id)
	}
	faults := v.senderFaults(err, channels.Kind(v.Form("kind")))
	if len(faults) == 0 {
		return err
	}
	page, err := v.readSenders()
	if err != nil {
		return err
	}
	page.Changed, page.Faults = id, faults
	for n := range page.Items {
		if s := &page.Items[n]; s.ID == id && v.Form("what") == "" {
			s.Settings.Observe, s.Settings.OwnKeywords = v.Form("observe") != "", v.Form("own_keywords") != ""
			s.Settings.CallHours, s.Settings.LineTypes = v.Form("call_hours") != "", v.Form("line_types") != ""
			s.Settings.Service, s.Settings.Agent = v.typedService()
			page.Faults["business_typed"] = v.Form("business")
		} else if s.ID == id && v.Form("what") == "chat" {
			s.Settings.Origins, s.Settings.Color = strings.Split(v.Form("origins"), "\n"), v.Form("color")
		}
	}
	if v.Form("what") == "account" {
		page.Faults["api_key_typed"] = v.Form("api_key")
	}
	page.Faults["rate_typed"] = v.Form("rate")
	return v.ShowFault("senders.html", page)
}

// typedSender puts what one of a sender's forms says over what is stored.
func (v *View) typedSender(e *settings.Edit, s *settings.Sender) error {
	if typed := strings.TrimSpace(v.Form("business")); typed != v.Form("business_was") {
		s.Settings.Business = typed
	}
	switch v.Form("what") {
	case "resume":
		s.PausedAt, s.PausedFor = nil, nil
	case "chat":
		s.Settings.Origins, s.Settings.Color = v.typedChat()
	case "account":
		typed, err := v.typedOver(*s)
		if err != nil {
			return err
		}
		return e.UseCredentials(v.ctx(), v.console.Vault, s, typed)
	default:
		s.Settings.Observe, s.Settings.OwnKeywords = v.Form("observe") != "", v.Form("own_keywords") != ""
		s.Settings.CallHours, s.Settings.LineTypes = v.Form("call_hours") != "", v.Form("line_types") != ""
		s.Settings.Service, s.Settings.Agent = v.typedService()
		if typed := v.Form("rate"); typed != v.Form("rate_was") {
			rate, err := strconv.ParseFloat(strings.Replace(typed, ",", ".", 1), 64)
			if err != nil || math.IsNaN(rate) {
				return settings.Refuse("messages_per_second", "rate")
			}
			s.Settings.MessagesPerSecond = rate
		}
	}
	return nil
}

// typedService is what was typed of the Messaging Service that sends for a number,
// and of the RCS sender in it, which Twilio shows with its channel in front.
func (v *View) typedService() (service, agent string) {
	return strings.TrimSpace(v.Form("messaging_service")), strings.TrimPrefix(strings.TrimSpace(v.Form("rcs_agent")), "rcs:")
}

// deleteSender takes one from the team.
func (v *View) deleteSender() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if _, err := v.editTeam(func(e *settings.Edit) error { return e.DeleteSender(v.ctx(), id) }); err != nil {
		return err
	}
	return v.Go("/teams/" + v.Team.ID + "/senders")
}
