package api

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ringback/channels"
	"ringback/settings"
)

// step is where in the team's own phone system a caller is.
type step struct {
	Step    channels.Step `json:"step" enum:"greeting,menu,option_chosen,ringing,answered,voicemail_prompt,recording"`
	At      *time.Time    `json:"at,omitempty" doc:"When the caller came to it; left out, now"`
	Advisor string        `json:"advisor,omitempty" maxLength:"36" doc:"Who rings or answered"`
}

type stepBody struct {
	Team string `path:"team" doc:"The team's id"`
	SID  string `path:"sid" maxLength:"64" pattern:"^[A-Za-z0-9]+$" doc:"The provider's id of the call"`
	Body step
}

// voiceSender is the number of the team that the call came to, as far as the
// call is known, else its first.
const voiceSender = `
select s.id, s.account, s.address from senders s
left join calls c on c.company_id = $1 and c.sender_id = s.id and c.sid = $3
where s.company_id = $1 and s.team_id = $2 and s.kind = 'voice'
order by c.sid is null, s.created_at, s.id limit 1`

// reportStep writes a step into a call's journal, as the provider's callbacks
// write theirs: a repeat changes nothing.
func (r routes) reportStep(ctx context.Context, in *stepBody) (*Answer[step], error) {
	if err := checkID("advisor", in.Body.Advisor); err != nil {
		return nil, err
	}
	if at := in.Body.At; at != nil && (at.Before(firstTrial) || at.After(lastTrial)) {
		return nil, settings.Refuse("at", "year", "From", 2000, "To", 2100)
	}
	var sender struct{ ID, Account, Address string }
	err := r.DB.GetContext(ctx, &sender, voiceSender, caller(ctx).CompanyID, in.Team, in.SID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, settings.Refuse("team", "no_voice_sender")
	}
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", in.SID, err)
	}
	moment := r.Clock.Now()
	name := in.SID + "/step/" + string(in.Body.Step)
	if in.Body.At != nil {
		moment, name = in.Body.At.UTC(), name+"/"+in.Body.At.UTC().Format(time.RFC3339Nano)
	}
	in.Body.At = &moment
	told := channels.Event{
		Kind: channels.CallStepped, ProviderID: name, Account: cmp.Or(sender.Account, r.Account), Sender: channels.Voice, SenderID: sender.ID,
		SenderAddress: sender.Address, At: moment,
		Call: &channels.Call{ID: in.SID, Step: in.Body.Step, Advisor: in.Body.Advisor},
	}
	if err := r.Receive(ctx, []channels.Event{told}); err != nil {
		return nil, fmt.Errorf("call %s: %w", in.SID, err)
	}
	return Answered(in.Body, nil)
}
