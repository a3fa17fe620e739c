package twilio

import (
	"regexp"
	"strings"
	"time"
)

// refusedFrom and refusedTo are the numbers that Twilio's test credentials
// refuse, and with which code (twilio.com/docs/iam/test-credentials).
var (
	refusedFrom = map[string]int{"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
	refusedTo   = map[string]int{
		"+15005550001": 21211, "+15005550002": 21612, "+15005550003": 21408,
		"+15005550004": 21610, "+15005550009": 21614,
	}
)

// refusedMedia and failedMedia are our own magic numbers to which no file goes: with which
// code the create is refused, or the message fails later; and failedFreeText to which
// nothing goes but a template.
var (
	refusedMedia = map[string]int{"+15005552620": 21620}
	failedMedia  = map[string]func(delay time.Duration) Plan{
		"+15005553019": ending("undelivered", 30019),
		"+15005556019": ending("failed", 63019),
	}
	failedFreeText = map[string]func(delay time.Duration) Plan{"+15005556016": ending("failed", 63016)}
)

// alwaysOurs may send whatever Config.Numbers says.
const alwaysOurs = "+15005550006"

// magicPlans are what happens to messages to our own magic numbers.
var magicPlans = map[string]func(delay time.Duration) Plan{
	"+15005552610": ending("failed", 21610),
	"+15005553001": ending("failed", 30001),
	"+15005553003": ending("undelivered", 30003),
	"+15005553004": ending("undelivered", 30004),
	"+15005553005": ending("undelivered", 30005),
	"+15005553006": ending("undelivered", 30006),
	"+15005553007": ending("undelivered", 30007),
	"+15005553008": ending("undelivered", 30008),
	"+15005553034": ending("failed", 30034),
	"+15005556024": ending("undelivered", 63024),
	"+15005559001": delivered(func(p Plan) { p[0].Times, p[1].Times = 2, 2 }),
	"+15005559002": delivered(func(p Plan) { p[0].After, p[1].After = p[1].After, p[0].After }),
	"+15005559003": delivered(func(p Plan) { p[0].Lost, p[1].Lost = true, true }),
	"+15005559004": delivered(func(p Plan) { p[1].After = 10 * time.Minute }),
	"+15005559005": delivered(func(p Plan) { p[0].Early, p[1].Early = true, true }),
}

func ending(status string, code int) func(time.Duration) Plan {
	return func(delay time.Duration) Plan { return Ending(delay, status, code) }
}

func delivered(but func(Plan)) func(time.Duration) Plan {
	return func(delay time.Duration) Plan {
		plan := Usual(delay, "sent", "delivered")
		but(plan)
		return plan
	}
}

// magicFaults are what becomes of a create to our own magic numbers.
var magicFaults = map[string]Fault{
	"+15005559429": {Status: 429, RetryAfter: time.Second},
	"+15005559500": {Status: 500},
	"+15005559501": {Status: 500, Taken: true},
	"+15005559502": {Status: 502},
	"+15005559503": {Status: 503},
	"+15005559504": {Status: 504},
	"+15005559601": {Close: true},
	"+15005559602": {Close: true, Taken: true},
	"+15005559603": {Hang: true, Taken: true},
}

var (
	e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	// Short codes and names may send but not receive.
	shortCode = regexp.MustCompile(`^[0-9]{5,6}$`)
	named     = regexp.MustCompile(`^[A-Za-z0-9 ]{0,10}[A-Za-z][A-Za-z0-9 ]{0,10}$`)
	// A WhatsApp person without a number has a business-scoped id.
	scoped = regexp.MustCompile(`^[A-Z]{2}\.[A-Za-z0-9]{1,128}$`)
)

const (
	whatsApp = "whatsapp:"
	rcs      = "rcs:"
)

func onRCS(address string) bool { return strings.HasPrefix(address, rcs) }

func onWhatsApp(address string) bool { return strings.HasPrefix(address, whatsApp) }

// bare is an address without its channel.
func bare(address string) string {
	return strings.TrimPrefix(strings.TrimPrefix(address, whatsApp), rcs)
}

func validTo(address string) bool {
	return e164.MatchString(bare(address)) || onWhatsApp(address) && scoped.MatchString(bare(address))
}

func validFrom(address string) bool {
	return e164.MatchString(bare(address)) || shortCode.MatchString(address) || len(address) <= 11 && named.MatchString(address)
}
