package e2e

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator"
	"ringback/channels/simulator/meta"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/app/apptest"
	"ringback/gateway"
	"ringback/settings"
	"ringback/settings/automations"
)

const (
	accountSID = "AC00000000000000000000000000000001"
	authToken  = "an auth token for tests"
	ours       = "+13125550100"
)

// world is a running Ringback, the provider it talks to, and one team: Green
// Valley's Service, open Monday to Friday from 8 to 17 in Chicago.
type world struct {
	*app.App
	t      *testing.T
	config app.Config
	sim    *twilio.Simulator
	graph  *meta.Simulator
	team   settings.Team
	stop   func()         // stops the App
	beside []*app.App     // further replicas that run
	read   map[string]int // how much of each customer's inbox the story has accounted for
}

// settled bounds how long a story waits for the gateway to finish, on a machine
// that is busy with something else.
const settled = 2 * time.Minute

func newWorld(t *testing.T, changes ...func(*app.Config)) *world {
	t.Helper()
	ctx := t.Context()
	w := &world{t: t, read: map[string]int{}}
	// The clock stands before everything that is played: workers that have
	// read a later time would take what is due then for long overdue.
	stopped := clocktest.StoppedAt(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	d := apptest.Database(t)
	w.config = app.Config{
		Listen: "127.0.0.1:0", Database: d, DatabaseURL: d.DSN(), DatabaseConnections: apptest.Connections, TwilioAccount: accountSID, TwilioToken: authToken,
		LogLevel: "info", LogFormat: "text", BootstrapKey: bootstrapKey, Clock: stopped, MediaURL: "file://" + t.TempDir(),
		DataDir: t.TempDir(), SpoolAfter: settled, // what comes goes to Postgres, however busy the machine is
		FastTimeout: settled, // a caller hears what the database says, however busy the machine is
	}
	w.sim = twilio.New(twilio.Config{AccountSID: accountSID, AuthToken: authToken, Numbers: append(tableNumbers(), ours, sampled, "whatsapp:"+sampled, "whatsapp:"+oursOnWhatsApp), Twice: true})
	w.config.TwilioBaseURL = plays(t, w.sim)
	w.graph = meta.New(meta.Config{AppSecret: appSecret, AccessToken: graphToken, Number: ourNumberID, Templates: approved, Clock: stopped, Twice: true})
	w.config.MetaBaseURL, w.config.MetaSecret, w.config.MetaVerifyToken, w.config.MetaToken = plays(t, w.graph), appSecret, verifyToken, graphToken
	for _, change := range changes {
		change(&w.config)
	}
	if w.config.DatabaseURL != d.DSN() || w.config.DatabaseConnections != apptest.Connections {
		w.config.Database = nil // the story cuts its connections off, or needs more of them
	}
	w.App, w.stop = w.start()
	var err error
	w.team, err = settings.CreateTeam(ctx, w.DB.DB, w.Company.ID, "test", newTeam())
	require.NoError(t, err)
	_, err = settings.RenameCompany(ctx, w.DB.DB, w.Company.ID, "test", "Green Valley")
	require.NoError(t, err)
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Address: ours})
		return err
	})
	w.change(automations.AfterHoursText, func(s *automations.Setting) { s.Enabled = true })
	return w
}

// plays starts a provider until the test is over, and returns its URL.
func plays(t *testing.T, p simulator.Provider) string {
	t.Helper()
	var played simulator.World
	url, err := played.Start(p)
	require.NoError(t, err)
	t.Cleanup(played.Close)
	return url
}

// replica starts one more gateway on the same database and provider.
func (w *world) replica() *app.App {
	w.t.Helper()
	a, _ := w.replicaThatEnds()
	return a
}

// replicaThatEnds is replica that can be stopped before the test is over.
func (w *world) replicaThatEnds() (*app.App, func()) {
	w.t.Helper()
	a, end := w.start()
	w.beside = append(w.beside, a)
	return a, func() {
		w.beside = slices.DeleteFunc(w.beside, func(b *app.App) bool { return b == a })
		end()
	}
}

// start starts a gateway on the story's database.
func (w *world) start() (*app.App, func()) {
	w.t.Helper()
	a, err := app.New(w.t.Context(), w.config, slog.New(slog.NewTextHandler(testLog{w.t}, nil)))
	require.NoError(w.t, err)
	serving, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Serve(serving) }()
	end := sync.OnceFunc(func() {
		stop()
		require.NoError(w.t, <-done)
	})
	w.t.Cleanup(end)
	return a, end
}

func newTeam() settings.Team {
	team := settings.NewTeam()
	team.Name, team.DisplayName, team.TimeZone, team.Language = "Service", "Service", "America/Chicago", "en"
	team.AllowedCountries = pq.StringArray{} // customers of the stories are everywhere
	return team
}

func (w *world) edit(change func(*settings.Edit) error) {
	w.t.Helper()
	_, err := settings.EditTeam(w.t.Context(), w.DB.DB, w.Company.ID, w.team.ID, "test", change)
	require.NoError(w.t, err)
}

// change saves one automation's setting.
func (w *world) change(key string, change func(*automations.Setting)) {
	w.t.Helper()
	w.edit(func(e *settings.Edit) error {
		all, err := e.Automations(w.t.Context())
		if err != nil {
			return err
		}
		for i := range all {
			if all[i].Key == key {
				change(&all[i])
			}
		}
		return e.SaveAutomations(w.t.Context(), all)
	})
}

// door is where the provider brings customers' messages.
func (w *world) door() string { return w.PublicURL() + "/webhooks/twilio/messages" }

// text lets a customer write, twice as providers do, and expects both thanked.
func (w *world) text(from, body string) {
	w.t.Helper()
	answer, err := w.sim.Text(w.t.Context(), w.door(), from, ours, body)
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, answer.Status, answer.Body)
	require.Equal(w.t, http.StatusOK, answer.Second.Status, answer.Second.Body)
}

// settle waits until nothing is due, with all the provider's callbacks made.
func (w *world) settle() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), settled)
	defer cancel()
	for {
		w.drain(ctx)
		made, err := w.sim.Deliver(ctx)
		require.NoError(w.t, err)
		told, err := w.graph.Deliver(ctx, w.graphDoor())
		require.NoError(w.t, err)
		if len(made)+told == 0 {
			return
		}
	}
}

// resume makes due what the database's trouble kept from being handled, such as a statement
// that took too long on a busy machine, with what waits behind it.
const resume = `
update events set due_at = $1 where handled_at is null and due_at > $1
	and due_at <= (select max(due_at) from events where handled_at is null and fault is not null and attempts = 0)`

// drain waits until the gateway has nothing due at the story's time. What was put off for
// the database's trouble is no part of the story: it goes on at once.
func (w *world) drain(ctx context.Context) {
	w.t.Helper()
	var beside []*gateway.Gateway
	for _, a := range w.beside {
		beside = append(beside, a.Gateway)
	}
	for {
		require.NoError(w.t, w.Gateway.Idle(ctx, beside...))
		resumed, err := w.DB.ExecContext(ctx, resume, w.Clock.Now())
		require.NoError(w.t, err)
		if n, err := resumed.RowsAffected(); err != nil || n == 0 {
			require.NoError(w.t, err)
			return
		}
	}
}

// testLog writes the gateway's log beside the test's own.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Logf("%s", line[:max(0, len(line)-1)])
	return len(line), nil
}

var _ io.Writer = testLog{}
