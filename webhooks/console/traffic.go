package console

import (
	"fmt"
	"slices"
	"time"

	"ringback/gateway/traffic"
)

type trafficPage struct {
	traffic.Traffic
	Fault  string
	Spans  []string
	Charts []flow
}

// flow is one of the charts.
type flow struct {
	Key         string
	Total, Most int
	OfPart      int
	Bars        []Bar
}

// traffic is what goes through the company's gateway.
func (v *View) traffic() error {
	page := trafficPage{Spans: traffic.Spans}
	found, err := v.console.Inbox.Traffic(v.ctx(), v.Who, v.Query("last"))
	page.Traffic = found
	if faults, invalid := v.Faults(err); invalid {
		page.Last, page.Fault = v.Query("last"), faults["last"]
		return v.ShowFault("traffic.html", page)
	}
	if err != nil {
		return err
	}
	page.Charts = []flow{v.flow("received", found, found.Received), v.flow("decided", found, found.Decided), v.flow("delivered", found, found.Delivered)}
	return v.Show("traffic.html", page)
}

func (v *View) flow(key string, t traffic.Traffic, f traffic.Flow) flow {
	each := time.Duration(t.Seconds) * time.Second
	part := v.Say("traffic.part_", key)
	return flow{
		Key: key, Total: f.Total, OfPart: f.Part, Most: slices.Max(f.Bars),
		Bars: chart(len(f.Bars), func(n int) (int, int) { return f.Bars[n], f.Parts[n] }, func(n, whole, of int) string {
			return fmt.Sprintf("%s: %s (%s: %s)", v.Moment(t.From.Add(time.Duration(n)*each)), v.Words.Number(float64(whole)), part, v.Words.Number(float64(of)))
		}),
	}
}

// Moment is a time as one says it, for what takes no markup. A page of the whole company
// has no zone of a team's, and says so.
func (v *View) Moment(at time.Time) string {
	said := v.Words.Moment(v.Local(at), v.Now())
	if v.Team.zone == nil {
		said += " UTC"
	}
	return said
}

// Waits is how long the oldest of something has waited; empty: nothing waits.
func (v *View) Waits(seconds float64) string {
	if seconds < 1 {
		return ""
	}
	return v.Span(&seconds)
}
