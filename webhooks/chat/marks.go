package chat

import (
	"net/http"

	"ringback/channels"
	"ringback/gateway/visitors"
)

// typing notes that the visitor is writing, for whoever looks at the ticket.
func (v *visit) typing() error {
	if err := v.allow("tap/"+v.visitor.ID, tapping); err != nil {
		return err
	}
	if err := visitors.MarkTyping(v.g.Request.Context(), v.DB, v.sender, v.visitor.ID, v.Clock.Now()); err != nil {
		return err
	}
	v.Hub.Wake(v.sender.TeamID)
	v.g.Status(http.StatusNoContent)
	return nil
}

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
	before, err := visitors.ReadUpTo(ctx, v.DB, v.sender, v.visitor.ID)
	if err != nil {
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
			if err := visitors.MarkRead(ctx, v.DB, v.sender, v.visitor.ID, seen[len(seen)-1].Seq); err != nil {
				return err
			}
		}
	}
	v.g.Status(http.StatusNoContent)
	return nil
}
