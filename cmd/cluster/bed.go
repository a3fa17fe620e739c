package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/chaos/load"
)

// The machines' network. Namespaces and cables are called by the prefix, so that what
// a killed run left is found.
const (
	prefix  = "rb-"
	network = "10.77.0."
	bridge  = prefix + "net"
	outside = network + "254" // this program: customers, provider and auditor
	front   = "front"         // where HAProxy is
	entry   = "http://" + network + "10:8080"
)

const (
	account = "AC00000000000000000000000000000001"
	token   = "an auth token for the campaign"
	key     = "a bootstrap key for the campaign"
)

var names = []string{"one", "two", "three"}

// remembered is how many messages the provider keeps: all.
const remembered = 1 << 20

// bed is the cluster and the world around it.
type bed struct {
	dir      string
	machines []*machine
	haproxy  *process
	sim      *twilio.Simulator
	dsn      string
	db       *sqlx.DB // the auditor's and the customers'
	load     *load.Load
	teams    []load.Team
}

// sweep ends what an earlier run left, and only that: what is in our namespaces.
func sweep() {
	for _, name := range append([]string{front}, names...) {
		m := &machine{name: name}
		for tries := 0; tries < 20; tries++ {
			left := m.pids("")
			if len(left) == 0 {
				break
			}
			for _, pid := range left {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
			time.Sleep(50 * time.Millisecond)
		}
		_ = exec.Command("ip", "netns", "del", m.ns()).Run()  //nolint:gosec // ours
		_ = exec.Command("ip", "link", "del", m.wire()).Run() //nolint:gosec // ours
	}
	_ = exec.Command("ip", "link", "del", bridge).Run()
}

// wire builds the network: a bridge, and a namespace with a cable to it for each machine.
func wire(addresses map[string]string) error {
	steps := [][]string{{"link", "add", bridge, "type", "bridge"}, {"addr", "add", outside + "/24", "dev", bridge}, {"link", "set", bridge, "up"}}
	for name, address := range addresses {
		ns := prefix + name
		steps = append(steps, [][]string{
			{"netns", "add", ns},
			{"link", "add", ns, "type", "veth", "peer", "name", "eth0", "netns", ns},
			{"link", "set", ns, "master", bridge},
			{"link", "set", ns, "up"},
			{"-n", ns, "addr", "add", address + "/24", "dev", "eth0"},
			{"-n", ns, "link", "set", "eth0", "up"},
			{"-n", ns, "link", "set", "lo", "up"},
		}...)
	}
	for _, step := range steps {
		if err := ip(step...); err != nil {
			return err
		}
	}
	return nil
}

type options struct {
	dir, docs, binary string
	rate              float64
	seed              uint64
}

// setUp builds it all, ready for a load.
func setUp(ctx context.Context, o options) (*bed, error) {
	b := &bed{dir: o.dir}
	sweep()
	addresses := map[string]string{front: network + "10"}
	var hosts []string
	for n, name := range names {
		m := &machine{name: name, address: network + strconv.Itoa(n+1), dir: filepath.Join(o.dir, name), bed: b}
		addresses[name] = m.address
		b.machines, hosts = append(b.machines, m), append(hosts, m.address)
	}
	if err := wire(addresses); err != nil {
		return b, err
	}
	b.dsn = b.dsnOf(hosts...)
	b.teams = []load.Team{{Name: "Service", Number: "+13125550100"}, {Name: "Sales", Number: "+13125550101", Cap: 40}}
	b.sim = twilio.New(twilio.Config{
		AccountSID: account, AuthToken: token, Numbers: []string{b.teams[0].Number, b.teams[1].Number},
		OptOuts: twilio.OptOutsOff, Auto: true, CallbackDelay: 100 * time.Millisecond, Keep: remembered,
	})
	provider, err := b.sim.Listen(outside + ":0")
	if err != nil {
		return b, err
	}
	gateway := []string{
		"LISTEN=:8080", "PUBLIC_URL=" + entry, "TRUSTED_PROXIES=" + addresses[front], "DATABASE_URL=" + b.dsn, "DATABASE_CONNECTIONS=30",
		"TWILIO_ACCOUNT_SID=" + account, "TWILIO_AUTH_TOKEN=" + token, "TWILIO_BASE_URL=" + provider, "RINGBACK_BOOTSTRAP_KEY=" + key, "LOG_LEVEL=info",
		"RINGBACK_SECRET_KEY=" + base64.StdEncoding.EncodeToString([]byte("thirty-two bytes of a test's key")),
	}
	for _, m := range b.machines {
		if err := m.configure(o.docs, o.binary, gateway); err != nil {
			return b, err
		}
	}
	if err := b.startDatabase(ctx); err != nil {
		return b, err
	}
	if err := b.startGateways(ctx, o.docs); err != nil {
		return b, err
	}
	loaded, err := load.Setup(ctx, load.Config{
		Entry: entry, Key: key, Account: account, Token: token, Teams: b.teams, DB: b.db, Rate: o.rate, Seed: o.seed,
	})
	b.teams, b.load = loaded.Teams, load.New(loaded)
	return b, err
}

// dsnOf is where the database is, on these machines.
func (b *bed) dsnOf(hosts ...string) string {
	all := url.URL{Scheme: "postgres", User: url.UserPassword("ringback", "a-password"), Host: strings.Join(hosts, ","), Path: "/ringback"}
	return all.String() + "?target_session_attrs=read-write&sslmode=disable"
}

// startDatabase starts etcd and Patroni everywhere and makes the database, as
// docs/scale.md says.
func (b *bed) startDatabase(ctx context.Context) error {
	for _, m := range b.machines {
		if err := m.etcd.start(); err != nil {
			return err
		}
	}
	for _, m := range b.machines {
		if err := m.patroni.start(); err != nil {
			return err
		}
	}
	if err := b.untilHealthy(ctx, 2*time.Minute); err != nil {
		return err
	}
	admin, err := app.Connect(strings.Replace(strings.Replace(b.dsn, "ringback:a-password@", "postgres:a-password-of-the-superuser@", 1), "/ringback?", "/postgres?", 1))
	if err != nil {
		return err
	}
	defer admin.Close()
	for _, statement := range []string{`create role ringback login password 'a-password'`, `create database ringback owner ringback`} {
		if _, err := admin.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	b.db, err = app.Connect(b.dsn)
	if err == nil {
		b.db.SetMaxOpenConns(6)
	}
	return err
}

// startGateways starts one on each machine, and HAProxy with the documented file before
// them: only TLS and the addresses are others.
func (b *bed) startGateways(ctx context.Context, docs string) error {
	text, err := os.ReadFile(filepath.Join(docs, "haproxy.cfg")) //nolint:gosec // of this repository
	if err != nil {
		return err
	}
	var servers strings.Builder
	for _, m := range b.machines {
		if err := m.gateway.start(); err != nil {
			return err
		}
		fmt.Fprintf(&servers, "    server %s %s:8080\n", m.name, m.address)
	}
	config := strings.NewReplacer(
		"bind :443 ssl crt /etc/haproxy/texts.example.com.pem alpn h2,http/1.1", "bind :8080\n    http-response set-header X-Served-By %s",
		"X-Forwarded-Proto https", "X-Forwarded-Proto http",
		"    server one 127.0.0.1:8080\n", servers.String(),
		"log stderr format raw local0 notice", "log stderr format raw local0 info",
		"log global\n", "log global\n    option httplog\n",
	).Replace(string(text))
	file := filepath.Join(b.dir, "haproxy.cfg")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return err
	}
	b.haproxy = &process{in: prefix + front, log: filepath.Join(b.dir, "haproxy.log"), env: environment(), args: []string{"haproxy", "-W", "-db", "-f", file}}
	if err := b.haproxy.start(); err != nil {
		return err
	}
	return b.untilServing(ctx, time.Minute, b.machines...)
}

var errLate = errors.New("it took too long")

// until looks again and again.
func until(ctx context.Context, patience time.Duration, what string, look func(context.Context) bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if look(ctx) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, errors.Join(errLate, context.Cause(ctx)))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// close ends all of it.
func (b *bed) close() {
	if b.db != nil {
		_ = b.db.Close()
	}
	sweep()
	if b.sim != nil {
		b.sim.Close()
	}
}
