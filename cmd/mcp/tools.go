package mcp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"ringback/cmd/client"
)

// tools ask a gateway.
type tools struct{ gateway client.Gateway }

// list is a page of the API's.
type list struct {
	Items []map[string]any `json:"items"`
	Next  *string          `json:"next,omitempty"`
}

type nothing struct{}

func (t tools) teams(ctx context.Context, _ nothing) (any, error) {
	return t.everyTeam(ctx)
}

// everyTeam reads all that the key reaches.
func (t tools) everyTeam(ctx context.Context) (list, error) {
	var all list
	for query := (url.Values{"limit": {"200"}}); ; {
		var page list
		if err := t.gateway.Get(ctx, "/teams", query, &page); err != nil {
			return all, err
		}
		for _, one := range page.Items {
			all.Items = append(all.Items, pick(one, "id", "name", "display_name", "time_zone", "language"))
		}
		if page.Next == nil {
			return all, nil
		}
		query.Set("cursor", *page.Next)
	}
}

func pick(from map[string]any, names ...string) map[string]any {
	picked := map[string]any{}
	for _, name := range names {
		picked[name] = from[name]
	}
	return picked
}

// inTeams asks in one team, or in each that the key reaches, and says whose an
// answer is.
func (t tools) inTeams(ctx context.Context, team, path string, query url.Values) (list, error) {
	all := list{Items: []map[string]any{}}
	teams := list{Items: []map[string]any{{"id": team}}}
	if team == "" {
		var err error
		if teams, err = t.everyTeam(ctx); err != nil {
			return all, err
		}
	}
	for _, one := range teams.Items {
		id, _ := one["id"].(string)
		var page list
		if err := t.gateway.Get(ctx, "/teams/"+url.PathEscape(id)+path, query, &page); err != nil {
			return all, err
		}
		for _, item := range page.Items {
			item["team"] = one
			all.Items = append(all.Items, item)
		}
	}
	return all, nil
}

type findContact struct {
	Query string `json:"query" jsonschema:"the beginning of a name, or of a phone number such as +1312"`
	Team  string `json:"team,omitempty" jsonschema:"a team's id; left out, all teams"`
}

func (t tools) findContact(ctx context.Context, in findContact) (any, error) {
	return t.inTeams(ctx, in.Team, "/contacts", url.Values{"q": {in.Query}, "limit": {"20"}})
}

type why struct {
	Contact string `json:"contact" jsonschema:"the customer's number, such as +13125550142 or (312) 555-0142, their name, or their contact id"`
	Around  string `json:"around,omitempty" jsonschema:"about when it was, RFC 3339; decisions of a day before and after are given. Left out: the newest"`
	Team    string `json:"team,omitempty" jsonschema:"a team's id; left out, all teams"`
}

// why gathers what was decided about somebody and what went out to them.
func (t tools) why(ctx context.Context, in why) (any, error) {
	contact, fit, err := t.whom(ctx, in.Team, in.Contact)
	switch {
	case err != nil:
		return nil, err
	case contact == "" && len(fit) == 0:
		return nil, errors.New("contact: no customer has that name or number; one who is not known here has to be named by the number in E.164, such as +13125550142")
	case contact == "":
		return map[string]any{"customers": fit, "note": "Several customers fit. Ask again with the id of the one who is meant."}, nil
	}
	query := url.Values{"contact": {contact}, "limit": {"50"}}
	var until time.Time
	if in.Around != "" {
		at, err := time.Parse(time.RFC3339, in.Around)
		if err != nil {
			return nil, errors.New("around: must be a time such as 2026-06-01T22:00:00Z")
		}
		query.Set("since", at.Add(-24*time.Hour).UTC().Format(time.RFC3339))
		query.Set("limit", "200")
		until = at.Add(24 * time.Hour)
	}
	decided, err := t.inTeams(ctx, in.Team, "/decisions", query)
	if err != nil {
		return nil, err
	}
	decided.Items = before(decided.Items, until)
	answer := map[string]any{"decisions": decided.Items}
	if len(decided.Items) == 0 {
		answer["note"] = "Nothing was decided about them then. Either nothing of theirs came in, or it was for an address that is no sender: see unrouted."
		var unrouted list
		if err := t.gateway.Get(ctx, "/unrouted", url.Values{"limit": {"50"}}, &unrouted); err == nil {
			answer["unrouted"] = from(unrouted.Items, contact)
		}
	}
	sent := list{Items: []map[string]any{}}
	err = t.gateway.Get(ctx, "/deliveries", query, &sent)
	if refused := (*client.Refused)(nil); errors.As(err, &refused) && refused.Status == http.StatusForbidden {
		answer["deliveries"] = "this key lacks the scope deliveries:read"
		return answer, nil
	}
	answer["deliveries"] = sent.Items
	return answer, err
}

// before leaves out what is later; zero: nothing is.
func before(items []map[string]any, until time.Time) []map[string]any {
	kept := []map[string]any{}
	for _, one := range items {
		at, err := time.Parse(time.RFC3339, text(one, "at"))
		if until.IsZero() || err != nil || at.Before(until) {
			kept = append(kept, one)
		}
	}
	return kept
}

func from(items []map[string]any, address string) []map[string]any {
	kept := []map[string]any{}
	for _, one := range items {
		if text(one, "from") == address {
			kept = append(kept, one)
		}
	}
	return kept
}

