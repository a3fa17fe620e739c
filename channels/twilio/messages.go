package twilio

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ringback/channels"
	"ringback/channels/inwords"
)

// maxMedia is how many files a message can have.
const maxMedia = 10

// facts are the parameters that a message keeps beside its text, by Twilio's
// names. https://www.twilio.com/docs/messaging/guides/webhook-request
var facts = []string{
	"MessagingServiceSid", "MessageType", "NumSegments",
	"FromCity", "FromState", "FromZip", "FromCountry",
	"Latitude", "Longitude", "Address", "Label",
}

// whatsAppFacts are meant on WhatsApp only; ButtonText has been seen on SMS,
// where it means nothing.
var whatsAppFacts = []string{
	"WaId", "ExternalUserId", "ParentExternalUserId", "ProfileUsername", "Username", "Forwarded", "FrequentlyForwarded",
	"ButtonText", "ButtonType", "ListTitle", "InteractiveData", "FlowData", "ChannelMetadata",
	"OriginalRepliedMessageSid", "OriginalRepliedMessageSender",
	"ReferralBody", "ReferralHeadline", "ReferralSourceId", "ReferralSourceType", "ReferralSourceUrl",
	"ReferralMediaId", "ReferralMediaContentType", "ReferralMediaUrl", "ReferralCtwaClid",
}

// parseMessage reads what a customer wrote.
func parseMessage(r channels.Request) ([]channels.Event, error) {
	form, err := parseForm(r.Body)
	if err != nil {
		return nil, err
	}
	account, err := required(form, "AccountSid")
	if err != nil {
		return nil, err
	}
	sid, err := messageSid(form)
	if err != nil {
		return nil, err
	}
	kind, from, to, err := peers(form)
	if err != nil {
		return nil, err
	}
	return []channels.Event{{
		Kind: channels.MessageReceived, ProviderID: sid, Account: account,
		Sender: kind, SenderAddress: to, CustomerAddress: from, Also: also(form, kind, from),
		Message: readMessage(form, kind), Raw: r.Body,
	}}, nil
}

// also are the other addresses of who writes on WhatsApp: the user ids that stay
// when a username hides the number, and the number beside such an id.
func also(form url.Values, kind channels.Kind, from string) []string {
	if kind != channels.WhatsAppTwilio {
		return nil
	}
	var all []string
	for _, name := range []string{"ExternalUserId", "ParentExternalUserId", "WaId"} {
		address := bare(form.Get(name))
		if name == "WaId" {
			if strings.HasPrefix(from, "+") || !isNumber(address) {
				continue // it says the same
			}
			address = "+" + strings.TrimPrefix(address, "+")
		}
		if address != "" && address != from && printable(address, maxID) && !slices.Contains(all, address) {
			all = append(all, address)
		}
	}
	return all
}

// messageSid is the message's id. The two other names are older spellings of
// the same.
func messageSid(form url.Values) (string, error) {
	sid, err := required(form, "MessageSid", "SmsSid", "SmsMessageSid")
	if err == nil && len(sid) > 64 {
		return "", &channels.Malformed{Field: "MessageSid", Detail: "longer than 64 bytes"}
	}
	return sid, err
}

func readMessage(form url.Values, kind channels.Kind) *channels.Message {
	m := &channels.Message{
		Text:   clean(form.Get("Body"), maxBody),
		Name:   plain(form.Get("ProfileName"), maxPlain),
		Media:  media(form),
		OptOut: optOut(form.Get("OptOutType")),
		Facts:  map[string]string{},
	}
	keep(m.Facts, form, facts)
	if kind == channels.SMS {
		m.Text = clean(unfolded(m.Text), maxBody)
	}
	if kind == channels.WhatsAppTwilio || byRCS(form) {
		m.Reply = strings.TrimSuffix(clean(form.Get("ButtonPayload"), maxFact), itsQuestion)
		if m.Reply == "" {
			m.Reply = clean(form.Get("ListId"), maxFact)
		}
		m.About = clean(form.Get("OriginalRepliedMessageSid"), maxFact)
		keep(m.Facts, form, whatsAppFacts)
		readInteractive(form, m)
		if (m.Text == "" || m.Facts["MessageType"] == "location") && m.Facts["Latitude"] != "" && m.Facts["Longitude"] != "" {
			m.Kind, m.Text = channels.LocationMessage, place(m)
		}
	}
	return m
}

// readInteractive says what was filled into a flow, and whatever text a kind carries
// that brings no other. A button and a row have their words in the body.
// https://www.twilio.com/docs/messaging/guides/webhook-request#whatsapp-specific-parameters
func readInteractive(form url.Values, m *channels.Message) {
	if answers := form.Get("FlowData"); answers != "" {
		said := inwords.Form(answers)
		if said == "" {
			said = clean(answers, maxBody)
		}
		m.Kind, m.Text = channels.FormMessage, clean(strings.TrimSpace(m.Text+"\n"+said), maxBody)
		return
	}
	if other := form.Get("InteractiveData"); other != "" && m.Text == "" && m.Reply == "" {
		said := inwords.Of([]byte(other))
		if said == "" {
			said = other
		}
		m.Kind, m.Text = channels.UnknownMessage, clean("⚠ "+said, maxBody)
	}
}

// place is a location in words, as people are shown it on the other road.
func place(m *channels.Message) string {
	var parts []string
	for _, part := range []string{m.Facts["Label"], m.Facts["Address"], m.Facts["Latitude"] + " " + m.Facts["Longitude"], m.Text} {
		if part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return clean("📍 "+strings.Join(parts, ", "), maxBody)
}

func keep(into map[string]string, form url.Values, names []string) {
	for _, name := range names {
		if value := clean(form.Get(name), maxFact); value != "" {
			into[name] = value
		}
	}
}

// media lists the files of a message for as long as they are numbered on.
// NumMedia is not asked: it says 0 beside a file on WhatsApp, and anything at
// all in a forgery. The addresses are data until somebody checks their host.
func media(form url.Values) []channels.Media {
	var files []channels.Media
	for i := range maxMedia {
		n := strconv.Itoa(i)
		address := clean(form.Get("MediaUrl"+n), maxFact)
		if address == "" {
			break
		}
		files = append(files, channels.Media{URL: address, ContentType: plain(form.Get("MediaContentType"+n), maxPlain)})
	}
	return files
}

// optOut is Twilio's own reading of the text, and nothing when it has none.
func optOut(word string) channels.OptOut {
	switch o := channels.OptOut(word); o {
	case channels.OptOutStop, channels.OptOutStart, channels.OptOutHelp:
		return o
	}
	return ""
}
