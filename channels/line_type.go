package channels

import "context"

// UnknownLine is the type of a number of which the provider can say nothing.
const UnknownLine = "unknown"

// LineTyper is a provider that can be asked what line a phone number is.
type LineTyper interface {
	// LineType is mobile, landline and the like, by the provider's words; unknown
	// when it cannot tell. The error is a *SendError.
	LineType(ctx context.Context, account Account, number string) (string, error)
}
