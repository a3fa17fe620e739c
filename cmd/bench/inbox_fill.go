package main

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

//go:embed inbox_rest.sql
var inboxRest string

const (
	span      = 730 * 24 * time.Hour // that the messages are spread over
	perTicket = 5                    // messages, on the average; two of five are the customer's
	perPerson = 2                    // tickets, on the average

	// One ticket in so many is of the same customer, who has 3,000 messages of ten million.
	ofTheRegular = 3333
)

// stock is what an inbox is filled with: all of it drawn by one seed.
type stock struct {
	*speech
	company  string
	teams    []string            // of which the first has seven tenths of everything
	senders  []map[string]string // by team and kind
	staff    []string            // of the first team
	messages int
	now      time.Time
	people   []person
	tickets  []opened
}

type person struct {
	id             uuid.UUID
	team, language uint8
}

type opened struct {
	id     uuid.UUID
	of     int32 // index of the person
	at     time.Time
	said   uint8 // messages
	kind   string
	sender string
}

// idAt is an id as the gateway makes them: the time in milliseconds, and chance.
func (s *stock) idAt(at time.Time) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixMilli())<<16|0x7000|s.random.Uint64()&0xfff) // #nosec G115 -- of this century
	binary.BigEndian.PutUint64(id[8:], 1<<63|s.random.Uint64()>>2)
	return id
}

// draw makes the customers and their tickets, in the order of time. Every second ticket
// is of somebody new.
func (s *stock) draw() {
	s.people = make([]person, 0, s.messages/perTicket/perPerson+1)
	s.tickets = make([]opened, s.messages/perTicket)
	kinds := []string{"message", "message", "message", "message", "message", "message", "message", "missed_call", "missed_call", "call", "voicemail", "web"}
	for n := range s.tickets {
		at := s.now.Add(-span + time.Duration(float64(span)*float64(n)/float64(len(s.tickets)))).Truncate(time.Microsecond)
		of := s.random.IntN(max(1, len(s.people)))
		if n%perPerson == 0 {
			of = len(s.people)
			s.people = append(s.people, person{s.idAt(at), s.team(), uint8(s.random.IntN(len(s.languages)))}) // #nosec G115 -- seven
		} else if n%ofTheRegular == 0 {
			of = 0
		}
		kind := s.one(kinds)
		sender := map[string]string{"web": "webchat", "message": "sms", "missed_call": "voice", "call": "voice", "voicemail": "voice"}[kind]
		if kind == "message" && s.random.IntN(4) == 0 {
			sender = "whatsapp_cloud"
		}
		s.tickets[n] = opened{s.idAt(at), int32(of), at, uint8(1 + n%(2*perTicket-1)), kind, s.senders[s.people[of].team][sender]} // #nosec G115 -- a million
	}
}

// team is one of the teams: the first has seven of ten customers, and the first customer.
func (s *stock) team() uint8 {
	if len(s.people) == 0 {
		return 0
	}
	return [10]uint8{0, 0, 0, 0, 0, 0, 0, 1, 2, 3}[s.random.IntN(10)]
}

// number is the phone number of the nth customer.
func (s *stock) number(n int) string {
	areas := map[string][]string{
		"en": {"+1312", "+1773", "+1202", "+1415"}, "pl": {"+4822", "+4860", "+4850"}, "de": {"+4930", "+4989", "+49151"},
		"fr": {"+331", "+336"}, "es": {"+3491", "+346"}, "it": {"+3906", "+3933"}, "pt-BR": {"+5511", "+5521"},
	}[s.languages[s.people[n].language]]
	return fmt.Sprintf("%s%07d", areas[n%len(areas)], n*9973%10_000_000)
}

