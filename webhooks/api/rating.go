package api

import (
	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
)

// rating is how the API describes inbox.Rating.
type rating plainRating

type plainRating inbox.Rating

// Schema says that null stands for none.
func (rating) Schema(r huma.Registry) *huma.Schema { return NullOr[plainRating](r) }
