package meta

import (
	"net/http"
	"slices"
	"strings"
)

// Business is a business account beside the fake's own in the same app: its token sees
// its own numbers, which the fake's own token sees as well.
type Business struct {
	ID, Token string
	Numbers   []string
}

// isOthers reports whether the token is one of another business's, and asks for what is
// its own.
func (m *Simulator) isOthers(r *http.Request) bool {
	_, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	id, what, _ := strings.Cut(path, "/")
	return r.Method == http.MethodGet && slices.ContainsFunc(m.config.Others, func(b Business) bool {
		own := id == b.ID && what == "phone_numbers" || what == "" && slices.Contains(b.Numbers, id)
		return own && r.Header.Get("Authorization") == "Bearer "+b.Token
	})
}

// hides reports whether the token is one of another business's, and asks for what is not
// its own: that is as if it were not there.
func (m *Simulator) hides(r *http.Request) bool {
	return !m.isOthers(r) && slices.ContainsFunc(m.config.Others, func(b Business) bool { return r.Header.Get("Authorization") == "Bearer "+b.Token })
}

func (m *Simulator) hasNumber(id string) bool {
	return id == m.config.Number || slices.ContainsFunc(m.config.Others, func(b Business) bool { return slices.Contains(b.Numbers, id) })
}

// phoneNumbers are those of a business account, to those whose token may see it.
func (m *Simulator) phoneNumbers(w http.ResponseWriter, r *http.Request) {
	id, all := r.PathValue("account"), []string{m.config.Number}
	other := slices.IndexFunc(m.config.Others, func(b Business) bool { return b.ID == id })
	switch {
	case other >= 0:
		all = m.config.Others[other].Numbers
	case m.config.Business != "" && m.config.Business != id:
		refuse(w, http.StatusBadRequest, 100, "Unsupported get request. Object with ID '"+id+"' does not exist, cannot be loaded due to missing permissions, or does not support this operation")
		return
	}
	found := []any{}
	for _, number := range all {
		found = append(found, map[string]any{"id": number})
	}
	answer(w, map[string]any{"data": found})
}
