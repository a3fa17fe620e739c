package doctor

import (
	"cmp"
	"context"

	"ringback/channels"
	"ringback/channels/twilio"
)

// registrationNeeds is what to do about one that does not stand as it should.
var registrationNeeds = map[string]string{
	twilio.TenDLC:   "a brand and a campaign at Twilio's console, Messaging > Regulatory compliance > A2P 10DLC, and the number in the Messaging Service of that campaign: until then carriers in the US refuse its texts (30034)",
	twilio.TollFree: "a verification at Twilio's console, Messaging > Regulatory compliance > Toll-free: until then carriers in the US and Canada refuse its texts (30032)",
}

// registration says whether carriers in the US take the number's texts.
func (c Config) registration(ctx context.Context, r *report, account channels.Account, w twilio.Wiring) {
	found, err := c.Twilio.Registration(ctx, account, w)
	if found.Kind == "" {
		return
	}
	what := "Its " + found.Kind + " registration"
	if err != nil {
		r.note(what+" could not be read: "+err.Error(), "a look at Twilio's console, Messaging > Regulatory compliance")
		return
	}
	switch found.Stands() {
	case channels.Registered:
		r.ok(what + " is approved")
	case channels.RegistrationWaits:
		r.note(what+" is being looked at ("+found.Status+")", "to wait: until then carriers in the US refuse its texts, or let few through")
	case channels.RegistrationRefused:
		r.bad(what+" was refused", cmp.Or(found.Reason, found.Status), registrationNeeds[found.Kind])
	case channels.RegistrationMissing:
		if found.Kind == twilio.TenDLC && w.Service == nil {
			r.note("It has no 10DLC registration: it is in no Messaging Service", "for texts to people in the US, "+registrationNeeds[found.Kind])
			return
		}
		r.bad(what, "nothing", registrationNeeds[found.Kind])
	}
}
