package chat

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"ringback/channels"
	"ringback/gateway/tickets"
	"ringback/gateway/visitors"
	"ringback/settings"
	"ringback/settings/fault"
	"ringback/settings/text"
	"ringback/webhooks/web/i18n"
)

// onward is what was said in this chat after a place, the oldest first, and by that has
// reached its visitor.
func (v *visit) onward(ctx context.Context, after int64) ([]visitors.Message, error) {
	said, err := visitors.Messages(ctx, v.DB, v.sender, v.visitor.ID, after)
	if err != nil {
		return nil, err
	}
	v.link(said)
	for n := range said {
		if err := v.Links.Fill(ctx, v.DB, v.sender.CompanyID, said[n].Contact, &said[n].Text); err != nil {
			return nil, err
		}
	}
	return said, v.arrived(ctx, said)
}

// arrived tells, by the road that providers' callbacks take, that messages
// reached the visitor's browser.
func (v *visit) arrived(ctx context.Context, items []visitors.Message) error {
	return v.moved(ctx, items, channels.Delivered)
}

func (v *visit) moved(ctx context.Context, items []visitors.Message, to channels.State) error {
	var told []channels.Event
	for _, one := range items {
		if one.Delivery == "" || !channels.State(one.State).Before(to) {
			continue
		}
		told = append(told, channels.Event{
			Kind: channels.DeliveryMoved, ProviderID: one.Delivery + "/" + string(to), Account: v.Account, Sender: channels.WebChat, SenderID: v.sender.ID,
			SenderAddress: v.sender.Address, CustomerAddress: v.visitor.ID, At: v.Clock.Now(),
			Status: &channels.Status{Delivery: one.Delivery, ProviderID: one.Delivery, State: to},
		})
	}
	if len(told) == 0 {
		return nil
	}
	return v.Receive(ctx, told)
}

// history is what was said after a place, one page of it; the stream brings the rest.
func (v *visit) history() error {
	ctx := v.g.Request.Context()
	items, err := v.onward(ctx, after(v.g.Query("after")))
	if err != nil {
		return err
	}
	read, err := visitors.ReadUpTo(ctx, v.DB, v.sender, v.visitor.ID)
	if err != nil {
		return err
	}
	v.g.JSON(http.StatusOK, map[string]any{"items": items, "read_seq": read})
	return nil
}

var clientID = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)

// write takes a message: once, however often it is sent.
func (v *visit) write() error {
	var said struct {
		ID    string   `json:"id"`
		Text  string   `json:"text"`
		Files []string `json:"files"`
	}
	if err := v.body(&said); err != nil {
		return err
	}
	if len(said.Files) == 0 || said.Text != "" {
		if err := check(said.ID, said.Text); err != nil {
			return err
		}
	} else if !clientID.MatchString(said.ID) {
		return check(said.ID, "a file")
	}
	if err := v.allow("write/"+v.visitor.ID, writing); err != nil {
		return err
	}
	sent, err := v.sent(said.Files)
	if err != nil {
		return err
	}
	if err := v.receive(channels.Event{
		Kind: channels.MessageReceived, ProviderID: v.visitor.ID + "/" + said.ID, At: v.Clock.Now(),
		Message: &channels.Message{Text: said.Text, Media: sent},
	}); err != nil {
		return err
	}
	v.g.JSON(http.StatusAccepted, map[string]string{"id": said.ID})
	return nil
}

func check(id, said string) error {
	switch {
	case !clientID.MatchString(id):
		return wrong("id", "not_id", "must be 8 to 64 letters, digits or hyphens, and the same when the message is sent again")
	case text.Blank(said):
		return wrong("text", "empty", "Write something first.")
	case utf8.RuneCountInString(said) > textLimit:
		return wrong("text", "too_long", "That is too long: at most 4,000 characters go in one message.")
	case !utf8.ValidString(said), strings.ContainsRune(said, 0):
		return wrong("text", "unstorable", "There is a sign in it that cannot be kept.")
	}
	return nil
}

// ticket leaves a ticket, with how to reach who wrote it.
func (v *visit) ticket() error {
	var left struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Phone string `json:"phone"`
		Text  string `json:"text"`
	}
	if err := v.body(&left); err != nil {
		return err
	}
	if err := check(left.ID, left.Text); err != nil {
		return err
	}
	left.Name = strings.TrimSpace(left.Name)
	if utf8.RuneCountInString(left.Name) > 200 || strings.ContainsFunc(left.Name, func(r rune) bool { return r < ' ' }) {
		return wrong("name", "not_one_line", "must be one line of at most 200 characters")
	}
	if left.Phone != "" {
		if code := settings.PhoneFault(left.Phone); code != "" {
			return wrong("phone", code, i18n.Fault("", fault.New("phone", code)))
		}
	}
	if err := v.allow("ticket/"+v.visitor.ID, ticketing); err != nil {
		return err
	}
	if err := v.allow("ticket/"+v.address(), entering); err != nil {
		return err
	}
	if left.Phone != "" { // unproven: it is told to the staff, and belongs to nobody
		left.Text += "\n\n" + left.Phone
	}
	if !v.visitor.Blocked { // somebody blocked is thanked, and nothing comes of it
		if err := v.open(left.ID, left.Name, left.Text); err != nil {
			return err
		}
	}
	v.g.JSON(http.StatusAccepted, map[string]string{"id": left.ID})
	return nil
}

func (v *visit) open(id, name, text string) error {
	form := tickets.Form{Once: id, Name: name, Text: text, At: v.Clock.Now()}
	made, err := form.LeaveInChat(v.g.Request.Context(), v.DB, v.team, v.sender, v.visitor.ID)
	if err != nil || made == "" {
		return err
	}
	v.Wake()
	v.Hub.Wake(v.visitor.ID)
	return nil
}
