package whatsapp

import (
	"encoding/json"

	"ringback/channels"
)

// echoesField and appEchoesField are the fields of a change that tells what the
// staff wrote in the WhatsApp Business app, on a number that is in use there and at
// the Cloud API; the first names their list as well.
const (
	echoesField    = "message_echoes"
	appEchoesField = "smb_message_echoes"
)

// echo reads one message that the staff wrote, changed or took back in the app or
// on a device linked to it. It has the form of a customer's message, but for whom it
// goes to.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes
func (c change) echo(raw []byte, people []person) channels.Event {
	var m message
	if lenient(raw, &m) != nil || !named(m.ID) || m.Group != "" {
		return c.noted(raw)
	}
	_ = json.Unmarshal(raw, &m.parts)
	p := who(people, m.To, m.ToUser)
	theirs, also := addresses(first(m.To, p.WaID), first(m.ToUser, p.UserID), first(m.ToParent, p.Parent))
	if theirs == "" {
		return c.noted(raw)
	}
	e := c.event(channels.StaffWrote, string(m.ID), raw)
	e.CustomerAddress, e.Also, e.At, e.Message = theirs, also, instant(m.Timestamp), m.read(p)
	return e
}
