package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/automations"
)

// TestRoads: what a WhatsApp customer is sent, and how, by when they last wrote,
// what template there is and whether their number takes texts.
func TestRoads(t *testing.T) {
	t.Parallel()
	const user = "US.13491208655302741918" // who has no number
	recent, gone := noon.Add(time.Second-Window), noon.Add(-Window)
	for _, c := range []struct {
		name     string
		from     string // empty: +13125550142
		heard    time.Time
		template string
		change   func(*Situation)
		want     string // text, template <name>, sms <to>, none
	}{
		{name: "within the window", heard: recent, want: "text"},
		{name: "within the window, a template waits in vain", heard: recent, template: "photo", want: "text"},
		{name: "to the second", heard: gone, want: "sms +13125550142"},
		{name: "who never wrote", want: "sms +13125550142"},
		{name: "a template before a text", heard: gone, template: "photo | link", want: "template photo"},
		{name: "a template of Twilio's is none of Meta's", heard: gone, template: "HX0123456789abcdef0123456789abcdef", want: "sms +13125550142"},
		{name: "a template that is held is none", heard: gone, template: "photo | link", change: held("photo", "en", "paused"), want: "sms +13125550142"},
		{name: "another language's is held", heard: gone, template: "photo | link", change: held("photo", "pl", "paused"), want: "template photo"},
		{name: "one is held, and there is another", heard: gone, template: "any; en: photo | link", change: held("photo", "en", "rejected"), want: "template any"},
		{name: "a template is held, and there is no number", heard: gone, from: user, template: "photo | link", change: held("photo", "en", "disabled"), want: "none"},
		{name: "a held template concerns nobody within the window", heard: recent, template: "photo", change: held("photo", "en", "paused"), want: "text"},
		{name: "who has no number", from: user, heard: gone, want: "none"},
		{name: "who has no number, and one was given", from: user, heard: gone, change: func(s *Situation) { s.Reached.Phone = "+13125550199" }, want: "sms +13125550199"},
		{name: "a number as it is dialed", from: "+5215512345678", heard: gone, want: "sms +525512345678"},
		{name: "their number takes no texts", heard: gone, change: func(s *Situation) { s.Reached.NoTexts = []string{"+13125550142"} }, want: "none"},
		{name: "their number takes none, another does", heard: gone, change: func(s *Situation) {
			s.Reached.NoTexts, s.Reached.Phone = []string{"+13125550142"}, "+13125550199"
		}, want: "sms +13125550199"},
		{name: "the team wants no fallback", heard: gone, change: func(s *Situation) { s.Team.Team.SMSFallback = false }, want: "none"},
		{name: "they stopped the texts", heard: gone, change: func(s *Situation) { s.Reached.Stopped = []string{"texts"} }, want: "none"},
		{name: "a country that the team does not text", heard: gone, from: "+48601123456", change: func(s *Situation) { s.Team.Team.AllowedCountries = []string{"US"} }, want: "none"},
		{name: "the number that was given is of such a country", heard: gone, from: user, change: func(s *Situation) {
			s.Reached.Phone, s.Team.Team.AllowedCountries = "+48601123456", []string{"US"}
		}, want: "none"},
		{name: "their other number is of such a country", heard: gone, change: func(s *Situation) {
			s.Reached.NoTexts, s.Reached.Phone, s.Team.Team.AllowedCountries = []string{"+13125550142"}, "+48601123456", []string{"US"}
		}, want: "none"},
		{name: "no sender for texts", heard: gone, change: func(s *Situation) { s.Team.Senders = s.Team.Senders[:1] }, want: "none"},
		{name: "a premium number", heard: gone, from: "+19005551234", want: "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := situation{At: noon, Channel: channels.WhatsAppCloud, From: c.from, Request: &Request{Kind: AskPhotoVideo, Advisor: true, Link: "https://x.example/r/1"}}.build(t)
			s.Team.Team.SMSFallback = true
			s.Team.Senders = append(s.Team.Senders, settings.Sender{ID: "texts", Kind: channels.SMS, Address: "+13125550101"})
			s.Team.Automations[automations.RequestPhotoVideo].Options[automations.WhatsAppTemplate] = c.template
			s.Reached.Heard = c.heard
			if c.change != nil {
				c.change(&s)
			}
			d := Decide(s)
			got := "none"
			switch {
			case d.Template(7) != nil:
				got = "template " + d.Template(7).Name
			case d.Sender != "":
				got = "sms " + d.To
			case d.Sends():
				got = "text"
			}
			require.Equal(t, c.want, got, "%v", d.Facts)
			if got == "none" {
				require.Equal(t, len(s.Reached.Held) > 0, d.Reason == ReasonTemplateHeld)
				require.Contains(t, []Reason{ReasonWindowClosed, ReasonTemplateHeld, ReasonCountry}, d.Reason)
			}
		})
	}
}

