// Package api is the whole HTTP API below /api/v1: what teams choose and what
// happened. Its routes are described in code, and openapi.json is drawn from that.
//
// The hard decision: a route decides nothing. It reads a body over what is
// stored (JSON.Onto), calls one function of settings or gateway and answers
// what that returns; routes return the errors of the packages they call, and
// one function (problem) turns them into problem+json, so none can leak one.
package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/mail"
	"ringback/gateway/inbox"
	"ringback/gateway/outboundhooks"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks/web/limit"
	"ringback/webhooks/web/session"
)

// Config is what the routes stand on.
type Config struct {
	DB        *sqlx.DB
	Clock     *clock.Clock
	Vault     *settings.Vault
	Bootstrap string // RINGBACK_BOOTSTRAP_KEY; empty: there is none
	Company   string // id of the company that owns the bootstrap key and the environment's account
	Hooks     *outboundhooks.Dispatcher
	Inbox     inbox.Desk // what people do with what happened
	// Templates lists those of a WhatsApp sender's business at Meta; nil: nobody can.
	Templates func(ctx context.Context, sender settings.Sender) ([]channels.Approval, error)
	// ServerURL is what openapi.json names; empty: where it was fetched from.
	ServerURL string
	// PublicURL is where browsers and customers reach us at this moment.
	PublicURL func() string
	Identity  staff.Identity // the company's identity provider
	Mail      *mail.Server   // writes to the staff; nil: nothing does
	// Asked is who asked for what is counted how often, with the console's; nil: the API's alone.
	Asked *limit.Limiter
}

type routes struct {
	Config
	gate session.Gate
}

// Mount serves the API and its openapi.json from the engine. What it returns
// describes the routes.
func Mount(engine *gin.Engine, c Config) huma.API {
	if c.PublicURL == nil {
		c.PublicURL = func() string { return "" }
	}
	if c.Asked == nil {
		c.Asked = limit.New()
	}
	Speak()
	config := huma.DefaultConfig("Ringback", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", "" // served below
	config.CreateHooks = nil                                             // no $schema in answers
	config.RejectUnknownQueryParameters = true                           // a mistyped filter would show everything
	config.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	for described, by := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[inbox.Amount](): reflect.TypeFor[amount](), reflect.TypeFor[inbox.Rating](): reflect.TypeFor[rating](),
		reflect.TypeFor[inbox.Template](): reflect.TypeFor[template](),
	} {
		config.Components.Schemas.RegisterTypeAlias(described, by)
	}
	if c.ServerURL != "" {
		config.Servers = []*huma.Server{{URL: c.ServerURL}}
	}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer"},
		"session": {Type: "apiKey", In: "cookie", Name: "ringback_session", Description: "Of people who signed in; over https its name begins with __Host-"},
	}
	config.Security = []map[string][]string{{"key": {}}, {"session": {}}}
	config.OnAddOperation = append(config.OnAddOperation, described, func(_ *huma.OpenAPI, op *huma.Operation) {
		op.Description = strings.TrimSpace(op.Description + "\n\n" + staff.Needs(op.OperationID))
	})
	api := humagin.New(engine, config)
	r := routes{c, session.Gate{Gate: staff.Gate{
		DB: c.DB, Bootstrap: c.Bootstrap, Company: c.Company, PublicURL: c.PublicURL, Identity: c.Identity, Key: c.Vault.Key, Mail: c.Mail,
	}}}
	api.UseMiddleware(r.authenticate(api), unmatched(api), storableQuery(api))

	r.session(api)
	r.sessions(api)
	r.secondFactor(api)
	r.company(api)
	r.teams(api)
	r.automations(api)
	r.schedules(api)
	r.holidays(api)
	r.senders(api)
	r.identityKeys(api)
	r.staff(api)
	r.keys(api)
	r.history(api)
	r.contacts(api)
	r.people(api)
	r.retention(api)
	r.audit(api)
	r.traffic(api)
	r.media(api)
	r.conversations(api)
	r.notes(api)
	r.callBacks(api)
	r.suggestions(api)
	r.firstSteps(api)
	r.replies(api)
	r.requests(api)
	r.ratings(api)
	r.dryRuns(api)
	r.reports(api)
	r.eventsOf(api)
	r.hooks(api)
	r.notices(api)
	r.happened(api)
	r.labels(api)
	engine.GET("/api/v1/openapi.json", openAPI(api))
	return api
}

// openAPI is open to everybody. It is drawn at the first request, when all
// routes are there.
func openAPI(api huma.API) gin.HandlerFunc {
	draw := sync.OnceValues(func() ([]byte, error) { return json.Marshal(api.OpenAPI()) })
	return func(c *gin.Context) {
		document, err := draw()
		if err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		c.Data(http.StatusOK, "application/openapi+json", document)
	}
}

// NotFound answers where there is no route, for gin's NoRoute.
func NotFound(c *gin.Context) {
	answer(c, NewProblem(http.StatusNotFound, "There is no such route. /api/v1/openapi.json lists them."))
}

// NotAllowed answers where a route has another method, for gin's NoMethod.
func NotAllowed(c *gin.Context) {
	answer(c, NewProblem(http.StatusMethodNotAllowed, "This route does not take "+c.Request.Method+"; the header Allow says what it takes."))
}

func answer(c *gin.Context, p *Problem) {
	c.Header("Content-Type", p.ContentType(""))
	c.AbortWithStatusJSON(p.Status, p)
}

// OfTeam is the path of what belongs to a team.
type OfTeam struct {
	Team string `path:"team" doc:"The team's id"`
}

// OneOfTeam is the path of one thing of a team.
type OneOfTeam struct {
	OfTeam
	ID string `path:"id"`
}

// OneOfCompany is the path of one thing of the whole company.
type OneOfCompany struct {
	ID string `path:"id"`
}

// edit runs a change of the team's settings in the name of who asks.
func (r routes) edit(ctx context.Context, teamID string, change func(*settings.Edit) error) (settings.Team, error) {
	p := caller(ctx)
	return settings.EditTeam(ctx, r.DB, p.CompanyID, teamID, p.Who, func(e *settings.Edit) error {
		e.Reaches, e.Vault = p.Reaches, r.Vault
		return change(e)
	})
}
