package chat

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"ringback/gateway/media"
	"ringback/webhooks/web/limit"
)

// pace is how often a thing may be done, and what is said to who does it more often.
type pace struct {
	limit.Pace
	words string
}

var (
	knocking  = pace{limit.Pace{Burst: 200, Each: 50 * time.Millisecond}, "Too many requests from your network at once."}
	entering  = pace{limit.Pace{Burst: 30, Each: time.Second}, "Too many new conversations from your network at once."}
	writing   = pace{limit.Pace{Burst: 10, Each: 2 * time.Second}, "You are writing very fast."}
	ticketing = pace{limit.Pace{Burst: 3, Each: 30 * time.Second}, "You left several tickets just now."}
	listening = pace{limit.Pace{Burst: 30, Each: time.Second}, "Too many connections from your network at once."}
	uploading = pace{limit.Pace{Burst: 10, Each: 6 * time.Second}, "You are sending many files."}
	tapping   = pace{limit.Pace{Burst: 20, Each: time.Second}, "Too many requests at once."}
)

// What may be uploaded, in bytes: by one visitor, from one network, to one team
// and to one company.
const hourly = time.Hour / (1 << 30) // for a byte, where a gigabyte an hour may come

var (
	byVisitor = limit.Pace{Burst: 3 * media.VideoLimit, Each: 12 * hourly}
	byNetwork = limit.Pace{Burst: 1 << 30, Each: 3 * hourly}
	byTeam    = limit.Pace{Burst: 10 << 30, Each: hourly}
	byCompany = limit.Pace{Burst: 20 << 30, Each: hourly}
)

// metered is a body that counts against what may be uploaded.
func (v *visit) metered(body io.Reader) *limit.Meter {
	return v.book.Meter(body,
		limit.Share{Name: "visitor/" + v.visitor.ID, Pace: byVisitor}, limit.Share{Name: "bytes/" + v.address(), Pace: byNetwork},
		limit.Share{Name: "team/" + v.sender.TeamID, Pace: byTeam}, limit.Share{Name: "company/" + v.sender.CompanyID, Pace: byCompany})
}

// allow counts one of the name, or says when it may be tried again.
func (d *doors) allow(name string, p pace) error {
	wait := d.book.Wait(name, p.Pace)
	if wait == 0 {
		return nil
	}
	return refused{
		status: http.StatusTooManyRequests, after: wait,
		words: fmt.Sprintf("%s Try again in %s seconds.", p.words, limit.Seconds(wait)),
	}
}
