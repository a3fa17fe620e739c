package twilio

import (
	"context"
	"net/url"

	"ringback/channels"
)

// lookupsHost is where numbers are looked up. Each question costs money.
const lookupsHost = "https://lookups.twilio.com"

// LineType asks for Twilio's line type intelligence: landline, mobile, fixedVoip,
// nonFixedVoip, personal, tollFree, premium, sharedCost, uan, voicemail, pager or
// unknown. https://www.twilio.com/docs/lookup/v2-api/line-type-intelligence
func (c *Channel) LineType(ctx context.Context, account channels.Account, number string) (string, error) {
	if _, _, err := wire(account, channels.Outgoing{Kind: channels.SMS}); err != nil {
		return "", err
	}
	var answer struct {
		Line *struct {
			Type string `json:"type"`
		} `json:"line_type_intelligence"`
	}
	err := c.read(ctx, account, lookupsHost+"/v2/PhoneNumbers/"+url.PathEscape(number)+"?Fields=line_type_intelligence", &answer)
	if err != nil {
		return "", err
	}
	if answer.Line == nil || answer.Line.Type == "" {
		return channels.UnknownLine, nil
	}
	return plain(answer.Line.Type, 32), nil
}