// held is that a template is not sent.
func held(name, language, state string) func(*Situation) {
	return func(s *Situation) { s.Reached.Held = []HeldTemplate{{name, language, state}} }
}

// TestAMessageOpensTheWindow, whatever was heard before; a reaction does not.
func TestAMessageOpensTheWindow(t *testing.T) {
	t.Parallel()
	s := situation{At: noon, Text: "hello", Channel: channels.WhatsAppCloud}.build(t)
	require.Equal(t, noon.Add(Window), s.windowUntil())
	s.Reached.Heard = noon.Add(time.Minute) // a later one came first
	require.Equal(t, noon.Add(Window+time.Minute), s.windowUntil())
	s.Reached.Heard, s.Event.Form = time.Time{}, channels.ReactionMessage
	require.True(t, s.windowUntil().IsZero())
	s.Event.Form, s.Event.Kind = channels.PlainMessage, CallSettled
	require.Equal(t, noon.Add(Window), s.windowUntil(), "a call on WhatsApp as well")
}

// TestWhatATemplateIsFilledWith: the customer's language where there is one of it,
// and the ticket's number once it is known.
func TestWhatATemplateIsFilledWith(t *testing.T) {
	t.Parallel()
	s := situation{At: noon, Channel: channels.WhatsAppCloud, Language: "pl", Request: &Request{Kind: AskResolved, Advisor: true, Link: "https://x.example/r/1"}}.build(t)
	options := s.Team.Automations[automations.AskIssueResolved].Options
	for template, want := range map[string]*channels.Template{
		"en: done | link; pl: gotowe | ticket_number, link": {Name: "gotowe", Language: "pl", Values: []string{"7", "https://x.example/r/1"}},
		"en_US: done | link; de: fertig":                    {Name: "done", Language: "en_US", Values: []string{"https://x.example/r/1"}},
		"any":                                               {Name: "any", Language: "en", Values: []string{}},
		"any | amount, advisor_name":                        {Name: "any", Language: "en", Values: []string{"-", "Service"}},
	} {
		options[automations.WhatsAppTemplate] = template
		d := Decide(s)
		require.Equal(t, want, d.Template(7), template)
		require.Empty(t, d.Choices, "a template has its own buttons")
	}
}

