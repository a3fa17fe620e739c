package backup

import (
	"context"
	"encoding/base64"

	"github.com/lib/pq"

	"ringback/settings"
)

const (
	// by the database as it is now: what has gone since the backup's moment is not missing
	stillThere = `select count(*) from media join unnest($1::uuid[], $2::uuid[]) u (company_id, id) using (company_id, id) where state = 'stored'`

	sealedWith = `
select secrets from (select secrets from accounts limit 1) a
union all select secret from (select secret from hooks limit 1) h
union all select secret from (select secret from identity_keys limit 1) i
union all select sealed from (select sealed from server_keys limit 1) s
union all select secret from (select secret from staff_codes where secret is not null limit 1) f`
)

// miss counts those files that the database goes on knowing although they are not in the
// store: somebody has lost them, or this is not the server's store.
func (w *writer) miss(ctx context.Context, gone []storedFile) error {
	var companies, ids []string
	for _, f := range gone {
		if f.Media != "" {
			companies, ids = append(companies, f.Company), append(ids, f.Media)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var missing int
	err := w.DB.GetContext(ctx, &missing, stillThere, pq.Array(companies), pq.Array(ids))
	w.done.Missing += missing
	return err
}

// keyless reports whether there are sealed secrets that the backup's key did not seal.
func (w *writer) keyless(ctx context.Context) (bool, error) {
	var sealed [][]byte
	if err := w.tx.SelectContext(ctx, &sealed, sealedWith); err != nil || len(sealed) == 0 {
		return false, err
	}
	raw, err := base64.StdEncoding.DecodeString(w.Key)
	if err != nil {
		return true, nil //nolint:nilerr // it is no key, and so none that sealed anything
	}
	key, err := settings.NewSecretKey(raw)
	if err != nil {
		return true, nil //nolint:nilerr // alike
	}
	for _, one := range sealed {
		if !key.Sealed(one) {
			return true, nil
		}
	}
	return false, nil
}
