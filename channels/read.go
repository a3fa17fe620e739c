package channels

import "context"

// Reader is a provider that shows customers that what they wrote was read.
type Reader interface {
	// MarkRead marks a customer's message, and what came before it, as read.
	// Marking it again does no harm. The error is a *SendError.
	MarkRead(ctx context.Context, account Account, providerID string) error
}
