package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings/staff"
)

// links are open to everybody: their token is what lets somebody in.
func (r routes) links(api huma.API) {
	get := Op("get-link", http.MethodGet, "/links/{token}", http.StatusOK, "Who a one-time link is for; does not use it up")
	get.Security = []map[string][]string{}
	huma.Register(api, get, r.getLink)
	use := Op("use-link", http.MethodPost, "/links/{token}", http.StatusNoContent,
		"Choose a password by a one-time link, which signs you in; of the first link, also name the company and yourself")
	use.Security = []map[string][]string{}
	use.Errors = append(use.Errors, http.StatusTooManyRequests)
	huma.Register(api, use, r.useLink)
	ask := Op("ask-link", http.MethodPost, "/links", http.StatusAccepted,
		"Have a link to choose another password sent by e-mail; the answer is the same whether there is such an address or not")
	ask.Security = []map[string][]string{}
	ask.Errors = append(ask.Errors, http.StatusTooManyRequests)
	huma.Register(api, ask, r.askLink)
}

// LinkPath is the path of a one-time link.
type LinkPath struct {
	Token string `path:"token" maxLength:"100"`
}

func (r routes) getLink(ctx context.Context, in *LinkPath) (*Answer[staff.Invited], error) {
	return Answered(r.gate.Invited(ctx, in.Token))
}

type askLink struct {
	Visit
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}

func (r routes) askLink(_ context.Context, in *askLink) (*Nothing, error) {
	return nil, refused(r.gate.Forgot(in.r, in.Body.Email))
}

type useLink struct {
	LinkPath
	Visit
	Body struct {
		Password string `json:"password" doc:"10 to 200 characters, none of the commonest"`
		Company  string `json:"company,omitempty" doc:"Of the first link: the company's name, as customers see it"`
		Name     string `json:"name,omitempty" doc:"Of the first link: yours"`
		Email    string `json:"email,omitempty" doc:"Of the first link: yours, to sign in with"`
	}
}

func (r routes) useLink(_ context.Context, in *useLink) (*withCookie, error) {
	cookie, err := r.gate.UseLink(in.r, in.Token,
		staff.First{Company: in.Body.Company, Name: in.Body.Name, Email: in.Body.Email, Password: in.Body.Password})
	if err != nil {
		return nil, refused(err)
	}
	return &withCookie{*cookie}, nil
}
