package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/loopback"
	"ringback/cmd/app"
)

// read asks for a page as it is, and returns its status and its text.
func read(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	for n := 0; n+1 < len(header); n += 2 {
		request.Header.Set(header[n], header[n+1])
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(body)
}

// TestMetricsSayWhatHappened: a text after closing, told twice, and its reply.
func TestMetricsSayWhatHappened(t *testing.T) {
	w := newWorld(t)
	w.Clock.Stop(time.Date(2026, 6, 6, 22, 0, 0, 0, time.UTC)) // a Saturday
	w.text("+13125550142", "Is anybody there?")
	w.settle()
	status, text := read(t, w.URL()+"/metrics")
	require.Equal(t, http.StatusOK, status)
	for _, line := range []string{
		`ringback_webhooks_total{kind="messages",provider="twilio",status="200"} 2`,
		`ringback_decisions_total{automation="after_hours_text",outcome="sent",reason="sent"} 1`,
		`ringback_deliveries_total{channel="sms",code="",state="sending"} 1`,
		`ringback_deliveries_total{channel="sms",code="",state="delivered"} 1`,
		`ringback_send_seconds_count{provider="twilio",result="taken"} 1`,
		`ringback_due_oldest_seconds{queue="deliveries"} 0`,
		`ringback_sender_paused 0`,
		`ringback_database_up 1`,
		`ringback_database_connections{pool="doors",state="allowed"} 2`,
		`ringback_database_connections{pool="numbers",state="allowed"} 2`,
		`ringback_database_connections{pool="watch",state="allowed"} 2`,
	} {
		require.Contains(t, text, line+"\n")
	}
	require.NotContains(t, text, "5550142")

	problems, err := promlint.New(strings.NewReader(text)).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
	require.LessOrEqual(t, strings.Count(text, "# TYPE "), 60)

	// What rules, dashboard and docs speak of is there.
	for _, file := range []string{"monitoring.md", "monitoring/alerts.yml", "monitoring/dashboard.json"} {
		said, err := os.ReadFile("../../docs/" + file)
		require.NoError(t, err)
		for _, name := range regexp.MustCompile(`ringback_[a-z_]+`).FindAllString(string(said), -1) {
			if name != "ringback_warnings" { // there is none
				require.Contains(t, text, "# TYPE "+strings.TrimSuffix(name, "_bucket")+" ", file)
			}
		}
	}
}

// TestMetricsAreNotForEverybody: what comes by a proxy may come from anywhere.
func TestMetricsAreNotForEverybody(t *testing.T) {
	w := newWorld(t)
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"} {
		status, _ := read(t, w.URL()+"/metrics", header, "203.0.113.7")
		require.Equal(t, http.StatusNotFound, status, header)
	}
	status, _ := read(t, w.URL()+"/health")
	require.Equal(t, http.StatusNotFound, status)
}

// TestTheOperatorHasAnAddressOfTheirOwn: with ADMIN_LISTEN the doors know of no
// metrics, and the other address says how everything is.
func TestTheOperatorHasAnAddressOfTheirOwn(t *testing.T) {
	addresses, err := loopback.Addresses(1)
	require.NoError(t, err)
	admin := addresses[0]
	w := newWorld(t, func(c *app.Config) { c.AdminListen = admin })
	status, _ := read(t, w.URL()+"/metrics")
	require.Equal(t, http.StatusNotFound, status)
	status, text := read(t, "http://"+admin+"/metrics")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "ringback_database_up 1\n")
	for _, path := range []string{"/livez", "/readyz", "/debug/pprof/"} {
		status, _ = read(t, "http://"+admin+path)
		require.Equal(t, http.StatusOK, status, path)
	}

	ask := func() (int, []string) {
		var told struct {
			Findings []struct{ Code, Severity, What string }
		}
		status, text := read(t, "http://"+admin+"/health")
		require.NoError(t, json.Unmarshal([]byte(text), &told), text)
		var codes []string
		for _, f := range told.Findings {
			codes = append(codes, f.Code+" "+f.Severity)
		}
		return status, codes
	}
	status, codes := ask()
	require.Equal(t, http.StatusOK, status, codes)
	require.Empty(t, codes)
	_, err = w.DB.Exec(`update senders set paused_at = now()`)
	require.NoError(t, err)
	status, codes = ask()
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, []string{"senders_paused critical"}, codes)
}
