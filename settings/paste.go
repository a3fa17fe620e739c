package settings

import "fmt"

// Paste is one thing that the owner of a sender has to enter somewhere else.
type Paste struct {
	What  string `json:"what" enum:"message,call,call_status,callback,widget" doc:"A stable word"`
	Where string `json:"where" doc:"The place in the provider's console or the website"`
	Value string `json:"value"`
}

// repeats asks Twilio to try again whatever went wrong; it is for Twilio alone
// and no part of what is signed.
const repeats = "#rc=5&rp=all"

// Paste is all that the sender's owner has to enter, for a service that is
// reached at that address.
func (s Sender) Paste(address string) []Paste { return kindOf(s.Kind).paste(s, address) }

func pasteSMS(_ Sender, address string) []Paste {
	return []Paste{{"message", "Twilio: the number, Messaging, A message comes in, Webhook, HTTP POST", address + "/webhooks/twilio/messages" + repeats}}
}

func pasteWhatsAppTwilio(_ Sender, address string) []Paste {
	return []Paste{{"message", "Twilio: the WhatsApp sender, Webhook URL for incoming messages, HTTP POST", address + "/webhooks/twilio/messages" + repeats}}
}

func pasteVoice(_ Sender, address string) []Paste {
	return []Paste{
		{"call", "Twilio: the number, Voice, A call comes in, Webhook, HTTP POST", address + "/webhooks/twilio/voice"},
		{"call_status", "Twilio: the number, Voice, Call status changes, HTTP POST", address + "/webhooks/twilio/calls" + repeats},
	}
}

func pasteWhatsAppCloud(_ Sender, address string) []Paste {
	return []Paste{{"callback", "Meta: the app, WhatsApp, Configuration, Callback URL; with the verify token of META_VERIFY_TOKEN; subscribed to messages, and to message_template_status_update, calls and smb_message_echoes where templates, calls and the WhatsApp Business app are used", address + "/webhooks/whatsapp"}}
}

func pasteWebChat(s Sender, address string) []Paste {
	return []Paste{{"widget", "The website, before </body>", fmt.Sprintf(`<script src="%s/chat/widget.js" data-key="%s" async></script>`, address, s.Address)}}
}
