package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"ringback/channels/simulator/loopback"
)

// replica is a process of the real program.
type replica struct {
	process
	address, data string
}

func newReplica(dir string, n int, binary string, env []string) (*replica, error) {
	addresses, err := loopback.Addresses(1)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("r%d", n)
	r := &replica{address: addresses[0], data: filepath.Join(dir, name)}
	r.process = process{name: name, log: filepath.Join(dir, name+".log"), binary: binary, args: []string{"serve"}}
	r.env = append(append([]string{}, env...), "LISTEN="+addresses[0], "RINGBACK_DATA_DIR="+r.data, "PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"))
	return r, os.MkdirAll(r.data, 0o755)
}

func (r *replica) url() string { return "http://" + r.address }

// end is SIGTERM, and an error when it does not end as it should. One that has only
// just been started, and listens neither to signals nor to anybody, ends at once.
// Nothing, if it does not run.
func (r *replica) end() error {
	if r.cmd == nil {
		return nil
	}
	conn, unheard := net.Dial("tcp", r.address)
	if unheard == nil {
		_ = conn.Close()
	}
	r.sent.Store(true)
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	err := <-r.gone
	r.cmd = nil
	if err != nil && unheard == nil {
		return fmt.Errorf("%s was asked to end: %w", r.name, err)
	}
	return nil
}

// hasBegun reports whether a start has come to its end on its disk: the accounts are known
// from then on. Until then one that does not reach Postgres ends, and says so.
func (r *replica) hasBegun() bool {
	_, err := os.Stat(filepath.Join(r.data, "spool", "accounts"))
	return err == nil
}
