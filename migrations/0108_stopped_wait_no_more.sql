-- +goose Up
-- Who said STOP last waits for no answer in writing: gateway/contacts/standing.go does
-- so from now on. Of a web chat, which goes on, and of a call that nobody took, they wait.
update tickets t set waiting_since = null from standings o
where t.waiting_since is not null and o.company_id = t.company_id and o.team_id = t.team_id and o.contact_id = t.contact_id
  and o.opted_out_at >= t.active_at
  and not exists (select from senders s where s.company_id = t.company_id and s.id = t.sender_id and s.kind = 'webchat')
  and not exists (select from calls c where c.company_id = t.company_id and c.ticket_id = t.id
    and c.settled_at >= t.waiting_since and c.outcome <> 'answered' and not c.outgoing);
