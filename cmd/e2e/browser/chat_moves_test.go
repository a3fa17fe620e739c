package browser

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/cmd/app"
	"ringback/cmd/demo"
	"ringback/settings"
)

// front is what stands before two replicas: each request goes to the next one.
type front struct {
	t        *testing.T
	config   app.Config
	db       *sqlx.DB
	replicas [2]atomic.Pointer[url.URL] // nil: it is gone
	stops    [2]func()
	turn     atomic.Int64
}

func (f *front) start(n int) {
	a, err := app.New(context.Background(), f.config, slog.New(slog.NewTextHandler(log{f.t}, nil)))
	if err != nil {
		f.t.Errorf("replica: %v", err)
		return
	}
	serving, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Serve(serving) }()
	f.stops[n] = sync.OnceFunc(func() {
		f.replicas[n].Store(nil)
		stop()
		if err := <-done; err != nil {
			f.t.Errorf("replica: %v", err)
		}
	})
	at, _ := url.Parse(a.URL())
	f.replicas[n].Store(at)
}

// control does to the replicas what the story asks for.
func (f *front) control(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/restart-first":
		f.stops[0]()
		f.start(0)
	case "/restart-second":
		f.stops[1]()
		f.start(1)
	case "/stop":
		f.stops[0]()
		f.stops[1]()
	case "/start":
		f.start(0)
		f.start(1)
	case "/said": // in their order
		said := []string{}
		if err := f.db.SelectContext(r.Context(), &said, `select text from messages where author <> 'automation' order by seq`); err != nil {
			f.t.Errorf("messages: %v", err)
		}
		_ = json.NewEncoder(w).Encode(map[string][]string{"said": said})
	default:
		http.NotFound(w, r)
	}
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for range f.replicas {
		if at := f.replicas[f.turn.Add(1)%2].Load(); at != nil {
			pass := httputil.NewSingleHostReverseProxy(at)
			pass.FlushInterval = -1
			pass.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) } // it went meanwhile
			pass.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
			pass.ServeHTTP(w, r)
			return
		}
	}
	panic(http.ErrAbortHandler) // hangs up, as where nobody is
}

func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// page is a site of its own on which the demo's chat may stand, with these scripts.
func page(t *testing.T, d *demo.Demo, team, scripts string) string {
	t.Helper()
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>A site</title><link rel="icon" href="data:,"><main><h1>A site</h1></main>` + scripts))
	}))
	_, err := settings.EditTeam(t.Context(), d.DB.DB, d.Company.ID, team, "test", func(e *settings.Edit) error {
		there, err := settings.ListSenders(t.Context(), d.DB.DB, d.Company.ID, team, "", 100)
		if err != nil {
			return err
		}
		for _, one := range there {
			if one.Address == demo.SiteKey {
				one.Settings.Origins = append(one.Settings.Origins, address)
				_, err = e.SaveSender(t.Context(), one)
			}
		}
		return err
	})
	require.NoError(t, err)
	return address
}

func TestChatMovesBetweenReplicas(t *testing.T) {
	t.Parallel()
	d := at(t, "2026-12-02T12:00:00-06:00")
	f := &front{t: t, config: d.Config, db: d.DB.DB}
	f.config.Listen, f.config.PublicURL = "127.0.0.1:0", d.PublicURL()
	for n := range f.replicas {
		f.start(n)
	}
	t.Cleanup(func() {
		for _, stop := range f.stops {
			stop()
		}
	})
	env := chatEnv(t, d)
	env["FRONT"], env["CONTROL"] = serve(t, f), serve(t, http.HandlerFunc(f.control))
	env["PAGE"] = page(t, d, env["TEAM"], `<script src="`+env["FRONT"]+`/chat/widget.js" data-key="`+demo.SiteKey+`" async></script>`)
	Run(t, "chat_moves.mjs", env)
	var visitors, said int
	require.NoError(t, d.DB.GetContext(t.Context(), &visitors, `select count(*) from visitors`))
	require.NoError(t, d.DB.GetContext(t.Context(), &said, `select count(*) from messages where text in ('One', 'Two', 'Three', 'Four', 'Five')`))
	require.Equal(t, []int{2, 5}, []int{visitors, said})
}
