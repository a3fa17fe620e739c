package audit

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/simulator/twilio"
)

// Place is where the work is done whose end is waited for.
type Place struct {
	DB       *sqlx.DB
	Messages func() []twilio.Message // all that the provider took
	Gateways map[string]string       // where each answers, by its name
}

// Rest waits until all is done: the provider has told the end of every message, no spool
// holds anything, and nothing is due. It says what was left when the context ended.
func (p Place) Rest(ctx context.Context) (left string, err error) {
	for {
		for left = p.underWay(ctx); left != ""; left = p.underWay(ctx) {
			if ctx.Err() != nil {
				return left, nil
			}
			select {
			case <-ctx.Done():
			case <-time.After(300 * time.Millisecond):
			}
		}
		switch due, err := Settled(ctx, p.DB); {
		case err != nil:
			return "", err
		case due > 0:
			return fmt.Sprintf("%d things are left to do", due), nil
		case p.underWay(ctx) == "": // what was told meanwhile may have begun something
			return "", nil
		}
	}
}

// underWay says what the tables do not show yet.
func (p Place) underWay(ctx context.Context) string {
	for _, m := range p.Messages() {
		if m.Status != "delivered" {
			return "the provider has not told the end of " + m.SID
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Gateways)) {
		switch held, err := spooled(ctx, p.Gateways[name]); {
		case err != nil:
			return fmt.Sprintf("%s does not say what its spool holds: %v", name, err)
		case held > 0:
			return fmt.Sprintf("the spool of %s holds %.0f events", name, held)
		}
	}
	return ""
}

// spooled is how many events the spool of the gateway at an address holds, as its
// metrics say.
func spooled(ctx context.Context, address string) (float64, error) {
	const name = "ringback_spool_events "
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/metrics", http.NoBody)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if held, is := strings.CutPrefix(lines.Text(), name); is {
			return strconv.ParseFloat(held, 64)
		}
	}
	return 0, fmt.Errorf("its metrics (%s) have no %s", answer.Status, strings.TrimSpace(name))
}
