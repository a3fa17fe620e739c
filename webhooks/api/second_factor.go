package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings/staff"
)

func (r routes) secondFactor(api huma.API) {
	const path = "/session/second-factor"
	huma.Register(api, Op("get-second-factor", http.MethodGet, path, http.StatusOK, "Your second factor"), r.getSecondFactor)
	huma.Register(api, Op("start-second-factor", http.MethodPost, path, http.StatusOK,
		"Make a secret for an authenticator app; it is in force once a code of it was confirmed"), r.startSecondFactor)
	confirm := Op("confirm-second-factor", http.MethodPost, path+"/confirm", http.StatusOK,
		"Put the app in force by a code of it; the recovery codes are shown this once")
	confirm.Errors = append(confirm.Errors, http.StatusTooManyRequests)
	huma.Register(api, confirm, r.confirmSecondFactor)
	huma.Register(api, Op("renew-recovery-codes", http.MethodPost, path+"/recovery-codes", http.StatusOK,
		"Make ten new recovery codes; those of before end"), r.renewRecoveryCodes)
	huma.Register(api, Op("remove-second-factor", http.MethodDelete, path, http.StatusNoContent, "Sign in without a second factor again"), r.removeSecondFactor)
	huma.Register(api, Op("reset-second-factor", http.MethodDelete, "/staff/{id}/second-factor", http.StatusNoContent,
		"Take away the second factor of somebody who has lost it; their sessions end"), r.resetSecondFactor)
}

func (r routes) getSecondFactor(ctx context.Context, _ *struct{}) (*Answer[staff.Codes], error) {
	return Answered(r.gate.Codes(ctx, caller(ctx)))
}

func (r routes) startSecondFactor(ctx context.Context, _ *struct{}) (*Answer[staff.NewApp], error) {
	return Answered(r.gate.StartCodes(ctx, caller(ctx)))
}

type codeBody struct {
	Visit
	Body struct {
		Code string `json:"code" maxLength:"100" doc:"Six digits of the app"`
	}
}

// recovery are codes that nobody can show again.
type recovery struct {
	Codes []string `json:"recovery_codes" nullable:"false" doc:"Each is good for one code, once"`
}

func (r routes) confirmSecondFactor(ctx context.Context, in *codeBody) (*Answer[recovery], error) {
	codes, err := r.gate.ConfirmCodes(in.r, caller(ctx), in.Body.Code)
	return Answered(recovery{codes}, refused(err))
}

func (r routes) renewRecoveryCodes(ctx context.Context, _ *struct{}) (*Answer[recovery], error) {
	codes, err := r.gate.RenewRecovery(ctx, caller(ctx))
	return Answered(recovery{codes}, err)
}

func (r routes) removeSecondFactor(ctx context.Context, _ *struct{}) (*Nothing, error) {
	return nil, r.gate.RemoveCodes(ctx, caller(ctx))
}

func (r routes) resetSecondFactor(ctx context.Context, in *OneOfCompany) (*Nothing, error) {
	return nil, r.gate.ResetCodes(ctx, caller(ctx), in.ID)
}
