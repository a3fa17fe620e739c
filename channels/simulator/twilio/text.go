package twilio

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// TextOption changes one text of a customer.
type TextOption func(*text)

// text is a customer's message in the making.
type text struct {
	sid, account, name string
	media, types       []string
	files              []file
	extra              url.Values
	twice              bool
}

// Twice makes the same request again once it is answered, as Twilio does when
// it takes the first for lost.
func Twice() TextOption { return func(t *text) { t.twice = true } }

// WithMedia adds a file that lies at a URL.
func WithMedia(url, contentType string) TextOption {
	return func(t *text) { t.media, t.types = append(t.media, url), append(t.types, contentType) }
}

// WithName is the customer's own name for itself; only WhatsApp has one.
func WithName(name string) TextOption { return func(t *text) { t.name = name } }

// WithParams sets further fields, or other values of the usual ones; an empty
// list of values leaves a field out. The signature covers them.
func WithParams(params url.Values) TextOption {
	return func(t *text) { t.extra = params }
}

// WithSID gives the message its id; one that was used before is a repeat.
func WithSID(sid string) TextOption { return func(t *text) { t.sid = sid } }

// ToAccount is the account that the text reaches; else it is the first.
func ToAccount(sid string) TextOption { return func(t *text) { t.account = sid } }

// Text lets a customer write to one of the gateway's senders: from and to are
// addresses as Twilio writes them ("+14155550123", "whatsapp:+14155550123"),
// door is the URL of the gateway's messaging webhook. The text is in the
// customer's Inbox from then on, and the provider's answer to STOP, START or
// HELP after it.
func (s *Simulator) Text(ctx context.Context, door, from, to, body string, options ...TextOption) (Answer, error) {
	t := text{account: s.config.AccountSID, twice: s.config.Twice}
	for _, option := range options {
		option(&t)
	}
	prefix := "SM"
	if len(t.media)+len(t.files) > 0 {
		prefix = "MM"
	}
	from, user := s.shown(from)
	m := Message{
		SID: cmp.Or(t.sid, newSID(prefix)), Account: t.account, Direction: Inbound, From: from, To: to,
		Body: body, Media: t.media, Status: "received", Segments: segments(to, body),
	}
	s.attach(&t, &m)
	params := t.params(m)
	if user != "" {
		params.Set("ExternalUserId", user)
	}
	if word := s.receive(m, t.files); word != "" && s.config.OptOuts == OptOutsAdvanced {
		params.Set("OptOutType", word)
	}
	maps.Copy(params, t.extra)
	maps.DeleteFunc(params, func(_ string, values []string) bool { return len(values) == 0 })

	token := uuid.NewString()
	answer, err := s.post(ctx, door, params, token)
	if err == nil && t.twice {
		var second Answer
		second, err = s.post(ctx, door, params, token)
		answer.Second = &second
	}
	s.heard(m.SID, answer, err)
	return answer, err
}

// Tap lets a customer tap a chip below a message that they got by RCS.
func (s *Simulator) Tap(ctx context.Context, door string, shown Message, chip Chip, options ...TextOption) (Answer, error) {
	tapped := WithParams(url.Values{"ButtonPayload": {chip.ID}, "ButtonText": {chip.Title}})
	return s.Text(ctx, door, shown.To, shown.From, chip.Title, append(options, tapped)...)
}

// receive puts a customer's message where the provider keeps it, and lets the
// provider act on an opt-out word. A repeat changes nothing.
func (s *Simulator) receive(m Message, files []file) (word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	word = s.keyword(m)
	if _, repeat := s.bySID[m.SID]; !repeat {
		s.add(m).files = files
		s.answerKeyword(m, word)
	}
	return word
}

// heard notes on an inbound message that its webhook failed, as Twilio does.
func (s *Simulator) heard(sid string, answer Answer, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.bySID[sid]
	if !ok || err == nil && answer.Status < 400 {
		return
	}
	e.ErrorCode, e.Updated = 11200, s.config.Clock.Now()
	m := e.Message
	s.tell(Change{At: m.Updated, Message: &m})
}

// params is the form of an inbound message's webhook.
func (t text) params(m Message) url.Values {
	p := url.Values{
		"AccountSid": {m.Account}, "ApiVersion": {apiVersion},
		"MessageSid": {m.SID}, "SmsSid": {m.SID}, "SmsMessageSid": {m.SID}, "SmsStatus": {"received"},
		"From": {m.From}, "To": {m.To}, "Body": {m.Body},
		"NumMedia": {strconv.Itoa(len(m.Media))}, "NumSegments": {strconv.Itoa(m.Segments)},
	}
	for i, media := range m.Media {
		p.Set("MediaUrl"+strconv.Itoa(i), media)
		p.Set("MediaContentType"+strconv.Itoa(i), t.types[i])
	}
	if onWhatsApp(m.From) {
		p.Set("ProfileName", t.name)
		if number, shown := strings.CutPrefix(bare(m.From), "+"); shown {
			p.Set("WaId", number)
		}
		p.Set("MessageType", t.messageType())
		p.Set("ReferralNumMedia", "0")
		return p
	}
	if onRCS(m.From) {
		p.Set("ChannelMetadata", `{"type":"rcs","data":{"context":{}}}`)
		return p
	}
	addPlace(p, "From")
	addPlace(p, "To")
	return p
}

// addPlace is Twilio's guess at where the number on one side lives, which is
// often empty.
func addPlace(p url.Values, side string) {
	for _, part := range []string{"City", "State", "Zip", "Country"} {
		p.Set(side+part, "")
	}
	if strings.HasPrefix(p.Get(side), "+1") {
		p.Set(side+"Country", "US")
	}
}

// messageType is WhatsApp's word for what was sent.
func (t text) messageType() string {
	if len(t.types) == 0 {
		return "text"
	}
	switch kind, _, _ := strings.Cut(t.types[0], "/"); kind {
	case "image", "audio", "video":
		return kind
	}
	return "document"
}
