package inbox

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/staff"
)

// Step is where in the team's own phone system a caller is.
type Step struct {
	Step    channels.Step `json:"step" enum:"greeting,menu,option_chosen,ringing,answered,voicemail_prompt,recording"`
	At      *time.Time    `json:"at,omitempty" doc:"When the caller came to it; left out, now"`
	Advisor string        `json:"advisor,omitempty" maxLength:"36" doc:"Who rings or answered"`
}

// voiceSender is the number of the team that the call came to, as far as the
// call is known, else its first.
const voiceSender = `
select s.id, s.account, s.address from senders s
left join calls c on c.company_id = $1 and c.sender_id = s.id and c.sid = $3
where s.company_id = $1 and s.team_id = $2 and s.kind = 'voice'
order by c.sid is null, s.created_at, s.id limit 1`

// ReportStep writes a step into the journal of the call that the provider
// knows by that id, as the provider's callbacks write theirs: a repeat changes
// nothing.
func (d Desk) ReportStep(ctx context.Context, who staff.Principal, team, sid string, s Step) (Step, error) {
	if err := checkID("advisor", s.Advisor); err != nil {
		return s, err
	}
	if s.At != nil && !plausible(*s.At) {
		return s, settings.Refuse("at", "year", "From", 2000, "To", 2100)
	}
	var sender struct{ ID, Account, Address string }
	err := d.DB.GetContext(ctx, &sender, voiceSender, who.CompanyID, team, sid)
	if errors.Is(err, sql.ErrNoRows) {
		return s, settings.Refuse("team", "no_voice_sender")
	}
	if err != nil {
		return s, fmt.Errorf("call %s: %w", sid, err)
	}
	moment, name := d.Clock.Now(), sid+"/step/"+string(s.Step)
	if s.At != nil {
		moment, name = s.At.UTC(), name+"/"+s.At.UTC().Format(time.RFC3339Nano)
	}
	s.At = &moment
	event := channels.Event{
		Kind: channels.CallStepped, ProviderID: name, Account: cmp.Or(sender.Account, d.Account), Sender: channels.Voice, SenderID: sender.ID,
		SenderAddress: sender.Address, At: moment,
		Call: &channels.Call{ID: sid, Step: s.Step, Advisor: s.Advisor},
	}
	if err := d.Gateway.Receive(ctx, []channels.Event{event}); err != nil {
		return s, fmt.Errorf("call %s: %w", sid, err)
	}
	return s, nil
}
