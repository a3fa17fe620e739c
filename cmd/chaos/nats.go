package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"ringback/channels/simulator/loopback"
	"ringback/cmd/chaos/wire"
)

// stream is where the replicas keep what they acknowledge, as SPOOL_URL has it unless
// somebody says otherwise.
const stream = "ringback-spool"

// natsPackage is the servers' program, of the version that go.mod names.
const natsPackage = "github.com/nats-io/nats-server/v2"

// natsServer is one of three that keep the stream, as docs/operations.md says that they
// are set. What clients say to it goes over a wire.
type natsServer struct {
	process
	client, monitor, peers string // where it is reached, by whom
	store                  string
	wire                   *wire.Wire
	routes                 []*wire.Wire // its own ways to the two others
}

// settings are a server's, in its own words. It does not advertise the others to clients,
// nor truly itself to the others: who heard of it from a third would leave the wires.
func (n *natsServer) settings() string {
	var routes []string
	for _, way := range n.routes {
		routes = append(routes, "nats://"+way.Address())
	}
	return fmt.Sprintf(`server_name: %s
listen: %q
http: %q
max_payload: 8MB
jetstream { store_dir: %q, sync_interval: always }
cluster { name: chaos, listen: %q, advertise: "127.0.0.1:1", no_advertise: true, routes: [%s] }
`, filepath.Base(n.store), n.client, n.monitor, n.store, n.peers, strings.Join(routes, ", "))
}

// startNATS runs three servers and returns when they have found each other.
func (s *stage) startNATS(ctx context.Context, binary string) error {
	if err := s.placeNATS(); err != nil {
		return err
	}
	for _, one := range s.nats {
		file := one.store + ".conf"
		if err := os.WriteFile(file, []byte(one.settings()), 0o600); err != nil {
			return err
		}
		one.process = process{name: filepath.Base(one.store), log: one.store + ".log", binary: binary, args: []string{"-c", file}, env: []string{"PATH=" + os.Getenv("PATH")}}
		if err := one.start(); err != nil {
			return err
		}
	}
	return s.untilNATS(ctx)
}

// placeNATS gives three servers their addresses, and the wires over which clients and the
// others reach them. None of them runs.
func (s *stage) placeNATS() error {
	for n := range 3 {
		addresses, err := loopback.Addresses(3)
		if err != nil {
			return err
		}
		one := &natsServer{store: filepath.Join(s.dir, fmt.Sprintf("n%d", n+1)), client: addresses[0], monitor: addresses[1], peers: addresses[2]}
		if one.wire, err = wire.New("tcp", one.client); err != nil {
			return err
		}
		s.nats = append(s.nats, one)
	}
	for _, one := range s.nats {
		for _, other := range s.nats {
			if one == other {
				continue
			}
			way, err := wire.New("tcp", other.peers)
			if err != nil {
				return err
			}
			one.routes = append(one.routes, way)
		}
	}
	return nil
}

// ways has something happen to all ways from a server to the others, and back.
func (s *stage) ways(one *natsServer, do func(*wire.Wire)) {
	for n, other := range s.nats {
		at := slices.Index(s.nats, one)
		switch {
		case n == at:
			for _, way := range one.routes {
				do(way)
			}
		case at < n: // a server has no way to itself
			do(other.routes[at])
		default:
			do(other.routes[at-1])
		}
	}
}

// spoolURL is the replicas' setting: the servers, each over its wire.
func (s *stage) spoolURL() string {
	var over, monitors []string
	for _, one := range s.nats {
		over, monitors = append(over, one.wire.Address()), append(monitors, "http://"+one.monitor)
	}
	return "nats://" + strings.Join(over, ",") + "?monitor=" + strings.Join(monitors, ",")
}

// untilNATS waits until each server has all that it keeps: another one may be lost then.
func (s *stage) untilNATS(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, one := range s.nats {
		for !one.well(ctx) {
			select {
			case <-ctx.Done():
				return fmt.Errorf("the NATS server %s does not have all that it keeps; its log is %s: %w", one.name, one.log, ctx.Err())
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
	return nil
}

// well reports whether a server follows its leaders and has all that they have.
func (n *natsServer) well(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.monitor+"/healthz", http.NoBody)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// leader is the server that leads the stream.
func (s *stage) leader(ctx context.Context) (*natsServer, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var all []string
	for _, one := range s.nats {
		all = append(all, "nats://"+one.client)
	}
	conn, err := nats.Connect(strings.Join(all, ","))
	if err != nil {
		return nil, fmt.Errorf("who leads the stream: %w", err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	kept, err := js.Stream(ctx, stream)
	if err != nil {
		return nil, fmt.Errorf("who leads the stream: %w", err)
	}
	for _, one := range s.nats {
		if one.name == kept.CachedInfo().Cluster.Leader {
			return one, nil
		}
	}
	return nil, fmt.Errorf("nobody leads the stream")
}