func text(of map[string]any, name string) string {
	said, _ := of[name].(string)
	return said
}

type decisions struct {
	Team       string `json:"team,omitempty" jsonschema:"a team's id; left out, all teams"`
	Automation string `json:"automation,omitempty" jsonschema:"a key such as after_hours_text"`
	Reason     string `json:"reason,omitempty" jsonschema:"a reason such as already_sent"`
	Since      string `json:"since,omitempty" jsonschema:"not before this time, RFC 3339"`
}

func (t tools) decisions(ctx context.Context, in decisions) (any, error) {
	return t.inTeams(ctx, in.Team, "/decisions", said("automation", in.Automation, "reason", in.Reason, "since", in.Since))
}

// said is a query of what was said; pairs are names and values.
func said(pairs ...string) url.Values {
	query := url.Values{"limit": {"50"}}
	for n := 0; n+1 < len(pairs); n += 2 {
		if pairs[n+1] != "" {
			query.Set(pairs[n], pairs[n+1])
		}
	}
	return query
}

type tickets struct {
	Team    string `json:"team,omitempty" jsonschema:"a team's id; left out, all teams"`
	Status  string `json:"status,omitempty" jsonschema:"open, done or closed"`
	Contact string `json:"contact,omitempty" jsonschema:"the customer's number in E.164, or their contact id"`
}

func (t tools) tickets(ctx context.Context, in tickets) (any, error) {
	return t.inTeams(ctx, in.Team, "/tickets", said("status", in.Status, "contact", in.Contact))
}

type ticket struct {
	Team   string `json:"team" jsonschema:"the team's id"`
	Ticket string `json:"ticket" jsonschema:"the ticket's id"`
}

func (in ticket) path() string {
	return "/teams/" + url.PathEscape(in.Team) + "/tickets/" + url.PathEscape(in.Ticket)
}

func (t tools) ticket(ctx context.Context, in ticket) (any, error) {
	return t.object(ctx, in.path(), nil)
}

// object reads one thing.
func (t tools) object(ctx context.Context, path string, query url.Values) (any, error) {
	answer := map[string]any{}
	err := t.gateway.Get(ctx, path, query, &answer)
	return answer, err
}

type deliveries struct {
	Contact string `json:"contact,omitempty" jsonschema:"the customer's number in E.164, or their contact id"`
	State   string `json:"state,omitempty" jsonschema:"queued, sending, sent, delivered, read, failed, undelivered, expired, canceled or unknown"`
	Since   string `json:"since,omitempty" jsonschema:"not before this time, RFC 3339"`
}

func (t tools) deliveries(ctx context.Context, in deliveries) (any, error) {
	return t.object(ctx, "/deliveries", said("contact", in.Contact, "state", in.State, "since", in.Since))
}

type tryIt struct {
	Team    string `json:"team" jsonschema:"the team's id"`
	Kind    string `json:"kind" jsonschema:"message or call"`
	Text    string `json:"text,omitempty" jsonschema:"what the customer writes"`
	Contact string `json:"contact,omitempty" jsonschema:"the customer's number in E.164; left out, somebody new"`
	At      string `json:"at,omitempty" jsonschema:"when, RFC 3339; left out, now"`
}

func (t tools) tryIt(ctx context.Context, in tryIt) (any, error) {
	event := map[string]any{"kind": in.Kind}
	if in.Text != "" {
		event["text"] = in.Text
	}
	body := map[string]any{"event": event}
	if in.Contact != "" {
		body["contact"] = in.Contact
	}
	if in.At != "" {
		body["at"] = in.At
	}
	answer := map[string]any{}
	err := t.gateway.Send(ctx, http.MethodPost, "/teams/"+url.PathEscape(in.Team)+"/dry-run", body, &answer)
	return answer, err
}

type hours struct {
	Team string `json:"team" jsonschema:"the team's id"`
	At   string `json:"at,omitempty" jsonschema:"when, RFC 3339; left out, now"`
}

func (t tools) hours(ctx context.Context, in hours) (any, error) {
	query := url.Values{}
	if in.At != "" {
		query.Set("at", in.At)
	}
	return t.object(ctx, "/teams/"+url.PathEscape(in.Team)+"/hours", query)
}

type report struct {
	Team string `json:"team" jsonschema:"the team's id"`
	From string `json:"from,omitempty" jsonschema:"the first day, such as 2026-06-01; left out, the first of this month"`
	To   string `json:"to,omitempty" jsonschema:"the last day; left out, today"`
}

func (t tools) report(ctx context.Context, in report) (any, error) {
	query := url.Values{}
	for name, day := range map[string]string{"from": in.From, "to": in.To} {
		if day != "" {
			query.Set(name, day)
		}
	}
	return t.object(ctx, "/teams/"+url.PathEscape(in.Team)+"/report", query)
}

func (t tools) health(ctx context.Context, _ nothing) (any, error) { return t.gateway.Ready(ctx) }

type reply struct {
	ticket
	Text string `json:"text" jsonschema:"what the customer gets"`
}

func (t tools) reply(ctx context.Context, in reply) (any, error) {
	answer := map[string]any{}
	err := t.gateway.Send(ctx, http.MethodPost, in.path()+"/messages", map[string]string{"text": in.Text}, &answer)
	return answer, err
}
