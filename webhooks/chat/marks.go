package chat

import (
	"net/http"

	"ringback/channels"
)

const typed = `update visitors set typing_at = $3 where company_id = $1 and id = $2`

// typing notes that the visitor is writing, for whoever looks at the ticket.
func (v *visit) typing() error {
	if err := v.allow("tap/"+v.visitor.ID, tapping); err != nil {
		return err
	}
	if _, err := v.DB.ExecContext(v.g.Request.Context(), typed, v.sender.CompanyID, v.visitor.ID, v.Clock.Now()); err != nil {
		return err
	}
	v.Hub.Wake(v.sender.TeamID)
	v.g.Status(http.StatusNoContent)
	return nil
}

const markRead = `update visitors set read_seq = $3 where company_id = $1 and id = $2 and read_seq < $3 returning read_seq`

// read notes how far the visitor has read.
func (v *visit) read() error {
	var mark struct {
		Seq int64 `json:"seq"`
	}
	if err := v.body(&mark); err != nil {
		return err
	}
	if mark.Seq < 0 {
		return wrong("seq", "not_seq", "must be the seq of a message")
	}
	if err := v.allow("tap/"+v.visitor.ID, tapping); err != nil {
		return err
	}
	ctx := v.g.Request.Context()
	var before int64
	if err := v.DB.GetContext(ctx, &before, `select read_seq from visitors where company_id = $1 and id = $2`, v.sender.CompanyID, v.visitor.ID); err != nil {
		return err
	}
	if mark.Seq > before {
		items, err := v.onward(ctx, before)
		if err != nil {
			return err
		}
		seen := items[:0]
		for _, one := range items {
			if one.Seq <= mark.Seq {
				seen = append(seen, one)
			}
		}
		if err := v.moved(ctx, seen, channels.Read); err != nil {
			return err
		}
		if len(seen) > 0 { // not beyond what there is
			if _, err := v.DB.ExecContext(ctx, markRead, v.sender.CompanyID, v.visitor.ID, seen[len(seen)-1].Seq); err != nil {
				return err
			}
		}
	}
	v.g.Status(http.StatusNoContent)
	return nil
}
