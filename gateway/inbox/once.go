package inbox

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

const (
	remembered = `select body, answer from idempotency_keys where company_id = $1 and key = $2`
	remember   = `insert into idempotency_keys (company_id, key, body, answer) values ($1, $2, $3, $4::jsonb) on conflict do nothing`
)

// once runs make unless the key was used before for the same thing: then it is
// answered what was answered then. An empty key is another request each time.
// Whoever calls holds the lock on the contact, so that two at once come one
// after the other. What names the request beside the client's own key, such as
// the ticket, is about.
func once[T any](ctx context.Context, tx sqlx.ExtContext, company, key, about string, body any, make func() (T, error)) (T, error) {
	var answer T
	if key == "" {
		return make()
	}
	sent, err := json.Marshal(body)
	if err != nil {
		return answer, err
	}
	sum := sha256.Sum256(sent)
	key = about + "/" + key
	var before struct {
		Body   []byte          `db:"body"`
		Answer json.RawMessage `db:"answer"`
	}
	err = sqlx.GetContext(ctx, tx, &before, remembered, company, key)
	switch {
	case err == nil && string(before.Body) != string(sum[:]):
		return answer, settings.Refuse("Idempotency-Key", "used_key")
	case err == nil:
		return answer, json.Unmarshal(before.Answer, &answer)
	case !errors.Is(err, sql.ErrNoRows):
		return answer, fmt.Errorf("idempotency key: %w", err)
	}
	if answer, err = make(); err != nil {
		return answer, err
	}
	kept, err := json.Marshal(answer)
	if err != nil {
		return answer, fmt.Errorf("idempotency key: %w", err)
	}
	noted, err := tx.ExecContext(ctx, remember, company, key, sum[:], string(kept))
	if err != nil {
		return answer, fmt.Errorf("idempotency key: %w", err)
	}
	if n, err := noted.RowsAffected(); err != nil || n == 0 { // about somebody else, at the same moment
		return answer, errors.Join(err, settings.Refuse("Idempotency-Key", "used_key"))
	}
	return answer, nil
}

// A month is longer than anybody tries again.
const forget = `
delete from idempotency_keys where (company_id, key) in (
	select company_id, key from idempotency_keys where created_at < now() - interval '30 days' order by created_at limit 1000 for update skip locked)`

// Forget deletes idempotency keys that are older than a month.
func Forget(ctx context.Context, db sqlx.ExecerContext) error {
	if _, err := db.ExecContext(ctx, forget); err != nil {
		return fmt.Errorf("forget idempotency keys: %w", err)
	}
	return nil
}
