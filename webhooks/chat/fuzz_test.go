package chat

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/gateway/visitors"
	"ringback/webhooks/web/limit"
)

// FuzzBodies: whatever JSON a browser sends is refused with a 4xx, or is a message that
// can be stored. A database that is asked is away, which is the one 503.
func FuzzBodies(f *testing.F) {
	gin.SetMode(gin.TestMode)
	for _, body := range []string{
		`{"id":"message-1","text":"Hello"}`, `{"id":"message-1","text":"a\u0000b"}`, `{"id":"message-1","text":"\ud800"}`, `{"ID":"message-1","tExt":"x","text":null}`,
		`{"id":"message-1","files":["11111111-1111-7111-8111-111111111111"]}`, `{"id":"message-1","files":["x"]}`, `{"id":"message-1","name":"Joe","phone":"+13125550142","text":"Hi"}`,
		`{"identity":"a.b.c"}`, `{"identity":{"a":[]}}`, `{"identity":null}`, `{"seq":9223372036854775807}`, `{"seq":-1}`, `{"seq":1e400}`, `{}{}`, `null`, `[`, ``,
		strings.Repeat(`[`, 20_000), `{"id":"` + strings.Repeat("a", bodyLimit) + `"}`,
	} {
		f.Add(body)
	}
	away, err := sqlx.Open("postgres", "host=127.0.0.1 port=1 sslmode=disable connect_timeout=1")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for name, do := range map[string]func(*doors, *visit) error{
			"write": func(_ *doors, v *visit) error { return v.write() }, "ticket": func(_ *doors, v *visit) error { return v.ticket() },
			"read": func(_ *doors, v *visit) error { return v.read() }, "visitors": (*doors).createVisitor,
		} {
			var told []channels.Event
			d := &doors{book: limit.New(), Config: Config{
				DB: away, Clock: clocktest.Stopped(t), Log: slog.New(slog.DiscardHandler),
				Secrets: func(context.Context, string, string) ([][]byte, error) { return nil, nil },
				Receive: func(_ context.Context, events []channels.Event) error { told = append(told, events...); return nil },
			}}
			answer := httptest.NewRecorder()
			g, _ := gin.CreateTestContext(answer)
			g.Request = httptest.NewRequest(http.MethodPost, "/chat/v1/site/"+name, strings.NewReader(body))
			v := &visit{doors: d, g: g, visitor: visitors.Visitor{ID: "v_1", Blocked: true}}
			err := do(d, v)
			var r refused
			if err != nil {
				v.fail(err)
			}
			g.Writer.WriteHeaderNow()
			switch status := answer.Code; {
			case status == http.StatusServiceUnavailable && !errors.As(err, &r) && len(told) == 0 && name != "ticket":
			case status >= 400 && status < 500 && err != nil && len(told) == 0:
			case status < 300 && err == nil && (name == "ticket" || len(told) == 1):
			default:
				t.Fatalf("%s: %d, %v, %d events", name, status, err, len(told))
			}
			for _, e := range told {
				if text := e.Message.Text + e.ProviderID; !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(e.Message.Text) > textLimit {
					t.Errorf("%+v cannot be stored", e)
				}
			}
		}
	})
}
