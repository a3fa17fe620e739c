package channels

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// ErrSignature is a request that no live secret signed.
var ErrSignature = errors.New("the signature does not match")

// ErrOtherBusiness is a provider's own word that an account is none of a business's: it
// was asked with a secret that it takes, and does not show the account there.
var ErrOtherBusiness = errors.New("the account is none of the business's")

// ErrUnversed is that whoever answers in a provider's place does not know the question,
// as no provider does of its own: something that plays it, or stands before it. It says
// nothing of what was asked.
var ErrUnversed = errors.New("whoever answers does not know the question")

// Malformed is a request that cannot be read; the provider is told why.
type Malformed struct {
	Field  string // the provider's name of the parameter; empty: the body as a whole
	Detail string
}

func (m *Malformed) Error() string {
	if m.Field == "" {
		return m.Detail
	}
	return m.Field + ": " + m.Detail
}

// Reason is why a message did not go out or arrive, in one stable word.
type Reason string

// What providers' error codes come down to. What we do about one follows from
// the reason alone, so that a provider's table of codes is nothing but data.
const (
	ReasonOptedOut         Reason = "opted_out"              // the person said STOP to this sender
	ReasonUnreachable      Reason = "unreachable"            // a landline, or no number at all: never try it again
	ReasonWindowClosed     Reason = "whatsapp_window_closed" // free text outside the 24 hours
	ReasonNotOnChannel     Reason = "not_on_channel"         // another channel may reach them
	ReasonThrottled        Reason = "throttled"              // too fast for the sender or its account
	ReasonCapped           Reason = "daily_cap"              // as much as the sender or its account may send in a day
	ReasonSuspected        Reason = "suspected"              // the provider suspects fraud or spam, and holds the sender back
	ReasonPairThrottled    Reason = "pair_throttled"         // too fast for this one person
	ReasonUnavailable      Reason = "provider_unavailable"   // the provider is down, or could not be reached
	ReasonAmbiguous        Reason = "no_answer"              // nobody knows whether the provider took it
	ReasonCredentials      Reason = "credentials"            // the account or its token is refused: every send would fail
	ReasonTemplatePaused   Reason = "template_paused"        // WhatsApp holds the template: until it is approved, another way has to do
	ReasonTemplateRejected Reason = "template_rejected"      // likewise
	ReasonTemplateDisabled Reason = "template_disabled"      // likewise
	ReasonMisconfigured    Reason = "misconfigured"          // the sender or the account's settings need somebody's hand
	ReasonFiltered         Reason = "filtered"               // a carrier or a policy stopped the content
	ReasonFileRefused      Reason = "file_refused"           // not with its files: their type or size, or the way there takes none
	ReasonRejected         Reason = "rejected"               // this message, as it is, will never be taken
	ReasonCarrier          Reason = "carrier"                // the carrier could not deliver it
)

// Retry says whether a send may be tried again.
type Retry int

// The ways to go on after a failed send.
const (
	Never Retry = iota // the answer will be the same
	Later              // the provider surely did not take it
	Look               // it may have been taken: look before sending again
)

// SendError is a send that did not succeed.
type SendError struct {
	Reason Reason
	Code   string        // the provider's code, or the HTTP status when it gave none
	Retry  Retry         //
	After  time.Duration // not before this has passed; 0: our own backoff
	Err    error         // what happened, in words; holds no secret
}

func (e *SendError) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("%s: %v", e.Reason, e.Err)
	}
	return fmt.Sprintf("%s (%s): %v", e.Reason, e.Code, e.Err)
}

func (e *SendError) Unwrap() error { return e.Err }

// Unversed is the error, and ErrUnversed as well where nothing but an HTTP status says
// that there is no such question.
func Unversed(err error) error {
	var no *SendError
	if errors.As(err, &no) && (no.Code == "404" || no.Code == "405" || no.Code == "501") { // providers' own codes are others
		return fmt.Errorf("%w: %w", ErrUnversed, err)
	}
	return err
}

// Code is what one of a provider's error codes means to us, whether it comes
// with the answer to a call or with a callback hours later.
type Code struct {
	Code   string
	Means  string // for people
	Reason Reason
	Retry  Retry
	After  time.Duration // not before this has passed; 0: our own backoff
	Times  int           // how often at most what was taken is worth another try; 0: no bound of its own
}

// usualTimes is how often what was taken and did not arrive is worth another try, where
// its code sets no bound of its own.
const usualTimes = 3

// Again is how a message may be sent again that the provider took and then failed with
// the code; nil: it may not.
func (c Code) Again() *Again {
	if c.Retry != Later {
		return nil
	}
	return &Again{c.After, cmp.Or(c.Times, usualTimes)}
}
