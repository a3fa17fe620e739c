package settings

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
)

// CallHoursState is how a number's call hours stand at Meta.
type CallHoursState struct {
	State    string              `json:"state" enum:"waiting,same,differs,failing" doc:"waiting: Meta is told within a minute. same: Meta has what the ring schedules say. differs: somebody changed them there since. failing: Meta did not take or tell them; it is tried again"`
	Wanted   *channels.CallHours `json:"wanted,omitempty" doc:"What the ring schedules and holidays came to when Meta took them"`
	Told     *channels.CallHours `json:"told,omitempty" doc:"What Meta says that it has"`
	PushedAt *time.Time          `json:"pushed_at,omitempty"`
	AskedAt  *time.Time          `json:"asked_at,omitempty" doc:"When Meta was last asked"`
	Fault    string              `json:"fault,omitempty" doc:"What Meta said in place of taking them"`
}

const callHoursOf = `select sender_id, wanted, told, pushed_at, asked_at, fault from call_hours where company_id = $1 and sender_id = any($2::uuid[])`

type callHoursRow struct {
	SenderID string          `db:"sender_id"`
	Wanted   StoredCallHours `db:"wanted"`
	Told     StoredCallHours `db:"told"`
	PushedAt *time.Time      `db:"pushed_at"`
	AskedAt  *time.Time      `db:"asked_at"`
	Fault    string          `db:"fault"`
}

func (r callHoursRow) state() *CallHoursState {
	s := &CallHoursState{State: "waiting", Wanted: r.Wanted.CallHours, Told: r.Told.CallHours, PushedAt: r.PushedAt, AskedAt: r.AskedAt, Fault: r.Fault}
	switch {
	case r.Fault != "":
		s.State = "failing"
	case s.Told == nil || s.Wanted == nil:
	case SameCallHours(*s.Told, *s.Wanted):
		s.State = "same"
	default:
		s.State = "differs"
	}
	return s
}

// SameCallHours reports whether both say the same of each day.
func SameCallHours(a, b channels.CallHours) bool {
	return a.Enabled == b.Enabled && a.Zone == b.Zone && slices.Equal(a.Week, b.Week) && slices.Equal(a.Days, b.Days)
}

// CallHoursOf are the states of those of a company's senders that follow their
// teams' schedules.
func CallHoursOf(ctx context.Context, q sqlx.QueryerContext, senders []Sender) (map[string]*CallHoursState, error) {
	var following []string
	for _, s := range senders {
		if s.Settings.CallHours {
			following = append(following, s.ID)
		}
	}
	if len(following) == 0 {
		return nil, nil //nolint:nilnil // none follows
	}
	var rows []callHoursRow
	if err := sqlx.SelectContext(ctx, q, &rows, callHoursOf, senders[0].CompanyID, pq.Array(following)); err != nil {
		return nil, wrap(err, "call hours")
	}
	found := map[string]*CallHoursState{}
	for _, row := range rows {
		found[row.SenderID] = row.state()
	}
	return found, nil
}
