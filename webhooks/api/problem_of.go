package api

import (
	"context"
	"errors"
)

// ProblemOf is what the API answers for an error of a use case. About is the
// operation or page that it came from, for the log.
func ProblemOf(ctx context.Context, about string, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return fromError(ctx, about, err)
}
