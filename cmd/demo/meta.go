package demo

import (
	"ringback/channels/simulator/meta"
	"ringback/channels/whatsapp"
	"ringback/cmd/app"
)

// WhatsAppNumber is the phone number id of the service team's WhatsApp.
const WhatsAppNumber = "100000000000001"

// openMeta lets the demo's customers write on WhatsApp, to a simulated Meta.
func (d *Demo) openMeta(c *app.Config) error {
	c.MetaSecret, c.MetaSecretPrevious, c.MetaToken, c.MetaVerifyToken = d.Access.Secret, "", secret(""), secret("")
	d.Meta = meta.New(meta.Config{
		AppSecret: c.MetaSecret, AccessToken: c.MetaToken, Number: WhatsAppNumber, Clock: c.Clock, Twice: true,
		Hook: func() string { return d.URL() + whatsapp.Path },
	})
	var err error
	c.MetaBaseURL, err = d.Meta.Listen("127.0.0.1:0")
	return err
}
