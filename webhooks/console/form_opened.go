package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// formOpened leads whoever opens the address of a form by itself, as by pressing Enter in
// the bar after one that was refused, to the page that shows it.
func formOpened(path string) gin.HandlerFunc {
	leads := strings.Split(shownAt(path), "/")
	return func(g *gin.Context) {
		filled := slices.Clone(leads)
		for i, part := range filled {
			if name, is := strings.CutPrefix(part, ":"); is {
				filled[i] = url.PathEscape(g.Param(name))
			}
		}
		g.Header("Cache-Control", "no-store")
		g.Redirect(http.StatusSeeOther, strings.Join(filled, "/"))
	}
}

// shownAt is the page with a form that has no page at its own address: the one for what
// is new there, or the nearest above it, or the first of the same entry of the rail.
func shownAt(path string) string {
	nav, above, first := "", "", ""
	for _, p := range pages {
		if p.path == path {
			nav = p.nav
		}
	}
	for _, p := range pages {
		switch {
		case p.method != http.MethodGet:
		case p.path == path+"/new":
			return p.path
		case p.nav != nav:
		case strings.HasPrefix(path, p.path+"/"):
			above = longer(above, p.path)
		default:
			first = cmp.Or(first, p.path)
		}
	}
	return cmp.Or(above, first)
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}
