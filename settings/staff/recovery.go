package staff

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
	"ringback/settings/transaction"
)

const (
	endRecovery = `delete from staff_recovery_codes where company_id = $1 and staff_id = $2`
	addRecovery = `insert into staff_recovery_codes (company_id, staff_id, hash) select $1, $2, unnest($3::bytea[])`
)

// RenewRecovery makes new recovery codes in the place of those that are left. It is
// ErrProve, or settings.ErrNotFound without a second factor.
func (g Gate) RenewRecovery(ctx context.Context, p Principal) ([]string, error) {
	if err := p.Proven(); err != nil {
		return nil, err
	}
	if c, err := g.Codes(ctx, p); err != nil || !c.On && c.Passkeys == 0 {
		return nil, errors.Join(err, settings.ErrNotFound)
	}
	var plain []string
	err := transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) (err error) {
		plain, err = renewRecovery(ctx, tx, p)
		return err
	})
	return plain, err
}

const recoveryCodes = 10

func renewRecovery(ctx context.Context, tx *sqlx.Tx, p Principal) ([]string, error) {
	plain, hashed := make([]string, recoveryCodes), make([][]byte, recoveryCodes)
	for n := range plain {
		random := make([]byte, 10)
		_, _ = rand.Read(random) // never fails
		text := strings.ToLower(base32.StdEncoding.EncodeToString(random))
		plain[n] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		hashed[n] = hash("recovery " + text)
	}
	if _, err := tx.ExecContext(ctx, endRecovery, p.CompanyID, p.StaffID); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, addRecovery, p.CompanyID, p.StaffID, pq.ByteaArray(hashed)); err != nil {
		return nil, fmt.Errorf("recovery codes of staff %s: %w", p.StaffID, err)
	}
	return plain, nil
}
