package messages

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Search is what is looked for, and among whose messages.
type Search struct {
	CompanyID string
	Teams     []string // ids; nil: all the company's
	Text      string   // words; each may go on, from three letters
	Now       time.Time
	Limit     int
}

// Hit is a message that was found.
type Hit struct {
	ID      string    `db:"id"`
	Team    string    `db:"team_id"`
	Ticket  *string   `db:"ticket_id"`
	Contact *string   `db:"contact_id"` // of a recording null until the call is over
	Text    string    `db:"text"`
	At      time.Time `db:"at"`
	Looked  int       `db:"looked"` // how many were looked at to find it
}

const (
	hits = `select id, team_id, ticket_id, contact_id, text, at, 0 as looked`

	// newest looks at few messages, whatever is in them: of the company, or so many
	// of each of the teams.
	newest       = hits + ` from (select * from messages where company_id = $1 and $2::uuid[] is null order by id desc limit $5) m` + holding
	newestOfTeam = hits + ` from unnest($2::uuid[]) t (team)
cross join lateral (select * from messages where company_id = $1 and team_id = t.team and seq > 0 and author <> 'automation' order by id desc limit $5) m` + holding
	holding = `
where author <> 'automation' and to_tsvector('simple'::regconfig, text) @@ to_tsquery('simple', $3) order by id desc limit $4`
)

// What is looked for by an index: messages_by_words, media_by_words.
var (
	messagesWithin   = within("messages", "text", "at", "author <> 'automation'")
	voicemailsWithin = within("media", "transcript", "created_at", "transcript <> ''")
)

// within goes by the index over the words of a table's rows: $4 are marks that stand
// beside the words there, and $6 is how many rows are looked at, null: all. They are
// counted off outside of what is materialized, where Postgres does not take the
// number for a reason to leave the index.
func within(table, text, at, which string) string {
	return `
with found as materialized (
	select id, team_id, ticket_id, contact_id, ` + text + ` as text, ` + at + ` as at from ` + table + `
	where ` + which + ` and (array_to_tsvector(array[company_id::text, team_id::text, 'w' || floor(extract(epoch from ` + at + ` at time zone 'UTC') / 604800)::integer::text])
		|| to_tsvector('simple'::regconfig, ` + text + `)) @@ ($4::tsquery && to_tsquery('simple', $3))
		and company_id = $1 and ($2::uuid[] is null or team_id = any($2::uuid[])) and numnode(to_tsquery('simple', $3)) > 0
) select id, team_id, ticket_id, contact_id, text, at, count(*) over () as looked from (select * from found limit $6) few order by at desc limit $5`
}

// looked is how many of the newest messages are looked at one by one.
const looked = 500

const week = 7 * 24 * 60 * 60

// Find returns the newest messages that hold all the words, of customers and of
// the staff.
//
// A word that many write would be found a million times and read as often to know
// which are the newest. So the newest messages are looked at one by one, then those
// of two weeks by the index, and all of them only for words that are rare.
func (s Search) Find(ctx context.Context, q sqlx.QueryerContext) ([]Hit, error) {
	words := s.words(nil)
	if words == "" {
		return nil, nil
	}
	var found []Hit
	first, each := newest, looked
	if s.Teams != nil {
		first, each = newestOfTeam, max(1, looked/max(1, len(s.Teams)))
	}
	if err := sqlx.SelectContext(ctx, q, &found, first, s.CompanyID, pq.Array(s.Teams), words, s.Limit, each); err != nil {
		return nil, fmt.Errorf("search the newest messages: %w", err)
	}
	if len(found) >= s.Limit {
		return found, nil
	}
	meant, err := s.meant(ctx, q, each)
	if err != nil {
		return nil, err
	}
	return s.indexed(ctx, q, messagesWithin, s.words(meant))
}

// Voicemails returns the newest recordings whose transcripts hold all the words; a hit's
// text is the transcript.
func (s Search) Voicemails(ctx context.Context, q sqlx.QueryerContext) ([]Hit, error) {
	words := s.words(nil)
	if words == "" {
		return nil, nil
	}
	return s.indexed(ctx, q, voicemailsWithin, words)
}

