package twilio

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxCharacters is how long a body may be.
const maxCharacters = 1600

// createMessage serves POST Messages.json.
func (s *Simulator) createMessage(w http.ResponseWriter, r *http.Request, account string) {
	if code, about := s.refuse(account, r.PostForm); code != 0 {
		s.config.Log.Debug("message refused", "code", code, "to", r.PostForm.Get("To"))
		writeError(w, code, about)
		return
	}
	m, plan := s.accept(account, r.PostForm)
	s.config.Log.Debug("message taken", "sid", m.SID, "from", m.From, "to", m.To)
	s.begin(s.life, m.SID, plan)
	write(w, http.StatusCreated, resource(m))
}

// accept makes a message of a form that has nothing wrong with it, and plans
// what is to happen to it.
func (s *Simulator) accept(account string, form url.Values) (Message, Plan) {
	media := slices.Clone(form["MediaUrl"])
	m := Message{
		SID: newSID("SM"), Account: account, ServiceSID: form.Get("MessagingServiceSid"), Direction: OutboundAPI,
		From: form.Get("From"), To: form.Get("To"), Body: form.Get("Body"), ContentSID: form.Get("ContentSid"),
		Media:  media,
		Status: "queued", Callback: form.Get("StatusCallback"),
	}
	if len(media) > 0 {
		m.SID = "MM" + m.SID[2:]
	}
	if m.ServiceSID != "" {
		m.Status = "accepted" // the service queues it later
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if from, to, picked := s.pickSender(account, m.ServiceSID, m.To); picked && m.From == "" {
		m.From, m.To = from, to
	}
	s.show(&m, form)
	m.Body = s.asSent(m)
	m.Segments = segments(m.To, m.Body)
	plan := s.plan(m)
	return s.add(m).Message, plan
}

// refuse is Twilio's validation: the code to refuse a create with and what it
// is about, or 0.
func (s *Simulator) refuse(account string, form url.Values) (code int, about string) {
	from := func(form url.Values) (int, string) { return s.refuseFrom(account, form) }
	made := func(form url.Values) (int, string) { return s.refuseMade(account, form) }
	for _, check := range []func(url.Values) (int, string){refuseTo, from, refuseContent, made, refuseCallback} {
		if code, about := check(form); code != 0 {
			return code, about
		}
	}
	ours, to := form.Get("From"), form.Get("To")
	s.mu.Lock()
	defer s.mu.Unlock()
	// A Messaging Service says so only later, by callback.
	if form.Get("MessagingServiceSid") == "" && s.blocked[pair{account, ours, to}] {
		return 21610, to
	}
	return 0, ""
}

func refuseTo(form url.Values) (int, string) {
	to := form.Get("To")
	switch code := refusedTo[bare(to)]; {
	case to == "":
		return 21604, ""
	case code != 0:
		return code, to
	case !validTo(to):
		return 21211, to
	}
	return 0, ""
}

func (s *Simulator) refuseFrom(account string, form url.Values) (int, string) {
	from, to := form.Get("From"), form.Get("To")
	switch code := refusedFrom[bare(from)]; {
	case from == "" && form.Get("MessagingServiceSid") != "":
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, _, picked := s.pickSender(account, form.Get("MessagingServiceSid"), to); !picked {
			return 21704, "" // it has no numbers to choose from
		}
		return 0, ""
	case from == "":
		return 21603, ""
	case code != 0:
		return code, from
	case !validFrom(from):
		return 21212, from
	case bare(from) != alwaysOurs && len(s.config.Numbers) > 0 && !slices.Contains(s.config.Numbers, from):
		return 21606, from
	case onWhatsApp(from) != onWhatsApp(to):
		return 21910, from + " and " + to
	}
	return 0, ""
}

func refuseContent(form url.Values) (int, string) {
	switch body := form.Get("Body"); {
	case body == "" && form.Get("MediaUrl") == "" && form.Get("ContentSid") == "":
		return 21602, ""
	case utf8.RuneCountInString(body) > maxCharacters:
		return 21617, ""
	case len(form["MediaUrl"]) > 10:
		return 21623, ""
	case len(form["MediaUrl"]) > 0 && refusedMedia[bare(form.Get("To"))] != 0:
		return refusedMedia[bare(form.Get("To"))], form.Get("MediaUrl")
	}
	return 0, ""
}

func refuseCallback(form url.Values) (int, string) {
	given := form.Get("StatusCallback")
	if given == "" {
		return 0, ""
	}
	target, err := url.Parse(given)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Host == "" ||
		strings.Contains(target.Hostname(), "_") || len(given) > 4000 {
		return 21609, given
	}
	return 0, ""
}