// TestWhoCanBeWrittenTo: what forbids the staff to write, which is what is about
// the address and the person, and not what is about time and budgets.
func TestWhoCanBeWrittenTo(t *testing.T) {
	t.Parallel()
	team := situation{}.team(t)
	texts := settings.Sender{ID: "sender", Kind: channels.SMS, Address: "+13125550100"}
	whatsapp := settings.Sender{ID: "sender", Kind: channels.WhatsAppTwilio, Address: "+13125550100"}
	chat := settings.Sender{ID: "sender", Kind: channels.WebChat, Address: "site"}
	abroad := *team
	abroad.Team.AllowedCountries = []string{"PL"}
	for _, c := range []struct {
		name string
		team *settings.Snapshot
		from settings.Sender
		to   string
		who  Contact
		want Reason
	}{
		{"a customer", team, texts, "+13125550142", Contact{}, ""},
		{"who is paused, and of whom the staff is to say something", team, texts, "+13125550142", Contact{PausedUntil: noon.Add(1000 * time.Hour), InDoubt: true}, ""},
		{"one of the staff", team, texts, "+13125550142", Contact{Staff: "ann"}, ""},
		{"who opted out", team, texts, "+13125550142", Contact{OptedOut: true}, ReasonOptedOut},
		{"who opted out and chats", team, chat, "visitor", Contact{OptedOut: true}, ""},
		{"a landline", team, texts, "+13125550142", Contact{Unreachable: true}, ReasonUnreachable},
		{"a landline on WhatsApp", team, whatsapp, "+13125550142", Contact{Unreachable: true}, ""},
		{"an id of WhatsApp's that takes nothing", team, whatsapp, "US.1349", Contact{Unreachable: true}, ReasonUnreachable},
		{"ourselves", team, texts, "+13125550142", Contact{Ours: true}, ReasonOwnNumber},
		{"a letter sender", team, texts, "SUPPORT", Contact{}, ReasonUnreachable},
		{"nobody", team, texts, "", Contact{}, ReasonWithheld},
		{"a number of no length", team, texts, "+1312555", Contact{}, ReasonUnreachable},
		{"who withheld it", team, texts, "+266696687", Contact{}, ReasonWithheld},
		{"from a sender that is gone", team, settings.Sender{ID: "gone", Kind: channels.SMS}, "+13125550142", Contact{}, ReasonNoSender},
		{"a country that is not on the list", &abroad, texts, "+13125550142", Contact{}, ReasonCountry},
		{"a country that is", &abroad, texts, "+48601123456", Contact{}, ""},
		{"a visitor is of no country", &abroad, chat, "visitor", Contact{}, ""},
	} {
		require.Equal(t, c.want, CannotReach(c.team, c.from, c.to, c.who), c.name)
	}
}

// TestACountryThatSeveralShare counts as each of them where no table knows more.
func TestACountryThatSeveralShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number  string
		allowed []string
		want    bool
	}{
		{"+15551230001", []string{"CA"}, true}, // of no area
		{"+15551230001", []string{"PL", "US"}, true},
		{"+15551230001", []string{"PL"}, false},
		{"+14165550142", []string{"US"}, false}, // Toronto
		{"+14165550142", []string{"CA"}, true},
		{"not a number", []string{"US"}, false},
		{"not a number", nil, true},
	} {
		require.Equal(t, c.want, countryAllowed(c.number, channels.SMS, c.allowed), "%v", c)
	}
}

func TestWhoWithholdsTheirNumber(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"anonymous": true, "Restricted": true, "+266696687": true, "+7378742833": true, "+86282452253": true,
		"+13125550142": false, "SHOP": false, "": true, "72345": false,
	} {
		require.Equal(t, want, Withheld(address), address)
	}
}

// TestAButtonNamesItsQuestion: whatever it stands for, what is tapped says which
// request it answers, and what others write there is no request of ours.
func TestAButtonNamesItsQuestion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		said, id := rapid.String().Draw(t, "said"), uuid.Must(uuid.FromBytes(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))).String()
		s := Situation{Request: &Request{ID: id}}
		bound := s.bound([]channels.Choice{{ID: said, Title: said}})
		gotSaid, gotID := Tapped(bound[0].ID)
		require.Equal(t, []string{said, id, said}, []string{gotSaid, gotID, bound[0].Title})
	})
	for reply, want := range map[string][2]string{
		"":            {"", ""},
		"yes":         {"yes", ""},
		"yes/":        {"yes/", ""},
		"menu/orders": {"menu/orders", ""},
		"a/b/6ba7b810-9dad-11d1-80b4-00c04fd430c8": {"a/b", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
	} {
		said, id := Tapped(reply)
		require.Equal(t, want, [2]string{said, id}, reply)
	}
	shared := Situation{Request: &Request{Kind: AskVoiceHub}}
	require.Equal(t, scores, shared.bound(scores), "what is shared asks nothing")
}

