package phone

import (
	"html/template"
	"net/http"
	"slices"
)

// app is one of the handset's. Its screen is the template "screen-" and its
// key; within it, Part is the template that the stream sends again at each
// change, and the id of the element that it fills. An app is this line, its
// template and the orders that its forms give.
type app struct{ Key, Name, Icon, Part string }

// webKey is the key of the app in which a customer visits the company's website.
const webKey = "web"

var apps = []app{
	{"messages", "Messages", "messages", "thread"},
	{"whatsapp", "WhatsApp", "whatsapp", "chat"},
	{"call", "Calls", "call", "call"},
	{webKey, "Web chat", "web", "web"},
}

func findApp(key string) (app, error) {
	if key == "" {
		return apps[0], nil
	}
	i := slices.IndexFunc(apps, func(one app) bool { return one.Key == key })
	if i < 0 {
		return apps[0], &fault{http.StatusNotFound, "app", "The phone has no such app. Choose one below its screen."}
	}
	return apps[i], nil
}

// Apps are all there are.
func (v view) Apps() []app { return apps }

// Screen is what the chosen app shows.
func (v view) Screen() (template.HTML, error) {
	drawn, err := render("screen-"+v.App.Key, v)
	return template.HTML(drawn), err // it is our own template's, which has escaped what is not ours
}
