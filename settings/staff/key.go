package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
	"ringback/settings/transaction"
)

// Key is an API key. The key itself is not kept: only its hash is.
type Key struct {
	ID        string         `db:"id" json:"id" readOnly:"true"`
	CompanyID string         `db:"company_id" json:"-"`
	Name      string         `db:"name" json:"name" required:"false" maxLength:"100" doc:"What it is for"`
	TeamID    *string        `db:"team_id" json:"team" required:"false" doc:"The one team that it reaches; null: all"`
	Scopes    pq.StringArray `db:"scopes" json:"scopes" nullable:"false" minItems:"1" maxItems:"20" doc:"What it may do, such as settings:read"`
	CreatedAt time.Time      `db:"created_at" json:"created_at" readOnly:"true"`
	MadeBy    string         `db:"made_by" json:"made_by" readOnly:"true" doc:"Empty: it is from before that was noted. One that an admin made works as long as they are one"`
	UsedAt    *time.Time     `db:"used_at" json:"used_at" readOnly:"true" doc:"When it was last used, to the minute; null: never, or before that was noted"`
	ExpiresAt *time.Time     `db:"expires_at" json:"expires_at" required:"false" doc:"When it ends by itself; null: never"`
	StaffID   *string        `db:"staff_id" json:"-"` // whose it is, who made it or the key that made it
	Stale     bool           `db:"stale" json:"-"`    // its last use should be written down
}

const keyColumns = `id, company_id, name, team_id, scopes, created_at, made_by, used_at, expires_at, staff_id,
	used_at is null or used_at < now() - interval '1 minute' as stale`

// inForce is SQL for a key that works: it was not revoked, it has not come to
// its end, and whoever made it is still an admin, as nobody else makes keys.
const inForce = `revoked_at is null and (expires_at is null or expires_at > now())
	and (staff_id is null or exists (select from staff s where s.company_id = api_keys.company_id and s.id = api_keys.staff_id and s.active and s.role = 'admin'))`

const insertKey = `
insert into api_keys (company_id, id, team_id, name, hash, scopes, made_by, staff_id, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, nullif($8, '')::uuid, $9)
returning ` + keyColumns

// MakeKey is CreateKey in the name of who asks: nobody gives a key a scope that
// they lack. It is Denied, or ErrProve.
func MakeKey(ctx context.Context, db *sqlx.DB, by Principal, k Key) (Key, string, error) {
	for _, s := range k.Scopes {
		if !by.May(Scope(s)) && Known(Scope(s)) {
			return k, "", Deny("denied_give", "Scope", s)
		}
	}
	if err := by.Proven(); err != nil {
		return k, "", err
	}
	return CreateKey(ctx, db, by, k)
}

// CreateKey makes a key for the company of who makes it and returns it with its
// plain form, which nobody can show again.
func CreateKey(ctx context.Context, db *sqlx.DB, by Principal, k Key) (Key, string, error) {
	if err := k.check(ctx, db, by.CompanyID); err != nil {
		return k, "", err
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: it ends the program instead
	plain := "rb_" + base64.RawURLEncoding.EncodeToString(random)
	id := uuid.Must(uuid.NewV7()).String()
	err := transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		if err := tx.GetContext(ctx, &k, insertKey, by.CompanyID, id, k.TeamID, k.Name, hash(plain), k.Scopes, by.Who, by.behind(), k.ExpiresAt); err != nil {
			return err
		}
		return settings.NoteOfCompany(ctx, tx, by.CompanyID, by.Who, "key", k.ID, nil, k.noted())
	})
	if err != nil {
		return k, "", fmt.Errorf("new key: %w", err)
	}
	return k, plain, nil
}

// noted is the key as the history holds it.
func (k Key) noted() any {
	return map[string]any{"name": k.Name, "scopes": k.Scopes, "team": k.TeamID, "expires_at": k.ExpiresAt}
}

func (k Key) check(ctx context.Context, db sqlx.QueryerContext, companyID string) error {
	var wrong settings.Invalid
	for n, s := range k.Scopes {
		wrong.Add(!Known(Scope(s)), fmt.Sprintf("scopes[%d]", n), "not_one_of", "List", Scopes)
	}
	wrong.Add(k.TeamID != nil && !isTeam(ctx, db, companyID, *k.TeamID), "team", "team_id")
	wrong.Add(k.ExpiresAt != nil && !k.ExpiresAt.After(time.Now()), "expires_at", "in_the_past")
	wrong.Bounds("", k)
	return wrong.Err()
}

// isTeam is false for errors as well: the insert that follows would tell them.
func isTeam(ctx context.Context, db sqlx.QueryerContext, companyID, id string) bool {
	if _, err := uuid.Parse(id); err != nil {
		return false
	}
	_, err := settings.FindTeam(ctx, db, companyID, id)
	return err == nil
}

const listKeys = `
select ` + keyColumns + ` from api_keys
where company_id = $1 and ` + inForce + ` and ($2 = '' or id < nullif($2, '')::uuid)
order by id desc limit $3`

// ListKeys returns the company's keys in force, the newest first, from the one
// before that id on.
func ListKeys(ctx context.Context, q sqlx.QueryerContext, companyID, before string, limit int) ([]Key, error) {
	keys := []Key{}
	if err := sqlx.SelectContext(ctx, q, &keys, listKeys, companyID, before, limit); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return keys, nil
}

const revokeKey = `
update api_keys set revoked_at = now() where company_id = $1 and id = $2 and revoked_at is null returning ` + keyColumns

// RevokeKey ends a key at once. Its row stays, for the history names it.
func RevokeKey(ctx context.Context, db *sqlx.DB, by Principal, id string) error {
	err := transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		var k Key
		err := tx.GetContext(ctx, &k, revokeKey, by.CompanyID, id)
		if errors.Is(err, sql.ErrNoRows) {
			return settings.ErrNotFound
		}
		if err != nil {
			return err
		}
		return settings.NoteOfCompany(ctx, tx, by.CompanyID, by.Who, "key", id, k.noted(), nil)
	})
	if err != nil {
		return fmt.Errorf("key %s: %w", id, err)
	}
	return nil
}

const (
	findKey = `select ` + keyColumns + ` from api_keys where hash = $1 and ` + inForce
	useKey  = `update api_keys set used_at = now() where company_id = $1 and id = $2 and (used_at is null or used_at < now() - interval '1 minute')`
)

// find returns the key in force of that plain form.
func find(ctx context.Context, q sqlx.QueryerContext, plain string) (Key, error) {
	var k Key
	err := sqlx.GetContext(ctx, q, &k, findKey, hash(plain))
	if errors.Is(err, sql.ErrNoRows) {
		return k, settings.ErrNotFound
	}
	return k, err
}

// hash needs no salt and no slowness: what it hides is 256 random bits.
func hash(plain string) []byte {
	sum := sha256.Sum256([]byte(plain))
	return sum[:]
}
