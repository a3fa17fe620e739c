package inbox

import (
	"context"

	"ringback/gateway/contacts"
	"ringback/settings/staff"
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
