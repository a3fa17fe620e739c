package inbox

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/contacts"
	"ringback/gateway/retention"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/transaction"
)

// ExportContact is all that the company knows of one customer, whichever of its
// teams met them.
func (d Desk) ExportContact(ctx context.Context, who staff.Principal, id string) (contacts.Export, error) {
	return contacts.ExportOf(ctx, d.DB, d.actor(who, ""), id)
}

// EraseContact erases one customer, in the whole company: at once in the
// database, and soon after in the store of files and at the providers. Who was
// erased already stays so.
func (d Desk) EraseContact(ctx context.Context, who staff.Principal, id string) error {
	if err := contacts.Erase(ctx, d.DB, d.actor(who, ""), id); err != nil {
		return err
	}
	d.wake()
	return nil
}

// FilesLeft is how many files of a customer who was erased are not deleted yet; false:
// nobody was erased by that id.
func (d Desk) FilesLeft(ctx context.Context, who staff.Principal, id string) (contacts.FilesLeft, bool, error) {
	return contacts.FilesLeftOf(ctx, d.DB, who.CompanyID, id)
}

// Retention is how long the company keeps what.
func (d Desk) Retention(ctx context.Context, who staff.Principal) (retention.Days, error) {
	return retention.Find(ctx, d.DB, who.CompanyID)
}

// TryRetention is how much of each kind would go if it were kept so long.
func (d Desk) TryRetention(ctx context.Context, who staff.Principal, days retention.Days) (map[string]int, error) {
	return retention.Would(ctx, d.DB, who.CompanyID, days, d.Clock.Now())
}

// SaveRetention has the company keep things so long, and no longer, unless look has an
// error about what was chosen until now.
func (d Desk) SaveRetention(ctx context.Context, who staff.Principal, days retention.Days, look func(retention.Days) error) error {
	return retention.SaveOver(ctx, d.DB, who.CompanyID, who.Who, days, look)
}

// Audit is what was done in the whole company, the newest first, from the one
// before that id on.
func (d Desk) Audit(ctx context.Context, who staff.Principal, f settings.AuditFilter, before string, limit int) ([]settings.Audited, error) {
	return settings.Audit(ctx, d.DB, who.CompanyID, f, before, limit)
}

// Exported notes that somebody takes a file of people's data away: of a team,
// or with none of the company.
func (d Desk) Exported(ctx context.Context, who staff.Principal, team, file string) error {
	return transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) error {
		if team == "" {
			return settings.NoteOfCompany(ctx, tx, who.CompanyID, who.Who, "export", file, nil, map[string]string{"name": file})
		}
		return settings.Note(ctx, tx, who.CompanyID, team, who.Who, "export", file, nil, map[string]string{"name": file})
	})
}
