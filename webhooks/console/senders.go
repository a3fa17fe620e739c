package console

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/settings/fault"
)

// sender is an address of the team's as the API shows it.
type sender struct {
	ID, Kind, Address string

	MessagesPerSecond float64    `json:"messages_per_second"`
	Business          string     `json:"business_account_id"`
	OwnKeywords       bool       `json:"own_keywords"`
	Observe           bool       `json:"observe"`
	PausedAt          *time.Time `json:"paused_at"`
	PausedFor         *string    `json:"paused_for"`
	Account           *account   `json:"account"`
	Origins           []string
	Color             string
	Keys              []settings.IdentityKey
	Health            health `json:"health"`
	Paste             []struct{ What, Where, Value string }
}

// account is a provider's account; its secrets come back as their last
// four characters.
type account settings.Credentials

type health struct {
	LastWebhookAt     *time.Time `json:"last_webhook_at"`
	SignatureFailures int        `json:"signature_failures"`
	SignatureFailedAt *time.Time `json:"signature_failed_at"`
	FailedLastDay     int        `json:"failed_last_day"`
}

// Rate is how many messages a second may go out.
func (s sender) Rate() string { return strconv.FormatFloat(s.MessagesPerSecond, 'f', -1, 64) }

// Twilio and Meta report whose account it belongs to.
func (s sender) Twilio() bool {
	return slices.Contains([]string{"sms", "voice", "whatsapp_twilio"}, s.Kind)
}
func (s sender) Meta() bool { return s.Kind == "whatsapp_cloud" }

type sendersPage struct {
	Items     []sender
	Strays    []inbox.Stray
	MayChange bool
	Changed   string // id of the one whose form was refused, or that has a new key
	Secret    string // of that key
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
	if err := v.Get(v.In("/senders?limit=200"), &page); err != nil {
		return page, err
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
		if s.Address != "" && !told[s.Kind+s.Address] {
			page.Strays = append(page.Strays, s)
		}
		told[s.Kind+s.Address] = true
	}
	return page, nil
}

// senders is the numbers that the team is reached at, and how they fare.
func (v *View) senders() error {
	page, err := v.readSenders()
	if err != nil {
		return err
	}
	return v.Show("senders.html", page)
}

type senderForm struct {
	Kind, Address string
	Account       account
	Faults        map[string]string
}

// Kinds are what a sender can be.
func (senderForm) Kinds() []string {
	return []string{"sms", "voice", "whatsapp_cloud", "whatsapp_twilio", "webchat"}
}

// newSender is the form of one more.
func (v *View) newSender() error {
	return v.Show("sender.html", senderForm{Kind: v.Query("kind"), Address: v.Query("address")})
}

func (v *View) typedAccount() account {
	return account{
		AccountSID: strings.TrimSpace(v.Form("account_sid")), AuthToken: strings.TrimSpace(v.Form("auth_token")),
		PhoneNumberID: strings.TrimSpace(v.Form("phone_number_id")), AccessToken: strings.TrimSpace(v.Form("access_token")),
		AppSecret: strings.TrimSpace(v.Form("app_secret")),
	}
}

// of keeps what belongs to that kind of sender: the form has the fields of all.
func (c account) of(kind string) (account, bool) {
	s := sender{Kind: kind}
	switch {
	case s.Twilio():
		c = account{AccountSID: c.AccountSID, AuthToken: c.AuthToken}
	case s.Meta():
		c = account{PhoneNumberID: c.PhoneNumberID, AccessToken: c.AccessToken, AppSecret: c.AppSecret}
	default:
		c = account{}
	}
	return c, c != account{}
}

// addSender gives the team one more.
func (v *View) addSender() error {
	form := senderForm{Kind: v.Form("kind"), Address: strings.TrimSpace(v.Form("address"))}
	body := map[string]any{"kind": form.Kind, "address": form.Address}
	typed, given := v.typedAccount().of(form.Kind)
	if given {
		body["account"] = typed
	}
	err := v.Send(http.MethodPost, v.In("/senders"), body, nil)
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/senders")
	}
	form.Account = account{AccountSID: typed.AccountSID, PhoneNumberID: typed.PhoneNumberID} // secrets are not shown again
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
		if err == nil {
			err = v.typedSender(e, &s)
		}
		if err == nil {
			_, err = e.SaveSender(v.ctx(), s)
		}
		return err
	})
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/senders")
	}
	faults := v.senderFaults(err, v.Form("kind"))
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
			s.Observe, s.OwnKeywords = v.Form("observe") != "", v.Form("own_keywords") != ""
			page.Faults["business_typed"] = v.Form("business")
		} else if s.ID == id && v.Form("what") == "chat" {
			s.Origins, s.Color = strings.Split(v.Form("origins"), "\n"), v.Form("color")
		}
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
		typed := settings.Credentials(v.typedAccount())
		if err := settings.Invalid(fault.Shape(typed)).Err(); err != nil {
			return err
		}
		return e.UseCredentials(v.ctx(), v.console.Vault, s, typed)
	default:
		s.Settings.Observe, s.Settings.OwnKeywords = v.Form("observe") != "", v.Form("own_keywords") != ""
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

// senderFaults says in the reader's language what is wrong, by the names of
// the form's fields.
func (v *View) senderFaults(err error, kind string) map[string]string {
	faults, _ := v.Faults(err)
	words := map[string]string{
		"address": v.T("senders.fault_number"), "messages_per_second": v.T("senders.fault_rate"), "account_sid": v.T("senders.fault_sid"),
		"phone_number_id": v.T("senders.fault_id"), "auth_token": v.T("senders.fault_secret"), "access_token": v.T("senders.fault_secret"),
		"app_secret": v.T("senders.fault_secret"), "kind": v.T("senders.fault_kind"),
		"business_account_id": v.T("senders.fault_business"), "origins": v.T("senders.fault_origins"), "color": v.T("senders.fault_color"),
	}
	if kind == "webchat" {
		words["address"] = v.T("senders.fault_key")
	}
	if conflict(err) {
		words["address"], words["account_sid"], words["phone_number_id"] = v.T("senders.fault_taken"), v.T("senders.fault_account"), v.T("senders.fault_account")
	}
	said := map[string]string{}
	for field, detail := range faults {
		field = strings.TrimPrefix(field, "account.")
		if strings.HasPrefix(field, "origins[") {
			field = "origins"
		}
		if said[field] = words[field]; said[field] == "" {
			said[field], said[""] = detail, detail
		}
	}
	return said
}