// TestWhatCanBeTapped: two words in the customer's language, or five digits, on
// WhatsApp within its window and from a sender that is on RCS; and what is tapped is
// read as the answer.
func TestWhatCanBeTapped(t *testing.T) {
	t.Parallel()
	const id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
	for _, c := range []struct {
		kind, language string
		channel        channels.Kind
		titles         []string
		answers        []string
		agent          string // that the sender is known by on RCS
	}{
		{AskResolved, "en", channels.WhatsAppCloud, []string{"YES", "NO"}, []string{"yes", "no"}, ""},
		{AskApproval, "pl", channels.WhatsAppTwilio, []string{"TAK", "NIE"}, []string{"yes", "no"}, ""},
		{AskApproval, "pt-BR", channels.WhatsAppTwilio, []string{"SIM", "NÃO"}, []string{"yes", "no"}, ""},
		{AskRating, "de", channels.WhatsAppCloud, []string{"1", "2", "3", "4", "5"}, []string{"1", "2", "3", "4", "5"}, ""},
		{AskPhotoVideo, "en", channels.WhatsAppCloud, nil, nil, ""},
		{AskResolved, "en", channels.SMS, nil, nil, ""},
		{AskResolved, "en", channels.SMS, []string{"YES", "NO"}, []string{"yes", "no"}, "valley"},
	} {
		s := situation{At: noon, Channel: c.channel, Language: c.language, Request: &Request{ID: id, Kind: c.kind, Advisor: true}}.build(t)
		s.Reached.Heard = noon.Add(-time.Hour)
		s.Team.Senders[0].Settings.Agent = c.agent
		var titles []string
		for n, choice := range Decide(s).Choices {
			titles = append(titles, choice.Title)
			reply := situation{At: noon.Add(time.Minute), Channel: c.channel, Text: choice.Title, Reply: choice.ID}.build(t)
			reply.Questions = []Question{{ID: "newer", Kind: c.kind, AskedAt: noon}, {ID: id, Kind: c.kind, AskedAt: noon.Add(-100 * time.Hour)}}
			d := Decide(reply)
			require.Equal(t, ReasonAnswer, d.Reason)
			require.Equal(t, []string{id, c.answers[n]}, []string{d.Question.ID, d.Answer.word()}, "the old one that was tapped, not the newest")
		}
		require.Equal(t, c.titles, titles, "%v", c)
	}
}

// TestAPhotoAnswersTheNewestWishForOne, and no other question.
func TestAPhotoAnswersTheNewestWishForOne(t *testing.T) {
	t.Parallel()
	photo := func(id string) Question {
		return Question{ID: id, Kind: AskPhotoVideo, AskedAt: noon.Add(-time.Hour)}
	}
	gone := photo("gone")
	gone.WithdrawnAt = noon
	for name, c := range map[string]struct {
		asked []Question
		want  string
	}{
		"two wishes":                     {[]Question{photo("new"), photo("old")}, "new files"},
		"the newest was taken back":      {[]Question{gone, photo("old")}, "old files"},
		"an approval, with yes below it": {[]Question{{ID: "money", Kind: AskApproval, AskedAt: noon.Add(-time.Hour)}}, "-"},
		"nothing asked":                  {nil, "-"},
	} {
		s := situation{At: noon, Text: "yes", Files: 3}.build(t)
		s.Questions = c.asked
		d := Decide(s)
		require.Equal(t, c.want, inShort(d), name)
		if d.Answer != nil {
			require.Equal(t, 3, d.Answer.Files)
		}
	}
}

