package console

// forgotForm asks for the address of who has forgotten their password.
type forgotForm struct {
	Email, Fault string
	Asked        bool
	Mails        bool // letters can be sent from here
}

func (v *View) forgotPage() error {
	return v.Show("forgot.html", forgotForm{Mails: v.console.Gate.Mails()})
}

// forgot has a link sent, and says the same whether there is such an address or not.
func (v *View) forgot() error {
	form := forgotForm{Email: v.Form("email"), Mails: v.console.Gate.Mails()}
	err := v.console.Gate.Forgot(v.g.Request, form.Email)
	if err == nil {
		form.Asked = true
		return v.Show("forgot.html", form)
	}
	form.Fault = v.shut(err)
	if _, wrong := v.Faults(err); wrong {
		form.Fault = v.T("fault.email")
	}
	if form.Fault == "" {
		return err
	}
	return v.ShowFault("forgot.html", form)
}
