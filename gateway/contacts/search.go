package contacts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// met is that the contact of a row has met one of the teams $2; nil: any of the
// company's.
func met(teams []string, contact string) string {
	if teams == nil {
		return `$2::uuid[] is null`
	}
	return `exists (` + standingOf(contact) + ` and s.met)`
}

// standingOf are the standings of a row's contact with the teams $2.
func standingOf(contact string) string {
	return `select from standings s where s.company_id = $1 and s.team_id = any($2::uuid[]) and s.contact_id = ` + contact
}

// Names are read in their own order, so that a page of a wide search costs no
// more than that of a narrow one. In the place of each %s stands whom they have met.
const (
	byName = `
(select id from contacts c where company_id = $1 and lower(name) like $3 and %[1]s
order by lower(name) using ~<~ limit $4)
union
(select id from contacts c where company_id = $1 and lower(substring(name from '[^ ]*$')) like $3 and %[1]s
order by lower(substring(name from '[^ ]*$')) using ~<~ limit $4)`

	byAddress = `
select distinct id from (
	(select contact_id as id from addresses c where company_id = $1 and address like $3 and %[1]s
	order by address using ~<~ limit $4)
	union all
	(select contact_id from addresses c where company_id = $1 and $5 <> '' and reverse(address) like reverse($5) || '%%' and %[1]s
	order by reverse(address) using ~<~ limit $4)
) few limit $4`

	// byTypo finds names whose words are one letter away; the words follow from $4 on.
	byTypo = `select id from contacts c where company_id = $1 and %s`

	// The cards are looked up one by one: the offset keeps Postgres from reading all
	// contacts to join a page of them.
	cards = `
select card.* from unnest($3::uuid[]) hit (id)
cross join lateral (select ` + cardColumns + ofTeam + ` and s.contact_id = hit.id offset 0) card
order by lower(card.name), card.id`
)

// Search returns the customers of a team whose name, last name or address
// begins like that, by name; at most so many. What Matching says holds here.
func Search(ctx context.Context, q sqlx.QueryerContext, company, team, text string, limit int) ([]Card, error) {
	found := []Card{}
	ids, err := Matching(ctx, q, company, []string{team}, text, limit)
	if err == nil && len(ids) > 0 {
		err = sqlx.SelectContext(ctx, q, &found, cards, company, team, pq.Array(ids))
	}
	if err != nil {
		return nil, fmt.Errorf("search contacts: %w", err)
	}
	return found, nil
}

// Matching returns the ids of customers whose name or last name begins like that,
// or is one letter away from it, or whose phone number begins or ends like that; at
// most so many. They have met one of the teams; nil: any of the company's.
func Matching(ctx context.Context, q sqlx.QueryerContext, company string, teams []string, text string, limit int) ([]string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	var found []string
	if number := asNumber(text); number != "" {
		return withNumber(ctx, q, company, teams, number, met(teams, "c.contact_id"), limit)
	}
	pattern := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
	if err := sqlx.SelectContext(ctx, q, &found, fmt.Sprintf(byName, met(teams, "c.id")), company, pq.Array(teams), pattern, limit); err != nil {
		return nil, fmt.Errorf("contacts by name: %w", err)
	}
	if len(found) >= limit {
		return found[:limit], nil
	}
	like, err := misspelled(ctx, q, company, teams, text, limit)
	for _, id := range like {
		if len(found) < limit && !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	return found, err
}

// A word of fewer letters is one letter away from too many; and nobody has more
// names than that.
const (
	shortest  = 4
	mostNames = 4
)

func withNumber(ctx context.Context, q sqlx.QueryerContext, company string, teams []string, number, who string, limit int) (found []string, err error) {
	err = sqlx.SelectContext(ctx, q, &found, fmt.Sprintf(byAddress, who), company, pq.Array(teams), number+"%", limit, local(number))
	if err != nil {
		return nil, fmt.Errorf("contacts by number: %w", err)
	}
	return found, nil
}

// WithNumber is Matching for what may be a number, of whom the team knows, met or not:
// for those who gave that number and have not proven that it is theirs. It answers the
// number's digits as well; where it is none, nobody has it.
func WithNumber(ctx context.Context, q sqlx.QueryerContext, company, team, text string, limit int) (ids []string, digits string, err error) {
	number := asNumber(strings.ToLower(strings.TrimSpace(text)))
	if number == "" {
		return nil, "", nil
	}
	ids, err = withNumber(ctx, q, company, []string{team}, number, `exists (`+standingOf("c.contact_id")+`)`, limit)
	return ids, strings.TrimLeft(number, "+0"), err
}

func misspelled(ctx context.Context, q sqlx.QueryerContext, company string, teams []string, text string, limit int) ([]string, error) {
	query, args := fmt.Sprintf(byTypo, met(teams, "c.id")), []any{company, pq.Array(teams), limit}
	for _, word := range strings.Fields(text) {
		if utf8.RuneCountInString(word) >= shortest && len(args) < 3+mostNames {
			args = append(args, word)
			query += fmt.Sprintf(" and name_keys(name) && name_keys($%d)", len(args))
		}
	}
	if len(args) == 3 {
		return nil, nil
	}
	var found []string
	if err := sqlx.SelectContext(ctx, q, &found, query+" limit $3", args...); err != nil {
		return nil, fmt.Errorf("contacts by a name like that: %w", err)
	}
	return found, nil
}

// asNumber is the beginning of a phone number as it is stored, from how people
// write one; empty: it is none.
func asNumber(text string) string {
	digits := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "").Replace(text)
	digits, _ = strings.CutPrefix(digits, "+")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return "+" + digits
}

// local is what a number ends in that is written as at home: without the zeros
// that stand for the country. Few digits are the end of too many; empty.
func local(number string) string {
	digits := strings.TrimLeft(number, "+0")
	if len(digits) < shortest {
		return ""
	}
	return digits
}
