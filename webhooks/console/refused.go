package console

import "ringback/webhooks/api"

// problem is an error as the API would answer it, in the reader's language.
func (v *View) problem(err error) *api.Problem {
	return api.ProblemOf(api.InLanguage(v.ctx(), v.Words.Tag), v.Path, err)
}
