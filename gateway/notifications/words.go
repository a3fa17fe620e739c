package notifications

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed" // the words
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	zones "ringback/settings/zone"

	"github.com/jmoiron/sqlx"

	"ringback/channels/mail"
	"ringback/settings/text"
)

//go:embed phrases.json
var phrasesJSON []byte

// phrases is every phrase by its key and language.
var phrases = func() map[string]map[string]string {
	var all map[string]map[string]string
	if err := json.Unmarshal(phrasesJSON, &all); err != nil {
		panic(err) // it is in the binary
	}
	return all
}()

// written is a message to one person, in all its forms.
type written struct {
	Language string
	Subject  string
	Items    []item
	Brief    string // one or two lines
	URL      string // where a push leads
	Open     string
	Choose   string

	ChooseWords string
}

// item is one notice in words.
type item struct {
	Title string
	Where string // who, which ticket, which team, when
	Who   string // alone
	Text  string
	URL   string
	label string // of the ticket, else the team's name
	team  string
}

// scene is where a notice happened.
type scene struct {
	Team     sql.NullString `db:"team"`
	TimeZone sql.NullString `db:"time_zone"`
	Number   sql.NullInt64  `db:"number"`
	Customer sql.NullString `db:"customer"`
}

const findScene = `
select t.name as team, t.time_zone, k.number, c.name as customer
from (select $1::uuid as company_id) x
left join teams t on t.company_id = x.company_id and t.id = $2
left join tickets k on k.company_id = x.company_id and k.id = $3
left join contacts c on c.company_id = x.company_id and c.id = coalesce(k.contact_id, nullif($4, '')::uuid)`

func (b *Notifier) words(ctx context.Context, language string, all batch) (written, error) {
	language = text.Match(language)
	w := written{Language: language, Open: say("open", language), Choose: b.PublicURL() + "/notices", ChooseWords: say("choose", language)}
	for _, c := range all {
		var s scene
		if err := sqlx.GetContext(ctx, b.DB, &s, findScene, c.CompanyID, c.Team, c.Ticket, c.About.Who); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return w, fmt.Errorf("notice %s: %w", c.ID, err)
		}
		w.Items = append(w.Items, b.item(c, s, language))
	}
	first, last := w.Items[0], w.Items[len(w.Items)-1]
	w.URL = cmp.Or(last.URL, b.PublicURL())
	if len(all) == 1 {
		w.Subject = join(" · ", first.Title, first.label, first.team)
		w.Brief = join(": ", join(" · ", first.Title, first.label, first.Who), shorten(mail.OneLine(first.Text), 140))
		return w, nil
	}
	w.Subject = say("many", language, "n", strconv.Itoa(len(all)))
	w.Brief = join(": ", w.Subject, join(" · ", last.Title, last.label, last.Who))
	return w, nil
}

func (b *Notifier) item(c claimed, s scene, language string) item {
	at := stamp(c.At, s.TimeZone.String)
	since, _ := time.Parse(time.RFC3339, c.About.Since)
	fill := []string{"amount", c.About.Amount, "word", c.About.Word, "since", stamp(since, s.TimeZone.String)}
	title := cmp.Or(say(c.Kind+"."+c.About.Word, language, fill...), say(c.Kind, language, fill...))
	i := item{Title: title, Text: c.About.Text, team: mail.OneLine(s.Team.String)}
	if s.Number.Valid {
		i.label = "#" + strconv.FormatInt(s.Number.Int64, 10)
	}
	i.Who = who(c, s, language)
	i.Text = join("\n", i.Text, c.more(language, fill))
	i.Where = join(" · ", i.Who, i.label, i.team, at)
	if place := c.place(); place != "" {
		i.URL = b.PublicURL() + place
	}
	return i
}

// more is what a notice says beside its title and the customer's words; of a message that
// did not arrive, why, with the provider's code.
func (c claimed) more(language string, fill []string) string {
	said := cmp.Or(say("about."+c.Kind+"."+c.About.Word, language, fill...), say("about."+c.Kind, language, fill...))
	if c.Kind != DeliveryFailed {
		return said
	}
	if c.About.Word == "" {
		said = ""
	}
	return join(" ", say("refusal."+c.About.Reason, language), said)
}

// place is the page of the console that shows more; empty: none does.
func (c claimed) place() string {
	page := map[string]string{SenderPaused: "senders", SenderSilent: "senders", TemplateHeld: "senders", DeliveryFailed: "deliveries", MissedCall: "decisions", Voicemail: "decisions", TeamBudget: "decisions"}[c.Kind]
	if c.Ticket != nil {
		page = "tickets/" + *c.Ticket
	}
	if hook, _, _ := strings.Cut(c.DedupeKey, "/"); c.Kind == HookFailing {
		return "/hooks/" + hook
	}
	if c.Team == nil || page == "" {
		return ""
	}
	return "/teams/" + *c.Team + "/" + page
}

// who is the customer by name, else by number. A visitor of a website has
// neither.
func who(c claimed, s scene, language string) string {
	switch {
	case s.Customer.String != "":
		return mail.OneLine(s.Customer.String)
	case strings.HasPrefix(c.About.From, "+"):
		return c.About.From
	case c.Kind == MissedCall || c.Kind == Voicemail:
		return say("withheld", language)
	}
	return ""
}

// say is a phrase in the language, with the pairs filled in; empty: there is no
// such phrase.
func say(key, language string, pairs ...string) string {
	said := cmp.Or(phrases[key][language], phrases[key]["en"])
	for n := 0; n+1 < len(pairs); n += 2 {
		said = strings.ReplaceAll(said, "{"+pairs[n]+"}", mail.OneLine(pairs[n+1]))
	}
	return strings.TrimRight(said, ": ")
}

// stamp is a time as the team's wall clock shows it.
func stamp(at time.Time, zone string) string {
	location, err := zones.Load(zone)
	if err != nil {
		location = time.UTC
	}
	return at.In(location).Format("2006-01-02 15:04")
}

// join puts together what is not empty.
func join(between string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, between)
}
