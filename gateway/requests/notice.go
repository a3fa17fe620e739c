package requests

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/notifications"
	"ringback/gateway/rules"
)

// notice tells the staff of an answer that somebody has to act on.
func (r Request) notice(ctx context.Context, tx sqlx.ExecerContext, a Answer, at time.Time) error {
	n := notifications.Notice{
		CompanyID: r.CompanyID, TeamID: r.TeamID, TicketID: r.TicketID, DedupeKey: r.ID, At: at,
		About: notifications.About{Word: a.Word(), Text: a.Comment},
	}
	switch {
	case r.Kind == rules.AskResolved && a.Resolved != nil && !*a.Resolved:
		n.Kind = notifications.AnswerNo
	case r.Kind == rules.AskApproval:
		n.Kind = notifications.Approval
	case r.Kind == rules.AskPhotoVideo:
		n.Kind = notifications.Photo
	case r.Kind == rules.AskRating && a.Score <= notifications.LowRating:
		n.Kind = notifications.Rating
	default:
		return nil
	}
	return notifications.Tell(ctx, tx, n)
}

// noticePayment tells the staff what became of a payment. One that was never
// begun and has expired is no news; one beside another, of the same request, is.
func (r Request) noticePayment(ctx context.Context, tx sqlx.ExecerContext, event, word, amount string, at time.Time) error {
	words := map[string]string{
		Paid: "paid", PaymentFailed: "failed", Refunded: "refunded", RefundFailed: "refund_failed", PaymentDisputed: "disputed", DisputeWon: DisputeWon, DisputeLost: DisputeLost,
		PaymentOther: "other",
	}
	if words[word] == "" {
		return nil
	}
	return notifications.Tell(ctx, tx, notifications.Notice{
		CompanyID: r.CompanyID, TeamID: r.TeamID, TicketID: r.TicketID, Kind: notifications.Payment, At: at,
		DedupeKey: event + "/" + words[word] + "/" + amount, About: notifications.About{Word: words[word], Amount: amount, Text: r.Description},
	})
}
