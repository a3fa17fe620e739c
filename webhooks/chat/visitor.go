package chat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"ringback/gateway/visitors"
	"ringback/settings"
)

// createVisitor lets somebody in and gives them their token: somebody new, or whom the
// site has signed in.
func (d *doors) createVisitor(v *visit) error {
	var asked struct {
		Identity json.RawMessage `json:"identity"`
	}
	if err := v.body(&asked); err != nil {
		return err
	}
	if err := d.allow("enter/"+v.address(), entering); err != nil {
		return err
	}
	if len(asked.Identity) > 0 && string(asked.Identity) != "null" {
		var signed string
		if json.Unmarshal(asked.Identity, &signed) != nil || signed == "" {
			return wrong("identity", "missing", "must be the token that the site's server signed")
		}
		return v.recognize(signed, token(v.g))
	}
	id, token, err := visitors.Create(v.g.Request.Context(), v.DB, v.sender)
	if err != nil {
		return err
	}
	v.g.JSON(http.StatusCreated, map[string]string{"token": token, "visitor": id})
	return nil
}

var errStranger = refused{status: http.StatusUnauthorized, words: "This browser is not known here any more. Begin anew."}

// known lets in who has a token of this chat.
func (d *doors) known(do func(*visit) error) func(*visit) error {
	return func(v *visit) error {
		var err error
		if v.visitor, err = v.find(v.g.Request.Context(), token(v.g)); err != nil {
			return err
		}
		return do(v)
	}
}

// find returns who has that token, or errStranger.
func (v *visit) find(ctx context.Context, token string) (visitors.Visitor, error) {
	found, err := visitors.Find(ctx, v.DB, v.sender, token)
	if errors.Is(err, settings.ErrNotFound) {
		return found, errStranger
	}
	return found, err
}
