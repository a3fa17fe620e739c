package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/settings/staff"
)

func (r routes) audit(api huma.API) {
	list := Op("list-audit", http.MethodGet, "/audit", http.StatusOK, "Who did what, when and from where, in the whole company")
	list.Description = "Changes of settings, contacts' blocks and merges, sign-ins and failed tries, keys, passwords, exports, erasures, and what somebody lacked the right to: once a minute for each of them and each kind of thing. " +
		"Lines are written once: the database refuses to change or delete one."
	huma.Register(api, list, r.listAudit)
	huma.Register(api, csvOp("export-audit", "/audit.csv", "The same as a file, the newest first"), r.exportAudit)
}

// AuditFilter is which lines are asked for.
type AuditFilter struct {
	Since string `query:"since" maxLength:"40" doc:"Not before this time"`
	Who   string `query:"who" maxLength:"200" doc:"Their name, or the id of one of the staff: who is called so now is found with what they did under another name, too"`

	Refused bool `query:"refused" doc:"Alone what somebody lacked the right to"`
}

func (f AuditFilter) filter() (settings.AuditFilter, error) {
	from, err := since(f.Since)
	return settings.AuditFilter{Since: from, Who: f.Who, Refused: f.Refused}, err
}

type auditQuery struct {
	Page
	AuditFilter
}

func (r routes) listAudit(ctx context.Context, in *auditQuery) (*Answer[List[settings.Audited]], error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	return Listed(in.Page, func(a settings.Audited) string { return a.ID }, func(before string, limit int) ([]settings.Audited, error) {
		return r.Inbox.Audit(ctx, caller(ctx), filter, before, limit)
	})
}

func (r routes) exportAudit(ctx context.Context, in *AuditFilter) (*huma.StreamResponse, error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	return streamed(AuditFile(ctx, r.Inbox, caller(ctx), filter))
}

// AuditFile is who did what, when and from where. That it is taken away is a
// line of it, too.
func AuditFile(ctx context.Context, desk inbox.Desk, who staff.Principal, f settings.AuditFilter) (File, error) {
	if err := desk.Exported(ctx, who, "", "audit.csv"); err != nil {
		return File{}, err
	}
	lines, err := desk.Audit(ctx, who, f, "", exported)
	head := []string{"at", "who", "from", "what", "subject", "team", "before", "after", "id", "staff_id"}
	return File{"audit.csv", head, func(write func(...string)) error {
		for len(lines) > 0 && err == nil {
			for _, l := range lines {
				write(l.At.UTC().Format(time.RFC3339Nano), l.Who, l.From, l.What, l.Subject, orEmpty(l.Team), document(l.Before), document(l.After), l.ID, orEmpty(l.StaffID))
			}
			lines, err = desk.Audit(ctx, who, f, lines[len(lines)-1].ID, exported)
		}
		return err
	}}, err
}
