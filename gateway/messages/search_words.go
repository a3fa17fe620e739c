package messages

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// A word that so many of the newest messages hold is one that many write.
const many = looked / 100

// beginnings are the words of the newest messages that begin like one of $3, where
// so many messages hold such words.
const beginnings = `
with few as materialized (
(select id, text from messages where company_id = $1 and $2::uuid[] is null order by id desc limit $4)
union all select m.id, m.text from unnest($2::uuid[]) t (team)
cross join lateral (select id, text from messages where company_id = $1 and team_id = t.team and seq > 0 and author <> 'automation' order by id desc limit $4) m
), held as materialized (
select id, lexeme from (select * from few where to_tsvector('simple'::regconfig, text) @@ to_tsquery('simple', $6)) few
cross join lateral unnest(to_tsvector('simple'::regconfig, text))
)
select w.word, array_agg(distinct lexeme) as lexemes from unnest($3::text[]) w (word) join held on starts_with(lexeme, lower(w.word))
group by w.word having count(distinct id) >= $5`

// meant are the words for which beginnings stand that many write: those that were
// written lately. For such a beginning Postgres would gather every message that holds
// any word with it, before it looks at what else is asked.
func (s Search) meant(ctx context.Context, q sqlx.QueryerContext, each int) (map[string][]string, error) {
	var found []struct {
		Word    string         `db:"word"`
		Lexemes pq.StringArray `db:"lexemes"`
	}
	var open, either []string
	for _, word := range strings.Fields(s.Text) {
		if utf8.RuneCountInString(word) > 2 && strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 {
			open, either = append(open, word), append(either, "'"+word+"':*")
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	if err := sqlx.SelectContext(ctx, q, &found, beginnings, s.CompanyID, pq.Array(s.Teams), pq.Array(open), each, many, strings.Join(either, " | ")); err != nil {
		return nil, fmt.Errorf("words of the newest messages: %w", err)
	}
	meant := map[string][]string{}
	for _, one := range found {
		meant[one.Word] = one.Lexemes
	}
	return meant, nil
}

// most are how many words are looked for; the others are left out.
const most = 8

var quoted = strings.NewReplacer(`'`, `''`, `\`, `\\`)

// words are the text in the words of to_tsquery; empty: it has none. A word may go on,
// or stands for those that are meant by it.
func (s Search) words(meant map[string][]string) string {
	var all []string
	for _, word := range strings.Fields(s.Text) {
		word = strings.Map(func(r rune) rune {
			if r == '\'' || r == '\\' || unicode.IsControl(r) {
				return ' '
			}
			return r
		}, word)
		letters := 0
		for _, r := range word {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				letters++
			}
		}
		if letters == 0 {
			continue
		}
		switch lexemes := meant[word]; {
		case letters > 2 && len(lexemes) > 0:
			either := make([]string, len(lexemes))
			for n, one := range lexemes {
				either[n] = "'" + quoted.Replace(one) + "'"
			}
			word = "(" + strings.Join(either, " | ") + ")"
		case letters > 2:
			word = "'" + word + "':*"
		default:
			word = "'" + word + "'"
		}
		all = append(all, word)
	}
	return strings.Join(all[:min(len(all), most)], " & ")
}