// TestWhatCannotBeAnAddressOnWhatsAppGetsNoReply, whatever a provider puts there; who
// has one is answered, whatever a table says of the number.
func TestWhatCannotBeAnAddressOnWhatsAppGetsNoReply(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]Reason{
		"+13125550142": ReasonSent, "+9999999": ReasonSent, "+521551234567": ReasonSent,
		"US.13491208655302741918": ReasonSent, "US.ENT.2": ReasonSent,
		"": ReasonUnreachable, "+0": ReasonUnreachable, "-1": ReasonUnreachable, "1.5": ReasonUnreachable, "1e+300": ReasonUnreachable,
		"+12": ReasonUnreachable, "+1234567890123456789012": ReasonUnreachable, "\ufffd": ReasonUnreachable, "١٢٣": ReasonUnreachable,
		"Anna": ReasonUnreachable, "US.": ReasonUnreachable, "US.a b": ReasonUnreachable, "+1312555a142": ReasonUnreachable,
	} {
		for _, channel := range []channels.Kind{channels.WhatsAppCloud, channels.WhatsAppTwilio} {
			s := situation{At: noon, Channel: channel, Text: "Hello"}.build(t)
			s.Event.From = from
			require.Equal(t, want, Decide(s).Reason, "%q", from)
		}
	}
}

// TestAPhotoThatQuotesTheWishAnswersIt: that one and no other, and what is quoted after
// it was answered is one photo more.
func TestAPhotoThatQuotesTheWishAnswersIt(t *testing.T) {
	t.Parallel()
	photo := func(id string) Question {
		return Question{ID: id, Kind: AskPhotoVideo, AskedAt: noon.Add(-time.Hour)}
	}
	given := photo("old")
	given.Answer, given.AnsweredAt = &Answer{}, noon.Add(-time.Minute)
	for name, c := range map[string]struct {
		asked  []Question
		quoted string
		files  int
		want   string
	}{
		"the older of two":            {[]Question{photo("new"), photo("old")}, "old", 2, "old files"},
		"words alone":                 {[]Question{photo("old")}, "old", 0, "-"},
		"one that is answered":        {[]Question{given}, "old", 1, "-"},
		"something that asks nothing": {[]Question{photo("old")}, "", 1, "-"},
	} {
		s := situation{At: noon, Channel: channels.WhatsAppCloud, Text: "here", Files: c.files}.build(t)
		s.Event.Quotes, s.Event.Quoted, s.Questions = true, c.quoted, c.asked
		require.Equal(t, c.want, inShort(Decide(s)), name)
	}
}

// TestAYesToAQuestionOptsNobodyIn: who opted out and then taps YES below an older
// question, or quotes it, answers that and asks for no texts.
func TestAYesToAQuestionOptsNobodyIn(t *testing.T) {
	t.Parallel()
	const id = "01a205ba-9b19-7000-8000-000000000001"
	for name, c := range map[string]struct {
		reply, quoted, text string
		want                Reason
	}{
		"tapped":                         {"YES/" + id, "", "YES", ReasonAnswer},
		"tapped, of a template's":        {"YES", id, "YES", ReasonAnswer},
		"tapped, and it names none":      {"YES", "", "YES", ReasonAnswer},
		"quoting the question":           {"", id, "yes", ReasonAnswer},
		"quoting what asks nothing":      {"", "-", "yes", ReasonOptedIn},
		"written":                        {"", "", "yes", ReasonOptedIn},
		"START, tapped":                  {"START/" + id, "", "START", ReasonOptedIn},
		"START, in answer to a question": {"", id, "start", ReasonOptedIn},
	} {
		s := situation{At: noon, Channel: channels.WhatsAppCloud, Text: c.text, Reply: c.reply, OptedOut: true}.build(t)
		s.Event.Quotes, s.Event.Quoted = c.quoted != "", strings.TrimPrefix(c.quoted, "-")
		s.Questions = []Question{{ID: id, Kind: AskResolved, AskedAt: noon.Add(-time.Hour)}}
		require.Equal(t, c.want, Decide(s).Reason, name)
	}
}

