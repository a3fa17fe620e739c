package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/channels"
	"ringback/settings"
)

// inbox measures what people wait for who work in the console, on so many messages:
// over HTTP, against the service in a process of its own. What is asked comes for the
// first time after Postgres was started anew, so that it holds nothing in memory but
// what the system kept of its files.
type inbox struct {
	messages int
	in       string // the folder of the data, which stays; empty: one that goes
	only     string // part of the name of what is asked; empty: all
}

const askedAgain = 7

func (b inbox) measure(ctx context.Context, p *place) error {
	start := time.Now()
	filled, err := b.fill(ctx, p)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	if filled {
		fmt.Printf("filled in %s\n\n", time.Since(start).Round(time.Second))
	}
	asks, err := b.asks(ctx, p)
	if err != nil {
		return err
	}
	if err := p.restart(ctx); err != nil {
		return err
	}
	served, err := p.serve(ctx)
	if err != nil {
		return err
	}
	defer served.end()
	fmt.Printf("%-60s %12s %12s %10s\n", "milliseconds", "first", "median of "+strconv.Itoa(askedAgain), "answer")
	for _, one := range asks {
		if !strings.Contains(one.what, b.only) {
			continue
		}
		first, size, err := one.ask(ctx, served.address)
		if err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
		var again []time.Duration
		for range askedAgain {
			took, _, err := one.ask(ctx, served.address)
			if err != nil {
				return fmt.Errorf("%s: %w", one.what, err)
			}
			again = append(again, took)
		}
		fmt.Printf("%-60s %12.0f %12.1f %10s\n", one.what, milliseconds(first), milliseconds(median(again)), size)
	}
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// asked is one request of somebody's.
type asked struct{ what, path, token string }

// ask says how long it took to the last byte, and what the answer holds: items of a
// list, or kilobytes of a page.
func (a asked) ask(ctx context.Context, address string) (time.Duration, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+a.path, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	r.AddCookie(&http.Cookie{Name: "ringback_session", Value: a.token})
	start := time.Now()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	body, err := io.ReadAll(answer.Body)
	took := time.Since(start)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return 0, "", err
	}
	if answer.StatusCode != http.StatusOK || answer.Request.URL.Path != r.URL.Path {
		return 0, "", fmt.Errorf("%s answered %s: %.200s", a.path, answer.Status, body)
	}
	if items := bytes.Count(body, []byte(`"at":`)) + bytes.Count(body, []byte(`"opened_at":`)); strings.HasPrefix(a.path, "/api/") {
		return took, strconv.Itoa(items), nil
	}
	return took, fmt.Sprintf("%d KB", len(body)>>10), nil
}

// fill makes what is stored, unless the folder has it already.
func (b inbox) fill(ctx context.Context, p *place) (bool, error) {
	var begun bool
	if err := p.db.GetContext(ctx, &begun, `select exists (select from companies)`); err != nil {
		return false, err
	}
	company, err := settings.EnsureCompany(ctx, p.db, "Green Valley")
	if err != nil {
		return false, err
	}
	p.company = company.ID
	marker := filepath.Join(p.dir, "filled")
	switch _, err := os.Stat(marker); {
	case err == nil:
		return false, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	case begun:
		return false, fmt.Errorf("%s is filled in part only, since whoever filled it was stopped: delete it", p.dir)
	}
	s, err := newStock(b.messages, time.Now())
	if err != nil {
		return false, err
	}
	s.company = p.company
	for n, name := range []string{"Service", "Sales", "Parts", "Office"} {
		team := settings.NewTeam()
		team.Name, team.TimeZone = name, "America/Chicago"
		if team, err = settings.CreateTeam(ctx, p.db, p.company, "bench", team); err != nil {
			return false, err
		}
		senders, err := p.closed(ctx, team.ID, settings.Sender{Kind: channels.SMS, Address: fmt.Sprintf("+1312555020%d", n)}, settings.Sender{Kind: channels.Voice, Address: fmt.Sprintf("+1312555020%d", n)},
			settings.Sender{Kind: channels.WhatsAppCloud, Account: strconv.Itoa(1000 + n), Address: fmt.Sprintf("+1312555021%d", n)}, settings.Sender{Kind: channels.WebChat, Address: fmt.Sprintf("bench_site_key_%016d", n)})
		if err != nil {
			return false, err
		}
		of := map[string]string{}
		for _, one := range senders {
			of[string(one.Kind)] = one.ID
		}
		s.teams, s.senders = append(s.teams, team.ID), append(s.senders, of)
	}
	for n := range 40 {
		s.staff = append(s.staff, hashed("staff", n))
	}
	if err := b.people(ctx, p, s); err != nil {
		return false, err
	}
	if err := s.fill(ctx, p.dsn, func(said string) { fmt.Println(said) }); err != nil {
		return false, err
	}
	return true, os.WriteFile(marker, nil, 0o600) // last: what is half full is not measured
}

// hashed is an id that is the same every time.
func hashed(what string, n int) string {
	sum := sha256.Sum256([]byte(what + strconv.Itoa(n)))
	return uuid.UUID(sum[:16]).String()
}

