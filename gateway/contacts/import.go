package contacts

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Imported is what an import did.
type Imported struct {
	Lines    int `json:"lines" doc:"Of the file, without its first"`
	Created  int `json:"created" doc:"Contacts that nobody had heard of"`
	Updated  int `json:"updated" doc:"Contacts that were known; a name or language that the file leaves empty stays"`
	OptedOut int `json:"opted_out" doc:"Contacts that were opted out"`
	Others   int `json:"others" doc:"Customers of other teams, which were left alone but for their opting out"`
}

const importTries = 3

// Import adds the rows of a list to the team's contacts, all or none. The
// numbers that are known keep what the row does not say; who is a customer of teams
// alone that the actor does not reach stays theirs. An opt-out is taken
// over; the lack of one opts nobody in: what a customer said goes before a list.
func Import(ctx context.Context, db *sqlx.DB, by Actor, rows []Row) (Imported, error) {
	for try := 1; ; try++ {
		done, err := importOnce(ctx, db, by, rows)
		if !Deadlocked(err) || try == importTries {
			return done, err
		}
	}
}

// ofOthers is that teams have met contact a.contact_id whom the actor does not reach,
// and none that they do: the parameter is Actor.Reach.
func ofOthers(reach string) string {
	const met = `exists (select from standings s where s.company_id = $1 and s.contact_id = a.contact_id and s.met
		and s.team_id = any(array(select id from teams where company_id = $1 and id `
	return `(` + reach + `::uuid[] is not null and ` + met + `<> all(` + reach + `::uuid[])))) and not ` + met + `= any(` + reach + `::uuid[])))))`
}

// What is new is made in the order of the addresses' key, as everywhere.
var (
	importNew = `
with row as (
	select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as r (id, name, phone, language)
), made as (
	insert into addresses (company_id, kind, address, contact_id) select $1, 'phone', phone, id from row order by phone
	on conflict do nothing returning contact_id
)
insert into contacts (company_id, id, name, language)
select $1, row.id, row.name, row.language from row join made on made.contact_id = row.id`

	importKnown = `
update contacts c set name = case when r.name = '' then c.name else r.name end,
	language = case when r.language = '' then c.language else r.language end, updated_at = now()
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as r (id, name, phone, language)
join addresses a on a.company_id = $1 and a.kind = 'phone' and a.address = r.phone
where c.company_id = $1 and c.id = a.contact_id and c.id <> r.id and not ` + ofOthers("$6")

	importStandings = `
insert into standings (company_id, team_id, contact_id, met)
select distinct $1::uuid, $2::uuid, contact_id, not ` + ofOthers("$5") + ` from addresses a where company_id = $1 and kind = 'phone' and address = any($3)
	and (address = any($4) or not ` + ofOthers("$5") + `) order by 3
on conflict (company_id, team_id, contact_id) do update set met = true where excluded.met and not standings.met`

	importOthers = `
select distinct a.contact_id from addresses a where company_id = $1 and kind = 'phone' and address = any($2) and ` + ofOthers("$3")

	importOptOuts = `
with told as (
	select s.contact_id, min(r.words) as words from unnest($4::text[], $5::text[]) as r (phone, words)
	join addresses a on a.company_id = $1 and a.kind = 'phone' and a.address = r.phone
	join standings s on s.company_id = $1 and s.team_id = $2 and s.contact_id = a.contact_id
	where s.opted_out_at is null group by s.contact_id
), further as (
	insert into sender_opt_outs (company_id, sender_id, contact_id, at)
	select $1, $1, told.contact_id, $3 from told join companies c on c.id = $1 and c.opt_out_scope = 'company' on conflict do nothing
), stopped as (
	update standings s set opted_out_at = $3 from told where s.company_id = $1 and s.team_id = $2 and s.contact_id = told.contact_id
)
insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, who, at, staff_id)
select $1, gen_random_uuid(), $2, contact_id, true, 'import', words, $6, $3, nullif($7, '')::uuid from told`
)

func importOnce(ctx context.Context, db *sqlx.DB, by Actor, rows []Row) (Imported, error) {
	done := Imported{Lines: len(rows)}
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return done, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	var ids, names, phones, languages, stopped, words pq.StringArray
	for _, r := range rows {
		ids = append(ids, uuid.Must(uuid.NewV7()).String())
		names, phones, languages = append(names, r.Name), append(phones, r.Phone), append(languages, r.Language)
		if r.OptedOut {
			stopped, words = append(stopped, r.Phone), append(words, fmt.Sprintf("line %d of an imported list", r.Line))
		}
	}
	for _, step := range []struct {
		query string
		args  []any
		count *int
	}{
		{importNew, []any{by.CompanyID, ids, names, phones, languages}, &done.Created},
		{importKnown, []any{by.CompanyID, ids, names, phones, languages, pq.Array(by.Reach)}, &done.Updated},
		{importOthers, []any{by.CompanyID, phones, pq.Array(by.Reach)}, &done.Others},
		{importStandings, []any{by.CompanyID, by.TeamID, phones, stopped, pq.Array(by.Reach)}, nil},
		{importOptOuts, []any{by.CompanyID, by.TeamID, by.At, stopped, words, by.Who, by.StaffID}, &done.OptedOut},
	} {
		result, err := tx.ExecContext(ctx, step.query, step.args...)
		if err != nil {
			return done, fmt.Errorf("import contacts: %w", err)
		}
		if n, err := result.RowsAffected(); err == nil && step.count != nil {
			*step.count = int(n)
		}
	}
	list := map[string]int{"lines": done.Lines, "created": done.Created, "updated": done.Updated, "opted_out": done.OptedOut}
	if err := by.note(ctx, tx, "import", nil, list); err != nil {
		return done, err
	}
	return done, tx.Commit()
}