const (
	bounded = 500     // how many messages are looked at that hold all the words, to find the newest
	longAgo = 10 * 52 // weeks: what many wrote before then is not found
)

// indexed are the newest of two weeks, or of all where those are too few. Of what many
// wrote long ago, such as a word of one winter, that would be too many to look at: then
// it goes back step by step, each twice as long as the one before.
func (s Search) indexed(ctx context.Context, q sqlx.QueryerContext, within, words string) (found []Hit, err error) {
	this := s.Now.Unix() / week
	newest, err := s.between(ctx, q, within, words, this-1, this+1)
	if err != nil || len(newest) >= s.Limit {
		return newest, err
	}
	found, more, err := s.look(ctx, q, within, words, s.among(), bounded)
	if err != nil || !more {
		return found, err
	}
	found = newest
	for back, length := int64(2), int64(2); back < longAgo && len(found) < s.Limit; back, length = back+length, 2*length {
		older, err := s.between(ctx, q, within, words, this-back-length+1, this-back)
		if err != nil {
			return nil, err
		}
		found = append(found, older...)
	}
	return found[:min(len(found), s.Limit)], nil
}

// between are the newest of some weeks, the last of which is to. Where they hold too
// many, the later half of the weeks goes before the earlier one.
func (s Search) between(ctx context.Context, q sqlx.QueryerContext, within, words string, from, to int64) ([]Hit, error) {
	most := bounded
	if from == to {
		most = 0
	}
	marks := make([]string, 0, to-from+1)
	for one := to; one >= from; one-- {
		marks = append(marks, fmt.Sprintf("'w%d'", one))
	}
	found, more, err := s.look(ctx, q, within, words, s.among()+" & ("+strings.Join(marks, " | ")+")", most)
	if err != nil || !more {
		return found, err
	}
	middle := from + (to-from+1)/2
	found, err = s.between(ctx, q, within, words, middle, to)
	if err != nil || len(found) >= s.Limit {
		return found, err
	}
	older, err := s.between(ctx, q, within, words, from, middle-1)
	found = append(found, older...)
	return found[:min(len(found), s.Limit)], err
}

// look finds the newest among those with the marks, of so many at most; 0: of all. It
// says whether there are more than that.
func (s Search) look(ctx context.Context, q sqlx.QueryerContext, within, words, among string, most int) (found []Hit, more bool, err error) {
	looked := sql.NullInt64{Int64: int64(most) + 1, Valid: most > 0}
	if err := sqlx.SelectContext(ctx, q, &found, within, s.CompanyID, pq.Array(s.Teams), words, among, s.Limit, looked); err != nil {
		return nil, false, fmt.Errorf("search by words: %w", err)
	}
	return found, most > 0 && len(found) > 0 && found[0].Looked > most, nil
}

// fewTeams is how many teams are named to the index; of more it is asked for the
// whole company's, and theirs are picked out.
const fewTeams = 20

// among is whose messages, for the index.
func (s Search) among() string {
	if s.Teams == nil || len(s.Teams) > fewTeams {
		return "'" + s.CompanyID + "'"
	}
	marks := []string{"'none'"}
	for _, id := range s.Teams {
		if parsed, err := uuid.Parse(id); err == nil {
			marks = append(marks, "'"+parsed.String()+"'")
		}
	}
	return "(" + strings.Join(marks, " | ") + ")"
}

// Around is the part of a text around the first of the words that it holds, on one
// line, at most so many characters long.
func Around(text, words string, length int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= length {
		return string(runes)
	}
	lower, at := strings.Map(unicode.ToLower, string(runes)), 0
	for _, word := range strings.Fields(strings.Map(unicode.ToLower, words)) {
		if before, _, ok := strings.Cut(lower, word); ok {
			at = len([]rune(before))
			break
		}
	}
	from := max(0, min(at-length/3, len(runes)-length))
	part := string(runes[from:min(len(runes), from+length)])
	if from > 0 {
		part = "…" + part
	}
	if from+length < len(runes) {
		part += "…"
	}
	return part
}
