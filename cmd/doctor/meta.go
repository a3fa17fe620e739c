package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ringback/channels"
	"ringback/channels/whatsapp"
	"ringback/settings"
)

// cloud is a WhatsApp number of ours at Meta.
type cloud struct {
	Account  string `db:"account"` // the phone number id
	Address  string `db:"address"`
	Business string `db:"business"`
	Team     string `db:"team"`
}

const listClouds = `
select s.account, s.address, coalesce(s.settings ->> 'business_account_id', '') as business, t.name as team
from senders s join teams t on t.company_id = s.company_id and t.id = s.team_id
where s.kind = 'whatsapp_cloud' order by s.account, s.address`

// meta looks at each of the WhatsApp numbers that senders use; it changes nothing.
func (c Config) meta(ctx context.Context, r *report) error {
	var all []cloud
	if err := c.DB.SelectContext(ctx, &all, listClouds); err != nil {
		return fmt.Errorf("doctor: senders on WhatsApp: %w", err)
	}
	for _, one := range all {
		r.title("WhatsApp " + cmp.Or(one.Address, one.Account) + ", " + one.Team)
		account, err := c.Vault.Account(ctx, c.DB, settings.Meta, one.Account)
		if err != nil {
			r.bad("There is no access token for it", "nothing", "META_APP_SECRET and META_ACCESS_TOKEN, or the sender's own account")
			continue
		}
		c.cloud(ctx, r, one, account)
	}
	return nil
}

func (c Config) cloud(ctx context.Context, r *report, number cloud, account channels.Account) {
	if err := c.Meta.CheckAccount(ctx, account); err != nil {
		c.metaRefused(r, err)
		return
	}
	r.ok("Its access token is accepted")
	if number.Business == "" {
		r.note("Whether Meta tells us what happens there could not be asked", "the id of the WhatsApp business account, at the sender")
	} else if err := c.subscription(ctx, r, number, account); err != nil {
		c.metaRefused(r, err)
		return
	}
	calling, err := c.Meta.Calling(ctx, account)
	switch {
	case err != nil:
		r.note("Whether customers can call it on WhatsApp could not be read: "+err.Error(), "a token that may manage the number")
	case !calling.On:
		r.ok("Calls on WhatsApp are switched off: calls come by phone")
	case calling.Hours:
		r.note("Customers can call it on WhatsApp within its call hours; nobody here picks up, and who called is answered as whoever is missed", "the webhook field calls subscribed, or calls switched off in WhatsApp Manager, at the number, under Call settings")
	default:
		r.note("Customers can call it on WhatsApp at any hour; nobody here picks up, and who called is answered as whoever is missed", "the webhook field calls subscribed, and hours that follow the ring schedules, at the sender; or calls switched off in WhatsApp Manager")
	}
}

// subscription is whether what happens at the number comes to our door.
func (c Config) subscription(ctx context.Context, r *report, number cloud, account channels.Account) error {
	found, err := c.Meta.Subscription(ctx, account, number.Business)
	if err != nil {
		return err
	}
	if len(found.Apps) == 0 {
		r.bad("No app is told what happens there", "nothing", "the app subscribed: POST /"+number.Business+"/subscribed_apps of the Graph API, with the access token")
	} else {
		r.ok("What happens there is told to " + strings.Join(found.Apps, ", "))
	}
	c.fields(r, found.Fields)
	needs := c.PublicURL + whatsapp.Path
	switch {
	case c.PublicURL == "":
		r.note("Where Meta brings what happens was not compared", "PUBLIC_URL")
	case found.Callback == needs:
		r.ok("It is brought to " + needs)
	default:
		r.bad("Where it is brought", cmp.Or(found.Callback, "nothing"), needs+", as the callback URL in the app's dashboard, WhatsApp > Configuration, with META_VERIFY_TOKEN and the field messages")
	}
	return nil
}

// usedFields are the webhook fields that are read, and what is not heard of without each.
var usedFields = []struct{ name, lost string }{
	{"message_template_status_update", "templates that Meta pauses or rejects are found out by the first refusal"},
	{"calls", "who calls on WhatsApp is not answered"},
	{"smb_message_echoes", "what the staff writes in the WhatsApp Business app does not count as an answer"},
}

// fields is what the app subscribes to: without messages nothing comes, and the others
// are wanted by those who use what they tell of.
func (c Config) fields(r *report, subscribed []string) {
	if subscribed == nil {
		return // it is another app's than the secret
	}
	if !slices.Contains(subscribed, "messages") {
		r.bad("The app does not subscribe to the webhook field messages", cmp.Or(strings.Join(subscribed, ", "), "nothing"), "messages, in the app's dashboard, WhatsApp > Configuration > Webhook fields")
	}
	for _, f := range usedFields {
		if !slices.Contains(subscribed, f.name) {
			r.note("The app does not subscribe to the webhook field "+f.name+": "+f.lost, f.name+", in the app's dashboard, if that is in use")
		}
	}
}

// metaRefused is a number that could not be looked at.
func (c Config) metaRefused(r *report, err error) {
	var no *channels.SendError
	if errors.As(err, &no) && (no.Reason == channels.ReasonCredentials || no.Reason == channels.ReasonMisconfigured) {
		r.bad("Meta refuses the number, its token or the app's secret", err.Error(), "the token of a system user that may manage the business account, and the secret of the same app")
		return
	}
	r.failed = errors.Join(r.failed, err)
	r.bad("Meta could not be asked", err.Error(), "another try")
}
