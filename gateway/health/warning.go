package health

import (
	"errors"
	"fmt"
	"math"
	"time"

	"ringback/gateway/spool"
)

// Severity is how soon somebody has to look.
type Severity string

// The severities.
const (
	Warning  Severity = "warning"  // this week
	Critical Severity = "critical" // now: customers notice
)

// Code is a warning's stable name, by which docs/monitoring.md says what to do.
type Code string

// The codes.
const (
	DatabaseAway     Code = "database_away"     // the database does not answer
	QueueBehind      Code = "queue_behind"      // due work waits too long
	SendersPaused    Code = "senders_paused"    // the provider refuses accounts
	SendersUnwired   Code = "senders_unwired"   // the provider does not bring here what happens at numbers
	SendersRefused   Code = "senders_refused"   // carriers refuse the texts of numbers, for want of a registration
	BusinessDisowned Code = "business_disowned" // Meta says that a number is none of the business account that it names
	CallbacksMissing Code = "callbacks_missing" // the provider says nothing of messages that it took
	ClockApart       Code = "clock_apart"       // this machine's clock is not the database's
	ProviderAway     Code = "provider_away"     // a provider does not answer for accounts
	SpoolHolds       Code = "spool_holds"       // the database does not take what came in
	SpoolFull        Code = "spool_full"        // nor does the spool: providers are asked to try again
	SpoolAway        Code = "spool_away"        // the servers of the spool do not answer
	DiskFull         Code = "disk_full"         // files are refused
	ConnectionsShort Code = "connections_short" // all connections to the database are in use, and who asks for one waits
	WorkStands       Code = "work_stands"       // some work of this process hangs

	Starting          Code = "starting"           // the process has begun and is not there yet
	Migrating         Code = "migrating"          // the database is brought up to date
	MigrationsPending Code = "migrations_pending" // another process has to bring it up to date
)

// Finding is something to look at.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	What     string   `json:"what"` // in words, with the figures
}

// Bounds from which on a value is worth a word.
const (
	behind   = 5 * time.Second
	late     = time.Minute
	tooLate  = 5 * time.Minute
	apart    = 2 * time.Second
	farApart = time.Minute
)

// OfFault is the code of why the spool takes nothing.
func OfFault(fault error) Code {
	if errors.Is(fault, spool.ErrAway) {
		return SpoolAway
	}
	return SpoolFull
}

// ofSpool is what to look at of it. A moment is nothing: a slow commit does that.
func ofSpool(s spool.State) []Finding {
	var found []Finding
	if s.Fault != nil {
		found = append(found, Finding{OfFault(s.Fault), Critical, s.Fault.Error()})
	}
	if waits := s.Age().Truncate(time.Second); waits >= behind {
		severity := Warning
		if waits >= tooLate {
			severity = Critical
		}
		found = append(found, Finding{SpoolHolds, severity, fmt.Sprintf("the spool holds %d events, the oldest for %s", s.Count, waits)})
	}
	return found
}

// Findings are what of a state somebody has to look at, the gravest first.
func (s State) Findings() []Finding {
	found := []Finding{}
	add := func(severity Severity, code Code, format string, args ...any) {
		f := Finding{code, severity, fmt.Sprintf(format, args...)}
		if severity == Critical {
			found = append([]Finding{f}, found...)
			return
		}
		found = append(found, f)
	}
	for _, w := range s.Work {
		waits := time.Duration(w.Seconds * float64(time.Second)).Truncate(time.Second)
		switch {
		case waits >= tooLate:
			add(Critical, QueueBehind, "%s: the oldest has been due for %s", w.Queue, waits)
		case waits >= late:
			add(Warning, QueueBehind, "%s: the oldest has been due for %s", w.Queue, waits)
		}
	}
	if s.Paused > 0 {
		add(Critical, SendersPaused, "%d senders rest because the provider refuses their account", s.Paused)
	}
	if s.Unwired > 0 {
		add(Warning, SendersUnwired, "of %d senders the provider does not bring here what happens", s.Unwired)
	}
	if s.Unregistered > 0 {
		add(Warning, SendersRefused, "carriers refuse the texts of %d senders, for want of a registration (10DLC or toll-free)", s.Unregistered)
	}
	if s.Disowned > 0 {
		add(Warning, BusinessDisowned, "of %d senders Meta says that the WhatsApp business account is none of theirs", s.Disowned)
	}
	if s.Unheard > 0 {
		add(Warning, CallbacksMissing, "the provider has said nothing of %d messages that it took in the last day", s.Unheard)
	}
	switch off := time.Duration(math.Abs(float64(s.ClockApart))).Truncate(time.Millisecond); {
	case off >= farApart:
		add(Critical, ClockApart, "this machine's clock is %s away from the database's", off)
	case off >= apart:
		add(Warning, ClockApart, "this machine's clock is %s away from the database's", off)
	}
	return found
}
