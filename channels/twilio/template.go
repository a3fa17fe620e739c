package twilio

import (
	"context"
	"net/url"
	"strings"

	"ringback/channels"
)

// contentHost is where content templates are.
const contentHost = "https://content.twilio.com"

// Template is how WhatsApp stands to one of the account's content templates, by its
// ContentSid. https://www.twilio.com/docs/content/content-api-resources#fetch-an-approval-status-request
func (c *Channel) Template(ctx context.Context, account channels.Account, _, name, _ string) (channels.Approval, bool, error) {
	if _, _, err := wire(account, channels.Outgoing{Kind: channels.SMS}); err != nil {
		return channels.Approval{}, false, err
	}
	var answer struct {
		WhatsApp struct {
			Status string `json:"status"`
			Reason string `json:"rejection_reason"`
		} `json:"whatsapp"`
	}
	if err := c.read(ctx, account, contentHost+"/v1/Content/"+url.PathEscape(name)+"/ApprovalRequests", &answer); err != nil {
		return channels.Approval{}, false, err
	}
	status := strings.ToUpper(plain(answer.WhatsApp.Status, 32))
	return channels.Approval{Name: name, Status: status, Reason: plain(answer.WhatsApp.Reason, 200)}, status != "", nil
}