// fill stores all of it. Indexes are made afterwards, which takes a third of the time.
func (s *stock) fill(ctx context.Context, dsn string, say func(string)) error {
	db, err := sqlx.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := hasten(ctx, db, true); err != nil {
		return err
	}
	db.SetMaxIdleConns(0) // what is set for new connections is to hold for all from here on
	indexes, err := withoutIndexes(ctx, db)
	if err != nil {
		return err
	}
	s.draw()
	for _, part := range []struct {
		name string
		run  func(context.Context, *sqlx.DB) error
	}{{"contacts", s.contacts}, {"tickets", s.copyTickets}, {"messages", s.copyMessages}, {"what follows from them", s.rest}} {
		start := time.Now()
		if err := part.run(ctx, db); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		say(fmt.Sprintf("%s in %s", part.name, time.Since(start).Round(time.Second)))
	}
	start := time.Now()
	if err := twoAtATime(ctx, db, indexes); err != nil {
		return err
	}
	say(fmt.Sprintf("%d indexes in %s", len(indexes), time.Since(start).Round(time.Second)))
	start = time.Now()
	for _, statement := range []string{`vacuum analyze`, `checkpoint`} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	say("rows counted in " + time.Since(start).Round(time.Second).String())
	return hasten(ctx, db, false)
}

