package mcp

import (
	"net/http"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"ringback/cmd/client"
)

// Handler answers over HTTP, each request with the key that it brings as a bearer.
// Nothing is kept between two of them. Pages of other origins, and names of this
// machine that somebody else's DNS made up, are refused.
func Handler(c Config, gateway string) http.Handler {
	streams := mcp.NewStreamableHTTPHandler(func(r *http.Request) *mcp.Server {
		key, _ := bearer(r)
		return New(c, client.Gateway{URL: gateway, Key: key})
	}, &mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true, MaxRequestBodyBytes: 1 << 20})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host && origin != "https://"+r.Host {
			http.Error(w, "another site's page sent this", http.StatusForbidden)
			return
		}
		if _, is := bearer(r); !is {
			w.Header().Set("WWW-Authenticate", `Bearer realm="ringback"`)
			http.Error(w, "send the header Authorization: Bearer with an API key", http.StatusUnauthorized)
			return
		}
		streams.ServeHTTP(w, r)
	})
}

func bearer(r *http.Request) (key string, is bool) {
	key, is = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return key, is && key != ""
}
