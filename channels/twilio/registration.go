package twilio

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"ringback/channels"
	"ringback/channels/fit"
)

// Registration is what carriers in the US know of who texts from a number: they refuse
// texts of those they do not know. Source: the resources US A2P (Usa2p) and Tollfree
// Verification.
type Registration struct {
	Kind   string // TenDLC, TollFree; empty: none is needed
	Status string // as Twilio says it; empty: there is none
	Reason string // of a refusal
}

// The kinds of registration.
const (
	TenDLC   = "10DLC"
	TollFree = "toll-free"
)

// How a registration stands, by Twilio's word.
var registrations = map[string]string{
	"": channels.RegistrationMissing, "VERIFIED": channels.Registered, "PENDING": channels.RegistrationWaits, "IN_PROGRESS": channels.RegistrationWaits,
	"FAILED": channels.RegistrationRefused, "SUSPENDED": channels.RegistrationRefused, "EXPIRED": channels.RegistrationRefused, "DELETED": channels.RegistrationMissing,
	"TWILIO_APPROVED": channels.Registered, "PENDING_REVIEW": channels.RegistrationWaits, "IN_REVIEW": channels.RegistrationWaits, "TWILIO_REJECTED": channels.RegistrationRefused,
}

// Stands is how it stands, in one of our words; one of Twilio's that we do not know
// is one to wait for.
func (r Registration) Stands() string {
	if stands, known := registrations[r.Status]; known {
		return stands
	}
	return channels.RegistrationWaits
}

// finding is the registration as a check of the number keeps it. Texts go out all the
// same, and what becomes of them is the carriers' to say: so it is never wrong.
func (r Registration) finding(w Wiring) channels.WiringFinding {
	f := channels.WiringFinding{What: channels.FindingRegistration, Kind: r.Kind, Is: r.Stands()}
	switch f.Is {
	case channels.Registered:
	case channels.RegistrationRefused:
		f.Why = fit.Line(cmp.Or(r.Reason, r.Status), 500)
		fallthrough
	default:
		f.Needs, f.Note = channels.Registered, true
		f.Apart = f.Is == channels.RegistrationMissing && r.Kind == TenDLC && w.Service == nil
	}
	return f
}

// Registration asks how the one that the number needs stands. Its error is a
// *channels.SendError.
func (c *Channel) Registration(ctx context.Context, account channels.Account, w Wiring) (Registration, error) {
	number, err := phonenumbers.Parse(w.Number, "")
	if err != nil {
		return Registration{}, nil //nolint:nilerr // a short code has none of these
	}
	if phonenumbers.GetNumberType(number) == phonenumbers.TOLL_FREE && number.GetCountryCode() == 1 {
		var found struct {
			Verifications []struct {
				Status string `json:"status"`
				Reason string `json:"rejection_reason"`
			} `json:"verifications"`
		}
		err := c.read(ctx, account, messagingHost+"/v1/Tollfree/Verifications?"+url.Values{"TollfreePhoneNumberSid": {w.SID}}.Encode(), &found)
		r := Registration{Kind: TollFree}
		for _, one := range found.Verifications[:min(1, len(found.Verifications))] { // the newest
			r.Status, r.Reason = one.Status, one.Reason
		}
		return r, err
	}
	if region := phonenumbers.GetRegionCodeForNumber(number); number.GetCountryCode() != 1 || region != "US" && region != "" { // the tables lag
		return Registration{}, nil
	}
	r := Registration{Kind: TenDLC}
	if w.Service == nil {
		return r, nil // a campaign belongs to a Messaging Service
	}
	var found struct {
		Campaigns []struct {
			Status string `json:"campaign_status"`
			Errors []struct {
				Description string `json:"description"`
			} `json:"errors"`
		} `json:"compliance"`
	}
	err = c.read(ctx, account, messagingHost+"/v1/Services/"+w.Service.SID+"/Compliance/Usa2p", &found)
	for _, one := range found.Campaigns {
		if r.Status, r.Reason = one.Status, ""; r.Stands() == channels.Registered {
			break
		}
		for _, e := range one.Errors {
			if e.Description != "" {
				r.Reason = strings.TrimLeft(r.Reason+"; "+e.Description, "; ")
			}
		}
	}
	return r, err
}
