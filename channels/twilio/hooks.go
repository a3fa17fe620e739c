package twilio

import (
	"net/http"

	"ringback/channels"
)

// Where Twilio calls us.
const (
	MessagesPath = "/webhooks/twilio/messages"
	StatusPath   = "/webhooks/twilio/status"
)

// maxRequest bounds a request's body, in bytes.
const maxRequest = 256 << 10

// noReply is a TwiML document that says nothing: our replies go out through
// the API, where they have a state.
const noReply = `<?xml version="1.0" encoding="UTF-8"?><Response/>`

// Hooks are the doors for messages, for what becomes of ours, and for what
// Twilio tells of a call without asking anything.
func (c *Channel) Hooks() []channels.Hook {
	return []channels.Hook{
		hook(MessagesPath, parseMessage, channels.Answer{ContentType: "text/xml", Body: noReply}),
		hook(StatusPath, parseStatus, channels.Answer{ContentType: "text/xml"}),
		hook(RecordingPath, parseRecording, channels.Answer{ContentType: "text/xml"}),
		hook(CallsPath, parseCall, channels.Answer{ContentType: "text/xml"}),
	}
}

func hook(path string, parse func(channels.Request) ([]channels.Event, error), answer channels.Answer) channels.Hook {
	return channels.Hook{
		Method: http.MethodPost, Path: path, MaxBody: maxRequest,
		Account: claimedAccount, Verify: Verify, Parse: parse, Answer: answer,
	}
}

// claimedAccount is the account that the request says it comes from. Requests
// of a sub-account name the sub-account and are signed with its own token.
func claimedAccount(r channels.Request) (string, error) {
	form, err := parseForm(r.Body)
	if err != nil {
		return "", err
	}
	return required(form, "AccountSid")
}
