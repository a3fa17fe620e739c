package settings

import "ringback/channels"

// SenderCount is how many senders a team has, and how many of them somebody has to look
// at: they are paused or observed, what happens at them does not come here, or carriers
// refuse their texts.
type SenderCount struct {
	All      int `db:"all_of_them"`
	Troubled int `db:"troubled"`
}

// TextsRefused is that a row c of sender_checks says that carriers refuse the sender's
// texts: see SenderCheck.TextsRefused.
const TextsRefused = `exists (select from jsonb_array_elements(c.findings) f where f ->> 'what' = '` + channels.FindingRegistration + `'
    and (f ->> 'is' = '` + channels.RegistrationRefused + `' or f ->> 'is' = '` + channels.RegistrationMissing + `' and not coalesce((f ->> 'apart')::boolean, false)))`

// CountSenders is the SenderCount of team $2 of company $1.
const CountSenders = `
select count(*) as all_of_them, count(*) filter (where s.paused_at is not null or coalesce((s.settings ->> 'observe')::boolean, false)
    or ` + Unwired + ` or c.fault = 'credentials' or ` + Disowned + ` or ` + TextsRefused + `) as troubled
from senders s left join sender_checks c on c.company_id = s.company_id and c.sender_id = s.id
where s.company_id = $1 and s.team_id = $2`