// TestWhatTheStaffCountsAsAnAnswer: what is said of a problem is read more widely
// by people than by us.
func TestWhatTheStaffCountsAsAnAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, said, want string }{
		{AskResolved, "ok", "yes"},
		{AskResolved, "👎", "no"},
		{AskResolved, "perhaps", ""},
		{AskResolved, "5", ""},
		{AskApproval, "ok", "yes"},
		{AskApproval, "Declined", "no"},
		{AskRating, "5", "5"},
		{AskRating, "yes", ""},
		{AskRating, "6", ""},
		{AskPhotoVideo, "yes", ""},
		{"", "yes", ""},
	} {
		a, ok := CountAs(c.kind, c.said)
		require.Equal(t, c.want != "", ok, "%v", c)
		if ok {
			require.Equal(t, c.want, a.word())
		}
	}
	s := situation{At: noon, Text: "ok"}.build(t)
	s.Questions = []Question{{ID: "q", Kind: AskResolved, AskedAt: noon.Add(-time.Hour)}}
	require.Equal(t, "-", inShort(Decide(s)), "by itself it answers nothing")
}

// TestEveryWishHasItsWords: for each kind of request there is one automation, and
// none for what is no wish.
func TestEveryWishHasItsWords(t *testing.T) {
	t.Parallel()
	for kind, key := range map[string]string{
		AskPhotoVideo: automations.RequestPhotoVideo, AskApproval: automations.RequestApproval, AskPayment: automations.RequestPayment,
		AskRating: automations.CaptureAdvisorRating, AskResolved: automations.AskIssueResolved, AskVoiceHub: automations.ShareVoiceHub,
	} {
		rule, found := For(kind)
		require.True(t, found)
		require.Equal(t, key, rule.Key)
	}
	_, found := For("")
	require.False(t, found, "what asks for nothing, such as a call")
}

// TestWhatCountsAgainstWhichBudget: what is automatic against the caps, what
// answers a word against the confirmations, and what an advisor asks for against
// neither.
func TestWhatCountsAgainstWhichBudget(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		s                situation
		spends, confirms bool
	}{
		"a greeting":          {situation{Text: "hello"}, true, false},
		"a text after a call": {situation{Call: CallMissed}, true, false},
		"a rating":            {situation{Request: &Request{Kind: AskRating}, Ticket: &Ticket{Status: "closed"}}, true, false},
		"an advisor's wish":   {situation{Request: &Request{Kind: AskRating, Advisor: true}}, false, false},
		"a help word":         {situation{Text: "help", OwnKeywords: true}, false, true},
		"nothing":             {situation{Text: "hello", OptedOut: true}, false, false},
	} {
		c.s.At = noon
		d := Decide(c.s.build(t))
		require.Equal(t, [2]bool{c.spends, c.confirms}, [2]bool{d.Spends(), d.Confirms()}, name)
	}
}

// TestTheNumberToCall is the team's voice number, else one that texts, as people
// write it.
func TestTheNumberToCall(t *testing.T) {
	t.Parallel()
	sender := func(kind channels.Kind, address string) settings.Sender {
		return settings.Sender{Kind: kind, Address: address}
	}
	for want, senders := range map[string][]settings.Sender{
		"":                {sender(channels.WebChat, "site"), sender(channels.WhatsAppCloud, "1065")},
		"+1 312-555-0100": {sender(channels.SMS, "+13125550100"), sender(channels.SMS, "+13125550101")},
		"+48 22 123 45 67": {
			sender(channels.SMS, "+13125550100"), sender(channels.Voice, "+48221234567"), sender(channels.Voice, "+13125550102"),
		},
		"SHOP": {sender(channels.SMS, "SHOP")},
	} {
		require.Equal(t, want, voiceHub(&settings.Snapshot{Senders: senders}))
	}
}