// Who asks: somebody of the largest team, somebody of a small one, and an admin, who
// sees all of them.
var askers = map[string]struct {
	staff int
	role  string
	team  int // -1: all
}{"Service": {0, "manager", 0}, "Sales": {100, "manager", 1}, "admin": {101, "admin", -1}}

// token is what somebody is signed in with.
func token(who string) string { return base64.RawURLEncoding.EncodeToString([]byte("bench " + who)) }

func (b inbox) people(ctx context.Context, p *place, s *stock) error {
	const (
		insertStaff   = `insert into staff (company_id, id, name, email, role, teams, password) values ($1, $2, $3, $4, $5, $6::text::uuid[], 'x')`
		insertSession = `insert into sessions (company_id, id, staff_id, hash) values ($1, $2, $2, $3)`
	)
	for n, id := range s.staff[1:] {
		if _, err := p.db.ExecContext(ctx, insertStaff, p.company, id, "Advisor "+strconv.Itoa(n), fmt.Sprintf("advisor%d@example.com", n), "advisor", "{"+s.teams[0]+"}"); err != nil {
			return err
		}
	}
	for name, one := range askers {
		teams := "{}"
		if one.team >= 0 {
			teams = "{" + s.teams[one.team] + "}"
		}
		id := hashed("staff", one.staff)
		if _, err := p.db.ExecContext(ctx, insertStaff, p.company, id, name, name+"@example.com", one.role, teams); err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(token(name)))
		if _, err := p.db.ExecContext(ctx, insertSession, p.company, id, sum[:]); err != nil {
			return err
		}
	}
	return nil
}

// known is what is asked about, of what is stored.
type known struct {
	Team    string `db:"team"`
	Small   string `db:"small"` // another team
	Regular string `db:"regular"`
	Ticket  string `db:"ticket"`
	Label   string `db:"label"`
	Rare    string `db:"rare"` // a label that few tickets have
	Number  int    `db:"number"`
	Address string `db:"address"`
	Name    string `db:"name"`
	Plate   string `db:"plate"`
	Deep    string `db:"deep"`   // a ticket near the end of the list
	DeepAt  int64  `db:"deepat"` // in microseconds
}

const findKnown = `
with team as (select id from teams where company_id = $1 and name = 'Service'),
regular as (select id from contacts where company_id = $1 order by id limit 1),
deep as (select t.id, extract(epoch from coalesce(active_at, opened_at)) * 1000000 as at from tickets t, team where company_id = $1 and team_id = team.id and number > 0 order by coalesce(active_at, opened_at) limit 1 offset 100),
middle as (select t.* from tickets t, team where company_id = $1 and t.team_id = team.id and t.id > (select id from tickets where company_id = $1 and number = (select last_ticket / 2 from companies where id = $1)) order by t.id limit 1)
select team.id as team, (select id from teams where company_id = $1 and name = 'Sales') as small, regular.id as regular, middle.id as ticket, md5('label1')::uuid as label, md5('label3')::uuid as rare, middle.number, a.address,
    (select name from contacts c where company_id = $1 and name like 'Wojciech Wi%' limit 1) as name,
    (select text from messages m where m.company_id = $1 and m.team_id = team.id and m.seq > 0 and m.author <> 'automation' and m.text ~ '[A-Z]{3}-[0-9]{4}$' and m.id > middle.id order by m.id limit 1) as plate,
    deep.id as deep, deep.at::bigint as deepat
from team, regular, middle, deep, addresses a where a.company_id = $1 and a.contact_id = middle.contact_id limit 1`

