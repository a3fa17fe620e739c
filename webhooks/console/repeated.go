package console

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// secretFields are the fields of forms that hold secrets, each with its label. No page
// writes one back: where a form is repeated they are asked for again. Those without a
// label show who somebody is, which is asked for when it is due.
var secretFields = map[string]string{
	proofPassword: "", proofCode: "", proofPasskey: "",
	"password": "sign_in.password", "old_password": "account.old", "code": "factor.code",
	"auth_token": "senders.auth_token", "access_token": "senders.access_token", "app_secret": "senders.app_secret", "api_key_secret": "senders.api_key_secret",
}

// repeated is a form that was sent before, on a page that asks something first.
type repeated struct {
	Fields  url.Values
	Secrets []repeatedSecret // to be given again
}

type repeatedSecret struct{ Name, Label string }

// repeat is the form that was sent, without its secrets.
func (v *View) repeat() repeated {
	form := repeated{Fields: url.Values{}}
	if v.g.Request.Method != http.MethodPost {
		return form
	}
	_ = v.g.PostForm("") // has it read
	for _, name := range slices.Sorted(maps.Keys(v.g.Request.PostForm)) {
		switch label, secret := secretFields[name]; {
		case !secret:
			form.Fields[name] = v.g.Request.PostForm[name]
		case label != "" && v.Form(name) != "":
			form.Secrets = append(form.Secrets, repeatedSecret{name, label})
		}
	}
	return form
}
