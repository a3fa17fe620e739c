package staff

import (
	"context"
	"fmt"
)

// Ways are those in which somebody can show who they are.
type Ways struct {
	Password bool `db:"password"`
	Provider bool `db:"provider"` // the company's identity provider
	Code     bool `db:"code"`     // of an authenticator app or of those for recovery, in the place of the password
	Passkey  bool `db:"passkey"`  // in the place of both
}

const findWays = `
select m.password is not null as password, $3 and exists (` + identityOf + `) as provider,
	exists (select from staff_codes c where c.company_id = m.company_id and c.staff_id = m.id and c.secret is not null)
		or exists (select from staff_recovery_codes c where c.company_id = m.company_id and c.staff_id = m.id) as code,
	m.password is not null and exists (select from staff_passkeys k where k.company_id = m.company_id and k.staff_id = m.id) as passkey
from staff m where m.company_id = $1 and m.id = $2`

// Ways are the principal's.
func (g Gate) Ways(ctx context.Context, p Principal) (Ways, error) {
	return g.WaysOf(ctx, p.CompanyID, p.StaffID)
}

// WaysOf are those of one of the company's staff, whom the caller has found.
func (g Gate) WaysOf(ctx context.Context, companyID, staffID string) (Ways, error) {
	var w Ways
	if err := g.DB.GetContext(ctx, &w, findWays, companyID, staffID, g.Identity.Provider != nil); err != nil {
		return w, fmt.Errorf("staff %s: %w", staffID, err)
	}
	return w, nil
}
