package whatsapp

import (
	"encoding/json"
	"regexp"
	"slices"

	"ringback/channels"
	"ringback/channels/fit"
)

// message is what a customer wrote, in Meta's words. Which of its parts is
// there follows from its type.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
type message struct {
	ID        word `json:"id"`
	From      word `json:"from"`
	FromUser  word `json:"from_user_id"`
	Parent    word `json:"from_parent_user_id"`
	To        word `json:"to"` // and these of one that the business wrote: see echo
	ToUser    word `json:"to_user_id"`
	ToParent  word `json:"to_parent_user_id"`
	Timestamp word `json:"timestamp"`
	Type      word `json:"type"`
	Group     word `json:"group_id"`
	content
	Context struct {
		ID         word `json:"id"`
		Forwarded  bool `json:"forwarded"`
		Frequently bool `json:"frequently_forwarded"`
		Product    struct {
			Catalog  word `json:"catalog_id"`
			Retailer word `json:"product_retailer_id"`
		} `json:"referred_product"`
	} `json:"context"`
	Referral struct {
		SourceURL  word `json:"source_url"`
		SourceID   word `json:"source_id"`
		SourceType word `json:"source_type"`
		Headline   word `json:"headline"`
		Body       word `json:"body"`
		MediaType  word `json:"media_type"`
		Click      word `json:"ctwa_clid"`
	} `json:"referral"`
	Errors []failure `json:"errors"`
	System system    `json:"system"`
	Edit   struct {
		Original word    `json:"original_message_id"`
		Message  content `json:"message"`
	} `json:"edit"`
	Revoke struct {
		Original word `json:"original_message_id"`
	} `json:"revoke"`
}

// system is what Meta says about a person: a new number or a new user id. Who it
// is about is told by the message, or by the ids they had before.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/system/
type system struct {
	Body           word `json:"body"`
	Type           word `json:"type"`
	WaID           word `json:"wa_id"`
	NewWaID        word `json:"new_wa_id"`
	UserID         word `json:"user_id"`
	Parent         word `json:"parent_user_id"`
	Previous       word `json:"previous_user_id"`
	PreviousParent word `json:"previous_parent_user_id"`
}

// userID is what Meta's ids of users look like: a country, a dot and letters and
// digits, "ENT." before them for a parent's.
var userID = regexp.MustCompile(`\b[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{5,128}\b`)

// before are the user ids that the person had; where no field tells, the words
// do: "User Sheena changed from US.1… to US.2…".
func (s system) before() (user, parent word) {
	said := userID.FindAllString(string(s.Body), -1)
	if s.Previous == "" && len(said) > 1 && word(said[len(said)-1]) == s.UserID {
		return word(said[len(said)-2]), s.PreviousParent
	}
	return s.Previous, s.PreviousParent
}

// message reads one message. Without an id, or of nobody, it is only noted; so
// is one in a group, which is no conversation with a customer.
func (c change) message(raw []byte, people []person) channels.Event {
	var m message
	if lenient(raw, &m) != nil || !named(m.ID) || m.Group != "" {
		return c.noted(raw)
	}
	_ = json.Unmarshal(raw, &m.parts) // lenient has read it: it is an object
	p := who(people, m.From, m.FromUser)
	was, wasParent := m.System.before()
	theirs, also := addresses(first(m.From, p.WaID), first(m.FromUser, p.UserID), first(m.Parent, p.Parent), was, wasParent)
	if theirs == "" {
		return c.noted(raw)
	}
	e := c.event(channels.MessageReceived, string(m.ID), raw)
	e.CustomerAddress, e.Also, e.At = theirs, also, instant(m.Timestamp)
	e.Message = m.read(p)
	if m.Type == "system" {
		fresh := m.System.addresses(theirs)
		known := slices.DeleteFunc(e.Also, func(a string) bool { return slices.Contains(fresh, a) })
		e.Also = slices.Concat(fresh, known) // the new ones first
	}
	return e
}

// addresses are the one by which a person is known, a number where there is
// one, and the others.
func addresses(wa word, users ...word) (theirs string, also []string) {
	all := []string{}
	for _, a := range append([]string{address(wa)}, ids(users...)...) {
		if a != "" && !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	return all[0], all[1:]
}

func ids(users ...word) []string {
	all := make([]string, len(users))
	for n, user := range users {
		all[n] = fit.Text(string(user), maxID)
	}
	return all
}

// addresses are the person's new ones.
func (s system) addresses(old string) []string {
	var fresh []string
	for _, a := range append([]string{address(first(s.NewWaID, s.WaID))}, ids(s.UserID, s.Parent)...) {
		if a != "" && a != old {
			fresh = append(fresh, a)
		}
	}
	return fresh
}

func first(words ...word) word {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

func (m message) read(p person) *channels.Message {
	said := m.content.read(m.Type)
	if said.About == "" {
		said.About = fit.Text(string(m.Context.ID), maxID)
	}
	switch m.Type {
	case "edit":
		said = m.Edit.Message.read(m.Edit.Message.Type)
		said.Kind, said.About, said.Media = channels.EditMessage, fit.Text(string(m.Edit.Original), maxID), nil
	case "revoke":
		said.Kind, said.Text, said.About = channels.RevokeMessage, "", fit.Text(string(m.Revoke.Original), maxID)
	case "system":
		said.Kind, said.Text = channels.SystemMessage, fit.Text(string(m.System.Body), maxBody)
	}
	said.Name, said.Facts = fit.Line(string(p.Profile.Name), maxPlain), m.facts(p)
	if len(m.Errors) > 0 && said.Kind == channels.UnsupportedMessage && m.Unsupported.Type == "" {
		said.Text = "⚠ " + fit.Line(m.Errors[0].words(), maxPlain)
	}
	return said
}

// facts are what a message keeps beside its text, by Meta's names.
func (m message) facts(p person) map[string]string {
	facts := map[string]string{}
	for name, value := range map[string]word{
		"type": m.Type, "username": p.Profile.Username, "system.type": m.System.Type,
		"context.forwarded": word(flag(m.Context.Forwarded)), "context.frequently_forwarded": word(flag(m.Context.Frequently)),
		"context.referred_product.catalog_id": m.Context.Product.Catalog, "context.referred_product.product_retailer_id": m.Context.Product.Retailer,
		"referral.source_url": m.Referral.SourceURL, "referral.source_id": m.Referral.SourceID, "referral.source_type": m.Referral.SourceType,
		"referral.headline": m.Referral.Headline, "referral.body": m.Referral.Body, "referral.media_type": m.Referral.MediaType,
		"referral.ctwa_clid": m.Referral.Click, "interactive.nfm_reply.response_json": m.Interactive.answers(),
	} {
		if fits := fit.Text(string(value), maxFact); fits != "" {
			facts[name] = fits
		}
	}
	for _, e := range m.Errors {
		if code := fit.Line(string(e.Code), 16); code != "" {
			facts["errors.code"] = code
		}
	}
	return facts
}
