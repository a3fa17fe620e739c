package twilio

import (
	"context"
	"net/url"

	"github.com/nyaruka/phonenumbers"

	"ringback/channels"
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

// How a registration stands.
const (
	Registered = "registered"
	Waiting    = "waiting"
	Refused    = "refused"
	Missing    = "missing"
)

var registrations = map[string]string{
	"": Missing, "VERIFIED": Registered, "PENDING": Waiting, "IN_PROGRESS": Waiting, "FAILED": Refused, "SUSPENDED": Refused, "EXPIRED": Refused, "DELETED": Missing,
	"TWILIO_APPROVED": Registered, "PENDING_REVIEW": Waiting, "IN_REVIEW": Waiting, "TWILIO_REJECTED": Refused,
}

// Stands is how it stands, in one of our words; one of Twilio's that we do not know
// is one to wait for.
func (r Registration) Stands() string {
	if stands, known := registrations[r.Status]; known {
		return stands
	}
	return Waiting
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
		} `json:"compliance"`
	}
	err = c.read(ctx, account, messagingHost+"/v1/Services/"+w.Service.SID+"/Compliance/Usa2p", &found)
	for _, one := range found.Campaigns {
		if r.Status = one.Status; r.Stands() == Registered {
			break
		}
	}
	return r, err
}
