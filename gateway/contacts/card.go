package contacts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/rules"
	"ringback/settings"
)

// Card is a customer as a team knows them, and as its staff may change them.
type Card struct {
	ID        string      `db:"id" json:"id" readOnly:"true"`
	Name      string      `db:"name" json:"name" required:"false" maxLength:"200"`
	Language  string      `db:"language" json:"language" required:"false" maxLength:"16" doc:"Of texts to them; empty: the team's"`
	Blocked   bool        `db:"blocked" json:"blocked" required:"false" doc:"Gets no automatic message from anybody in the company"`
	OptedOut  bool        `db:"opted_out" json:"opted_out" required:"false" doc:"Asked this team, or the whole company, for no more automatic messages. A change is kept as evidence, with the words"`
	Refusal   *Refusal    `db:"refusal" json:"refusal,omitempty" readOnly:"true" doc:"What they wrote that may ask for no more texts, as long as nobody has said whether it does: no automatic text goes to their phone meanwhile. Left out: nothing"`
	Words     string      `db:"-" json:"words,omitempty" required:"false" writeOnly:"true" maxLength:"500" doc:"What the customer said, as evidence of a change of opted_out"`
	Addresses AddressList `db:"addresses" json:"addresses" required:"false" nullable:"false" maxItems:"20" doc:"All of them: what is left out of the list is taken from the contact"`
	CreatedAt time.Time   `db:"created_at" json:"created_at" readOnly:"true"`
	UpdatedAt time.Time   `db:"updated_at" json:"updated_at" readOnly:"true"`
}

// Address is where a customer is reached. One address is one customer's alone
// in the company.
type Address struct {
	Kind        string `json:"kind" required:"false" enum:"phone,whatsapp,visitor" doc:"Left out: phone. A WhatsApp number is a phone's, too; whatsapp is for a user who shows none"`
	Address     string `json:"address" minLength:"1" maxLength:"200" doc:"Of a phone, the number in E.164 form"`
	Unreachable bool   `json:"unreachable" readOnly:"true" doc:"No text reaches it, as a provider told"`
	LineType    string `json:"line_type,omitempty" readOnly:"true" doc:"Of a phone: what line it is, as Twilio Lookup told; unknown: it could not tell. Left out: nobody asked"`
}

// AddressList reads itself from a column of JSON.
type AddressList []Address

// Scan reads the column.
func (l *AddressList) Scan(column any) error {
	switch raw := column.(type) {
	case []byte:
		return json.Unmarshal(raw, l)
	case string:
		return json.Unmarshal([]byte(raw), l)
	}
	return fmt.Errorf("addresses: cannot read %T", column)
}

const (
	phone    = "phone"
	whatsapp = "whatsapp"
	visitor  = "visitor"
)

// nameless WhatsApp users are known by letters, a dot and digits; a visitor of
// the web chat by what the widget made up.
var (
	whatsappID = regexp.MustCompile(`^[A-Za-z]{2}\.[A-Za-z0-9.]{1,126}$`)
	visitorID  = regexp.MustCompile(`^[!-~]{1,100}$`)
)

// IsWhatsAppID reports whether an address is that of a WhatsApp user who shows no
// number.
func IsWhatsAppID(address string) bool { return whatsappID.MatchString(address) }

// check names every field that cannot be stored, and makes the list of
// addresses say what was left out. What they have already may stay, whatever a
// table says of it: they wrote from there.
func (c *Card) check(has ...Address) error {
	var wrong settings.Invalid
	wrong.Add(strings.ContainsFunc(c.Name, func(r rune) bool { return r < ' ' || r == 0x7f }), "name", "not_one_line")
	if c.Language != "" {
		_ = wrong.Take(settings.CheckLanguage("language", c.Language)) // it knows no other errors
	}
	if c.Addresses == nil {
		c.Addresses = AddressList{}
	}
	for n := range c.Addresses {
		a := &c.Addresses[n]
		if a.Kind == "" || a.Kind == whatsapp && strings.HasPrefix(a.Address, "+") {
			a.Kind = phone
		}
		field := fmt.Sprintf("addresses[%d].address", n)
		code := ""
		if !slices.ContainsFunc(has, a.same) {
			code = a.fault()
		}
		wrong.Add(code != "", field, code)
		wrong.Add(code == "" && slices.ContainsFunc(c.Addresses[:n], a.same), field, "address_twice")
	}
	wrong.Bounds("", c)
	return wrong.Err()
}

func (a Address) same(b Address) bool { return a.Kind == b.Kind && a.Address == b.Address }

// fault is the code of what is wrong with the address; empty: nothing.
func (a Address) fault() string {
	switch {
	case a.Kind == phone && rules.Withheld(a.Address):
		return "withheld"
	case a.Kind == phone:
		return settings.PhoneFault(a.Address)
	case a.Kind == whatsapp && !whatsappID.MatchString(a.Address):
		return "whatsapp_id"
	case a.Kind == visitor && !visitorID.MatchString(a.Address):
		return "visitor_id"
	}
	return ""
}

// cardColumns needs contacts as c and their standing with the team as s.
const cardColumns = `c.id, c.name, c.language, c.blocked_at is not null as blocked, coalesce(s.opted_out_at, (select o.at from sender_opt_outs o where o.company_id = c.company_id and o.sender_id = c.company_id and o.contact_id = c.id)) is not null as opted_out,
	` + refusalColumn + `,
	(select coalesce(json_agg(json_build_object('kind', a.kind, 'address', a.address, 'unreachable', a.unreachable_at is not null, 'line_type', a.line_type)
			order by a.created_at, a.address), '[]')
		from addresses a where a.company_id = c.company_id and a.contact_id = c.id) as addresses,
	c.created_at, c.updated_at`

const (
	ofStanding = `
from standings s join contacts c on c.company_id = s.company_id and c.id = s.contact_id
where s.company_id = $1 and s.team_id = $2`
	ofTeam = ofStanding + ` and s.met`

	find = `select ` + cardColumns + ofTeam + ` and s.contact_id = $3`

	// findClaimed finds whom contact $4 says on a ticket of the team that they are, as well.
	findClaimed = `select ` + cardColumns + ofStanding + ` and s.contact_id = $3 and (s.met or exists (
	select from tickets t where t.company_id = $1 and t.team_id = $2 and t.contact_id = $4 and t.claimed_id = $3))`
)

// Find returns a contact that the team has met, or settings.ErrNotFound.
func Find(ctx context.Context, q sqlx.QueryerContext, company, team, id string) (Card, error) {
	return findBy(ctx, q, find, company, team, id)
}

func findBy(ctx context.Context, q sqlx.QueryerContext, query, company, team, id string, more ...any) (Card, error) {
	var c Card
	err := sqlx.GetContext(ctx, q, &c, query, append([]any{company, team, id}, more...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("contact %s: %w", id, settings.ErrNotFound)
	}
	if err != nil {
		return c, fmt.Errorf("contact %s: %w", id, err)
	}
	return c, nil
}