// asks is all that is asked, in this order.
func (b inbox) asks(ctx context.Context, p *place) ([]asked, error) {
	var k known
	if err := p.db.GetContext(ctx, &k, findKnown, p.company); err != nil {
		return nil, fmt.Errorf("what to ask about: %w", err)
	}
	words, err := newSpeech(nil)
	if err != nil {
		return nil, err
	}
	english := words.words[1] // behind German
	k.Plate = k.Plate[strings.LastIndexByte(k.Plate, ' ')+1:]
	last := strings.Fields(k.Name)[1]
	var all []asked
	add := func(what, path string, who ...string) {
		for _, one := range who {
			all = append(all, asked{what + ", " + one, path, token(one)})
		}
	}
	for _, one := range []struct{ what, q string }{
		{"a word that everybody writes", english[0]},
		{"a common word", english[20]},
		{"a rare word", english[len(english)-5]},
		{"two common words", english[10] + "+" + english[30]},
		{"two words, common and rare", english[3] + "+" + english[len(english)-9]},
		{"two rare words", english[len(english)-9] + "+" + english[len(english)-30]},
		{"four common words", english[10] + "+" + english[30] + "+" + english[31] + "+" + english[32]},
		{"a word of last winter", inSeason},
		{"a word of last winter and a common one", inSeason + "+" + english[1]},
		{"a word that nobody wrote", "xylophone"},
		{"a car's plate", k.Plate},
		{"an order's number", "%23123456"},
		{"a name", strings.ReplaceAll(k.Name, " ", "+")},
		{"a first name", "katarzyna"},
		{"a last name", last},
		{"a name with a typo", "Wojciehc+" + last[:len(last)-1]},
		{"a common name with a typo", "Kowlaski"},
		{"a full number", strings.ReplaceAll(k.Address, "+", "%2B")},
		{"part of a local number", k.Address[len(k.Address)-7:]},
		{"four digits", k.Address[len(k.Address)-4:]},
		{"a ticket's number", strconv.Itoa(k.Number)},
		{"typing: 1 letter", "b"},
		{"typing: 2 letters", "be"},
		{"typing: 3 letters", "ben"},
		{"typing: 4 letters", "beca"},
	} {
		add("search: "+one.what, "/search?q="+one.q, "Service", "Sales", "admin")
		add("tickets by text: "+one.what, "/api/v1/teams/"+k.Team+"/tickets?q="+one.q, "Service")
	}
	tickets := "/teams/" + k.Team + "/tickets"
	filters := []string{
		"", "channel=sms", "channel=voice", "channel=whatsapp_cloud", "channel=webchat", "kind=message", "kind=missed_call", "kind=voicemail", "kind=call", "kind=web",
		"label=" + k.Label, "sort=activity", "sort=waiting", "sort=created",
	}
	for _, view := range []string{"view=mine", "view=unassigned", "view=waiting", "view=all", "status=done", "status=closed", "status=all"} {
		for _, filter := range filters {
			add("tickets "+strings.TrimSpace(view+" "+strings.Replace(filter, k.Label, "of many", 1)), tickets+"?"+view+"&"+filter, "Service")
		}
	}
	add("tickets all, label of few", tickets+"?status=all&label="+k.Rare, "Service")
	id, _ := uuid.Parse(k.Deep)
	deep := base64.RawURLEncoding.EncodeToString(strconv.AppendInt(id[:], k.DeepAt, 10))
	add("tickets all, near the last page", tickets+"?status=all&cursor="+deep, "Service")
	add("tickets closed, near the last page", tickets+"?status=closed&cursor="+deep, "Service")
	add("tickets of a kind, near the last page", tickets+"?status=all&kind=voicemail&cursor="+deep, "Service")
	add("tickets of a channel, near the last page", tickets+"?status=all&channel=sms&cursor="+deep, "Service")
	add("a ticket", tickets+"/"+k.Ticket, "Service")
	team, at := "/teams/"+k.Team, "/api/v1/teams/"+k.Team
	add("contacts", team+"/contacts", "Service")
	add("contacts by name", team+"/contacts?q="+last, "Service")
	add("contact of 3,000 messages", team+"/contacts/"+k.Regular, "Service", "admin")
	add("contact of 3,000 messages: timeline, 200", "/api/v1/contacts/"+k.Regular+"/timeline?limit=200", "Service", "admin")
	add("contact of 3,000 messages: tickets", tickets+"?status=all&contact="+k.Regular, "Service")
	for _, filter := range []string{"", "?reason=opted_out", "?reason=sent", "?automation=after_hours_text", "?automation=payment_request", "?contact=" + k.Regular} {
		add("decisions "+strings.Replace(strings.TrimPrefix(filter, "?"), k.Regular, "of 3,000 messages", 1), team+"/decisions"+filter, "Service")
	}
	for _, filter := range []string{"", "?state=failed", "?state=undelivered"} {
		add("deliveries "+strings.TrimPrefix(filter, "?"), team+"/deliveries"+filter, "Service")
	}
	add("ratings", team+"/ratings", "Service")
	add("consents", at+"/consents", "Service")
	now := time.Now().UTC()
	day := func(ago int) string { return now.AddDate(0, 0, -ago).Format(time.DateOnly) }
	for _, one := range []struct {
		what string
		days int
	}{{"a week", 6}, {"a month", 30}, {"a year", 364}} {
		add("report of "+one.what, team+"/reports?from="+day(one.days)+"&to="+day(0), "Service")
		add("report of "+one.what+" of a small team", "/teams/"+k.Small+"/reports?from="+day(one.days)+"&to="+day(0), "Sales")
	}
	add("report of a month a year ago", team+"/reports?from="+day(395)+"&to="+day(365), "Service")
	for _, within := range []string{"hour", "day", "week"} {
		add("traffic of a "+within, "/traffic?last="+within, "admin")
	}
	add("first page: unread in the rail", team+"/replies", "Service")
	add("moves", team+"/moves", "Service")
	return all, nil
}

// restart starts Postgres anew.
func (p *place) restart(ctx context.Context) error {
	_ = p.db.Close()
	p.db = nil
	if err := p.server.Stop(ctx); err != nil {
		return err
	}
	return p.begin(ctx)
}

// open is a place whose folder may stay.
func (b inbox) open(ctx context.Context) (p *place, err error) {
	p = &place{}
	if err = p.beginIn(ctx, b.in); err != nil {
		p.close()
	}
	return p, err
}
