package api

import (
	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
)

// amount is how the API describes inbox.Amount.
type amount inbox.Amount

// Schema says both ways of writing it.
func (amount) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "With kind payment: a whole number of the currency's smallest unit (14990), or text in whole units (\"149.90\")",
		AnyOf:       []*huma.Schema{{Type: huma.TypeInteger}, {Type: huma.TypeNumber}, {Type: huma.TypeString}},
	}
}
