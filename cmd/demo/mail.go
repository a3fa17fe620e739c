package demo

import (
	"strings"

	"ringback/channels/simulator/mailbox"
	"ringback/cmd/app"
)

// openMail has the staff's e-mail kept and shown on the phone page, unless there
// is a mail server to send it with.
func (d *Demo) openMail(c *app.Config) error {
	if c.SMTPURL != "" {
		return nil
	}
	d.Mail, c.MailFrom = mailbox.New(nil), "Ringback <ringback@greenvalley.example>"
	var err error
	c.SMTPURL, err = d.played.Start(d.Mail)
	return err
}

// introduceMail says where the staff's e-mail is shown.
func (d *Demo) introduceMail() string {
	if d.Mail == nil {
		return ""
	}
	return "  Staff's mail " + strings.Replace(d.Phone, "/phone", "/phone/mail", 1) + "\n               what the team is told by e-mail\n"
}

// letters is what the staff were sent; nil: it went elsewhere.
func (d *Demo) letters() func() []mailbox.Letter {
	if d.Mail == nil {
		return nil
	}
	return d.Mail.Letters
}