// hasten has Postgres fill fast, or as it comes again.
func hasten(ctx context.Context, db *sqlx.DB, on bool) error {
	for setting, value := range map[string]string{"max_wal_size": "'8GB'", "checkpoint_timeout": "'30min'", "maintenance_work_mem": "'1GB'", "synchronous_commit": "off"} {
		statement := `alter system reset ` + setting
		if on {
			statement = `alter system set ` + setting + ` = ` + value
		}
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	_, err := db.ExecContext(ctx, `select pg_reload_conf()`)
	return err
}

// filled are the tables that get many rows.
var filled = []string{"contacts", "addresses", "standings", "tickets", "messages", "deliveries", "decisions", "calls", "media", "ticket_changes", "ticket_labels", "ticket_reads", "requests", "consents"}

// withoutIndexes drops those that hold nothing together, and returns how to make them.
func withoutIndexes(ctx context.Context, db *sqlx.DB) (made []string, err error) {
	const others = `
select format('drop index %s', i.indexrelid::regclass) as gone, pg_get_indexdef(i.indexrelid) as made
from pg_index i where i.indrelid = any($1::regclass[]) and not i.indisunique order by pg_get_indexdef(i.indexrelid) like '%gin%' desc, 2`
	var all []struct{ Gone, Made string }
	if err := db.SelectContext(ctx, &all, others, pq.Array(filled)); err != nil {
		return nil, err
	}
	for _, one := range all {
		if _, err := db.ExecContext(ctx, one.Gone); err != nil {
			return nil, err
		}
		made = append(made, one.Made)
	}
	return made, nil
}

// twoAtATime makes the indexes, two at a time.
func twoAtATime(ctx context.Context, db *sqlx.DB, indexes []string) error {
	left, ended := make(chan string), make(chan error, 2)
	for range cap(ended) {
		go func() {
			var faults error
			for one := range left {
				if _, err := db.ExecContext(ctx, one); err != nil {
					faults = errors.Join(faults, fmt.Errorf("%s: %w", one, err))
				}
			}
			ended <- faults
		}()
	}
	for _, one := range indexes {
		left <- one
	}
	close(left)
	return errors.Join(<-ended, <-ended)
}

// copied is a COPY into a table.
func copied(ctx context.Context, db *sqlx.DB, table string, columns []string, rows func(put func(...any) error) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	in, err := tx.PrepareContext(ctx, "copy "+table+" ("+strings.Join(columns, ", ")+") from stdin")
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if err := rows(func(row ...any) error { _, err := in.ExecContext(ctx, row...); return err }); err != nil {
		return err
	}
	if _, err := in.ExecContext(ctx); err != nil { // all is there
		return err
	}
	return tx.Commit()
}

func (s *stock) contacts(ctx context.Context, db *sqlx.DB) error {
	met := func(n int) time.Time { return s.tickets[n*perPerson].at }
	err := copied(ctx, db, "contacts", []string{"company_id", "id", "name", "language", "created_at"}, func(put func(...any) error) error {
		for n, one := range s.people {
			if err := put(s.company, one.id.String(), s.name(), s.languages[one.language], met(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = copied(ctx, db, "addresses", []string{"company_id", "kind", "address", "contact_id", "created_at"}, func(put func(...any) error) error {
		for n, one := range s.people {
			if err := put(s.company, "phone", s.number(n), one.id.String(), met(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return copied(ctx, db, "standings", []string{"company_id", "team_id", "contact_id"}, func(put func(...any) error) error {
		for _, one := range s.people {
			if err := put(s.company, s.teams[one.team], one.id.String()); err != nil {
				return err
			}
		}
		return nil
	})
}

var ticketColumns = strings.Fields("company_id id team_id contact_id sender_id number kind status assignee opened_at done_at closed_at created_at updated_at active_at waiting_since heard snoozed_until")

// copyTickets closes all but one in a hundred, and of the last week's every second one.
func (s *stock) copyTickets(ctx context.Context, db *sqlx.DB) error {
	return copied(ctx, db, "tickets", ticketColumns, func(put func(...any) error) error {
		for n, t := range s.tickets {
			var assignee sql.NullString
			var done, closed, waits, snoozed sql.NullTime
			team, status, ended := s.people[t.of].team, "closed", t.at.Add(36*time.Hour)
			if team == 0 && s.random.IntN(5) > 1 {
				assignee = sql.NullString{String: s.one(s.staff), Valid: true}
			}
			switch open := s.random.IntN(100); {
			case open == 0, open < 50 && s.now.Sub(t.at) < 7*24*time.Hour:
				status = "open"
				waits = sql.NullTime{Time: t.at, Valid: s.random.IntN(2) == 0}
				snoozed = sql.NullTime{Time: s.now.Add(100 * time.Hour), Valid: s.random.IntN(20) == 0}
			case open == 1:
				status, done = "done", sql.NullTime{Time: ended, Valid: true}
			default:
				done, closed = sql.NullTime{Time: ended, Valid: true}, sql.NullTime{Time: ended.Add(24 * time.Hour), Valid: true}
			}
			err := put(s.company, t.id.String(), s.teams[team], s.people[t.of].id.String(), t.sender, 1001+n, t.kind, status, assignee, t.at, done, closed, t.at, t.at,
				t.at.Add(time.Duration(t.said)*7*time.Minute), waits, (int(t.said)*2+4)/5, snoozed)
			if err != nil {
				return err
			}
		}
		_, err := db.ExecContext(ctx, `update companies set last_ticket = $2 where id = $1`, s.company, 1001+len(s.tickets))
		return err
	})
}

// Authors follow each other on a ticket like that.
var authors = [perTicket]string{"customer", "automation", "advisor", "customer", "advisor"}

func (s *stock) copyMessages(ctx context.Context, db *sqlx.DB) error {
	columns := strings.Fields("company_id id team_id contact_id ticket_id sender_id author text event_id delivery_id at who staff_id")
	return copied(ctx, db, "messages", columns, func(put func(...any) error) error {
		for _, t := range s.tickets {
			of := s.people[t.of]
			for m := range int(t.said) {
				at := t.at.Add(time.Duration(m) * 7 * time.Minute)
				var event, delivery, who, staff any
				author, text := authors[m%perTicket], "We are closed. We will write as soon as we are back."
				switch author {
				case "customer":
					event, text = s.idAt(at).String(), s.say(int(of.language), at.Month() == time.December)
				case "advisor":
					who, staff, text = "Ben", s.one(s.staff), s.say(int(of.language), at.Month() == time.December)
				case "automation":
					delivery = s.idAt(at).String()
				}
				if who == nil {
					who = ""
				}
				if err := put(s.company, s.idAt(at).String(), s.teams[of.team], of.id.String(), t.id.String(), t.sender, author, text, event, delivery, at, who, staff); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// rest is what follows from tickets and messages, made by Postgres of them.
func (s *stock) rest(ctx context.Context, db *sqlx.DB) error {
	for statement := range strings.SplitSeq(inboxRest, ";\n") {
		if _, err := db.ExecContext(ctx, strings.NewReplacer(":company", "'"+s.company+"'::uuid", ":reader", "'"+s.staff[0]+"'::uuid", ":team", "'"+s.teams[0]+"'::uuid").Replace(statement)); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func newStock(messages int, now time.Time) (*stock, error) {
	speech, err := newSpeech(rand.New(rand.NewPCG(1, 1))) // #nosec G404 -- drawn for measuring
	return &stock{speech: speech, messages: messages, now: now.UTC()}, err
}
