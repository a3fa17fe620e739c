package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
)

// health is what of a server's /varz we need to know.
type health struct {
	Name      string `json:"server_name"`
	Version   string `json:"version"`
	JetStream struct {
		Config *struct {
			SyncAlways bool `json:"sync_always"`
		} `json:"config"`
	} `json:"jetstream"`
}

// fault says what keeps a server from being used; nil: nothing.
func (h health) fault() error {
	number := regexp.MustCompile(`^(\d+)\.(\d+)\.`).FindStringSubmatch(h.Version)
	var major, minor int
	if number != nil {
		major, _ = strconv.Atoi(number[1])
		minor, _ = strconv.Atoi(number[2])
	}
	switch {
	case major < 2 || major == 2 && minor < 15:
		return fmt.Errorf("its version is %q, and a spool needs 2.15 or newer", h.Version)
	case h.JetStream.Config == nil:
		return errors.New("JetStream is not switched on there")
	case !h.JetStream.Config.SyncAlways:
		return errors.New("it acknowledges before its disk has anything, and a power cut would lose that: set jetstream { sync_interval: always }")
	}
	return nil
}

// check asks the servers' monitoring addresses how they keep what they acknowledge, and
// returns the names of those that do it well. One may be away; one that is wrong may not.
func check(ctx context.Context, at Address, log *slog.Logger) (safe map[string]bool, err error) {
	safe = map[string]bool{}
	for _, monitor := range at.Monitors {
		h, err := ask(ctx, monitor)
		if err != nil {
			log.Warn("a NATS server of the spool cannot be asked how it keeps things", "monitor", monitor, "error", err)
			continue
		}
		if err := h.fault(); err != nil {
			return nil, refuse("the NATS server %s (%s): %w", h.Name, monitor, err)
		}
		safe[h.Name] = true
	}
	if len(safe) < copies-1 {
		return nil, fmt.Errorf("of the monitoring addresses %v of the NATS servers %d answer, and two have to: start them with http_port: 8222, or name other addresses with ?monitor=", at.Monitors, len(safe))
	}
	return safe, nil
}

func ask(ctx context.Context, monitor string) (health, error) {
	var h health
	ctx, cancel := context.WithTimeout(ctx, answers)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, monitor+"/varz", nil)
	if err != nil {
		return h, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return h, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return h, fmt.Errorf("it answers %s", answer.Status)
	}
	return h, json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&h)
}
