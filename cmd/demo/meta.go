package demo

import (
	"cmp"
	"slices"

	"ringback/channels/simulator/meta"
	"ringback/channels/whatsapp"
	"ringback/cmd/app"
)

// WhatsAppNumber is the phone number id of the service team's WhatsApp.
const WhatsAppNumber = "100000000000001"

// Templates are those that the simulated Meta has approved, in English.
var Templates = []string{"we_are_closed", "we_got_your_message", "issue_resolved"}

// openMeta lets the demo's customers write on WhatsApp, to a simulated Meta.
func (d *Demo) openMeta(c *app.Config) error {
	c.MetaSecret, c.MetaSecretPrevious, c.MetaToken, c.MetaVerifyToken = d.Access.Secret, "", secret(""), secret("")
	names := map[string]string{}
	for _, one := range append(slices.Clone(Customers), cast...) {
		names[cmp.Or(one.Number, one.User)] = one.Name
	}
	d.Meta = meta.New(meta.Config{
		Names: names, Templates: Templates, AppSecret: c.MetaSecret, AccessToken: c.MetaToken, Number: WhatsAppNumber, Clock: c.Clock, Twice: true,
		Hook: func() string { return d.URL() + whatsapp.Path },
	})
	var err error
	c.MetaBaseURL, err = d.played.Start(d.Meta)
	return err
}
