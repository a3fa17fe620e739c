package twilio

import (
	"errors"
	"net/url"
	"testing"
	"unicode/utf8"

	"ringback/channels"
)

// FuzzDoor throws bytes at all doors: nothing panics, a body that nobody
// signed is never believed, one that is signed is read or told why not.
func FuzzDoor(f *testing.F) {
	for _, folder := range []string{"messaging-inbound", "messaging-status", "edge"} {
		for _, body := range samples(f, folder, "*.form") {
			if len(body) < 16<<10 {
				f.Add(body, "delivery=018f", Sign("", publicURL+MessagesPath, nil))
			}
		}
	}
	for _, body := range samples(f, "voice", "*.form") {
		f.Add(body, "at=menu&team=7&round=1&advisor=9&option=2&step=menu", "")
	}
	hooks := everyDoor{New(Config{})}.Hooks()
	f.Fuzz(func(t *testing.T, body []byte, query, signature string) {
		for _, hook := range hooks {
			r := postBody(hook.Path+"?"+query, body)
			r.Header.Set(signatureHeader, signature)
			if hook.Verify(r, []string{testToken, ""}) == nil {
				t.Fatal("a forgery was believed")
			}
			_, err := hook.Account(r)
			onlyMalformed(t, err)
			if form, err := parseForm(body); err == nil {
				r.Header.Set(signatureHeader, Sign(testToken, r.URL, form))
				// A "#" in the query begins a fragment, which Twilio does not sign.
				if err := hook.Verify(r, []string{testToken}); err != nil && addresses(r.URL)[0] == r.URL {
					t.Fatalf("Twilio's own request is refused: %v", err)
				}
			}
			events, err := hook.Parse(r)
			onlyMalformed(t, err)
			for _, e := range events {
				if (e.Call == nil) != (e.Message != nil || e.Status != nil) {
					t.Fatalf("%s tells of %v", e.Kind, e)
				}
				for _, text := range texts(e) {
					if !utf8.ValidString(text) || len(text) > 64<<10 {
						t.Fatalf("%q is not fit to store", text)
					}
					for i := range len(text) {
						if text[i] == 0 {
							t.Fatalf("NUL in %q", text)
						}
					}
				}
			}
		}
	})
}

func onlyMalformed(t *testing.T, err error) {
	var malformed *channels.Malformed
	if err != nil && !errors.As(err, &malformed) {
		t.Fatalf("not a *Malformed: %v", err)
	}
}

func texts(e channels.Event) []string {
	all := []string{e.ProviderID, e.Account, e.SenderAddress, e.CustomerAddress}
	if m := e.Message; m != nil {
		all = append(all, m.Text, m.Name, m.Reply)
		for _, f := range m.Media {
			all = append(all, f.URL, f.ContentType)
		}
		for name, value := range m.Facts {
			all = append(all, name, value)
		}
	}
	if s := e.Status; s != nil {
		all = append(all, s.Delivery, s.ProviderID, s.Word, s.Code, s.Detail)
	}
	if c := e.Call; c != nil {
		all = append(all, c.ID, string(c.Step), c.Option, c.Team, c.Advisor, c.Status)
		if c.Recording != nil {
			all = append(all, c.Recording.ID, c.Recording.URL)
		}
		if c.Dial != nil {
			all = append(all, c.Dial.Status)
		}
		for name, value := range c.Facts {
			all = append(all, name, value)
		}
	}
	return all
}

// FuzzSignature signs anything for anywhere: the signature holds for that and
// not with another token, and an empty token is never one.
func FuzzSignature(f *testing.F) {
	f.Add("https://gw.example/a?b=1", "To", "+1555", "Body", "hi")
	f.Add("https://u:p@[::1]:443/it's?q=it's#rc=5", "a", "", "a", "\xff")
	f.Add("", "", "", "", "")
	f.Fuzz(func(t *testing.T, address, name1, value1, name2, value2 string) {
		form := url.Values{}
		form.Add(name1, value1)
		form.Add(name2, value2)
		r := post("", form)
		r.URL = address
		if _, err := parseForm(r.Body); err != nil {
			return
		}
		for _, signed := range addresses(address) {
			r.Header.Set(signatureHeader, Sign(testToken, signed, form))
			if err := Verify(r, []string{testToken}); err != nil {
				t.Fatalf("%q signed as %q: %v", address, signed, err)
			}
			if Verify(r, []string{testToken + "x", ""}) == nil {
				t.Fatal("another token holds too")
			}
			r.Header.Set(signatureHeader, Sign("", signed, form))
			if Verify(r, []string{"", testToken}) == nil {
				t.Fatal("an empty token holds")
			}
		}
	})
}

func BenchmarkDoor(b *testing.B) {
	hook := New(Config{}).Hooks()[0]
	r := post(MessagesPath, sms("FromCity", "SAN FRANCISCO", "FromState", "CA", "FromZip", "94103", "FromCountry", "US",
		"ToCity", "", "ToState", "CA", "ToZip", "", "ToCountry", "US", "SmsSid", "SM1", "SmsMessageSid", "SM1", "SmsStatus", "received",
		"NumSegments", "1", "ApiVersion", "2010-04-01"))
	signIt(&r, testToken)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := hook.Account(r); err != nil {
			b.Fatal(err)
		}
		if err := hook.Verify(r, []string{testToken}); err != nil {
			b.Fatal(err)
		}
		if _, err := hook.Parse(r); err != nil {
			b.Fatal(err)
		}
	}
}
