package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// machine is a network namespace and what runs in it.
type machine struct {
	name, address string
	dir           string // its disk
	gateway       *process
	etcd, patroni *process
	bed           *bed
}

// process is one that is started again and again.
type process struct {
	in   string // the namespace
	as   string // the account, empty: root
	log  string
	env  []string
	args []string
	cmd  *exec.Cmd
	gone chan struct{}
}

func (p *process) start() error {
	out, err := os.OpenFile(p.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) //nolint:gosec // others look at it
	if err != nil {
		return err
	}
	defer out.Close()
	args := []string{"netns", "exec", p.in}
	if p.as != "" {
		args = append(args, "setpriv", "--reuid="+p.as, "--regid="+p.as, "--init-groups")
	}
	p.cmd = exec.Command("ip", append(args, p.args...)...) //nolint:gosec // all of it is ours
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = p.env, out, out, "/"
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us, and we end them
	if err := p.cmd.Start(); err != nil {
		return err
	}
	gone, cmd := make(chan struct{}), p.cmd
	p.gone = gone
	go func() { _ = cmd.Wait(); close(gone) }()
	return nil
}

// signal reaches the process itself: ip and setpriv become what they start.
func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.gone
}

func (p *process) end() {
	p.signal(syscall.SIGTERM)
	<-p.gone
}

func environment(more ...string) []string {
	return append([]string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/"}, more...)
}

// configure writes the files of docs/install for this machine, and says how its
// processes are started.
func (m *machine) configure(source, binary string, gateway []string) error {
	for _, dir := range []string{m.dir, m.path("etcd"), m.path("gateway"), m.path("postgres"), m.path("socket")} {
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // other accounts pass through
			return err
		}
	}
	for _, dir := range []string{"postgres", "socket"} {
		if out, err := exec.Command("chown", "postgres:postgres", m.path(dir)).CombinedOutput(); err != nil { //nolint:gosec // ours
			return fmt.Errorf("%w: %s", err, out)
		}
	}
	for _, name := range []string{"config.yml", "etcd"} {
		text, err := os.ReadFile(filepath.Join(source, "patroni", name)) //nolint:gosec // of this repository
		if err != nil {
			return err
		}
		if err := os.WriteFile(m.path(name+".conf"), []byte(m.fit(string(text))), 0o644); err != nil { //nolint:gosec // passwords of a game
			return err
		}
	}
	settings, err := os.ReadFile(m.path("etcd.conf"))
	if err != nil {
		return err
	}
	etcd := environment()
	for line := range strings.Lines(string(settings)) {
		if strings.HasPrefix(line, "ETCD_") {
			etcd = append(etcd, strings.TrimSpace(line))
		}
	}
	m.etcd = &process{in: m.ns(), log: m.path("etcd.log"), env: etcd, args: []string{"etcd"}}
	m.patroni = &process{in: m.ns(), as: "postgres", log: m.path("patroni.log"), env: environment(), args: []string{"patroni", m.path("config.yml.conf")}}
	m.gateway = &process{in: m.ns(), log: m.path("gateway.log"), env: environment(append(gateway, "RINGBACK_DATA_DIR="+m.path("gateway"))...), args: []string{binary, "serve"}}
	return nil
}

func (m *machine) ns() string              { return prefix + m.name }
func (m *machine) path(name string) string { return filepath.Join(m.dir, name) }
func (m *machine) postgresData() string    { return m.path("postgres/data") }

// fit makes a file of machine one in docs/install one of this machine's: its name, its
// address where one stands alone, and folders of its own.
func (m *machine) fit(text string) string {
	var out strings.Builder
	folders := strings.NewReplacer("/var/lib/postgresql/15/ringback", m.postgresData(), "/var/lib/postgresql", m.path("postgres"),
		"/var/run/postgresql", m.path("socket"), "/var/lib/etcd/default", m.path("etcd"), "mode: automatic", "mode: off")
	for line := range strings.Lines(text) {
		if strings.Count(line, "10.0.0.") == 1 {
			line = strings.ReplaceAll(line, "10.0.0.1", m.address)
		}
		if strings.HasPrefix(line, "name: ") || strings.HasPrefix(line, "ETCD_NAME=") {
			line = strings.ReplaceAll(line, "one", m.name)
		}
		line = strings.ReplaceAll(line, "10.0.0.", network)
		out.WriteString(folders.Replace(line))
	}
	return out.String()
}

// postmaster is Postgres's first process, 0 without one.
func (m *machine) postmaster() int {
	text, err := os.ReadFile(filepath.Join(m.postgresData(), "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, _ := strconv.Atoi(first)
	return pid
}

// pids are all processes of the machine's with this name; empty: all.
func (m *machine) pids(name string) []int {
	out, _ := exec.Command("ip", "netns", "pids", m.ns()).Output() //nolint:gosec // ours
	var pids []int
	for word := range strings.FieldsSeq(string(out)) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			continue
		}
		is, _ := os.ReadFile("/proc/" + word + "/comm")
		if name == "" || strings.TrimSpace(string(is)) == name {
			pids = append(pids, pid)
		}
	}
	return pids
}

// signal is sent to all processes of that name.
func (m *machine) signal(name string, s syscall.Signal) {
	for _, pid := range m.pids(name) {
		_ = syscall.Kill(pid, s)
	}
}

// signalTitled is sent to those of Postgres's processes that say they do this.
func (m *machine) signalTitled(title string, s syscall.Signal) {
	for _, pid := range m.pids("postgres") {
		if is, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); strings.Contains(string(is), title) {
			_ = syscall.Kill(pid, s)
		}
	}
}

// plug puts the machine's cable in, or pulls it.
func (m *machine) plug(in bool) error {
	state := "down"
	if in {
		state = "up"
	}
	return ip("link", "set", m.wire(), state)
}

func (m *machine) wire() string { return prefix + m.name }

// slow has what goes to the machine and what comes from it pass at some kilobits a
// second, until it is let go.
func (m *machine) slow(yes bool) error {
	if !yes {
		return exec.Command("tc", "qdisc", "del", "dev", m.wire(), "root").Run() //nolint:gosec // ours
	}
	out, err := exec.Command("tc", "qdisc", "add", "dev", m.wire(), "root", "tbf", "rate", "1mbit", "burst", "8kb", "latency", "300ms").CombinedOutput() //nolint:gosec // ours
	if err != nil {
		return fmt.Errorf("tc: %w: %s", err, out)
	}
	return nil
}

func ip(args ...string) error {
	out, err := exec.Command("ip", args...).CombinedOutput() //nolint:gosec // ours
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}
