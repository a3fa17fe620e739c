package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// replica is a process of the real program.
type replica struct {
	process
	address, data string
}

// freeAddress is one that nobody listens at.
func freeAddress() (string, error) {
	var at string
	release, err := reserve(&at)
	if err != nil {
		return "", err
	}
	release()
	return at, nil
}

// reserve finds addresses that nobody listens at, and sees to it that nobody does until
// they are released.
func reserve(all ...*string) (release func(), err error) {
	var held []net.Listener
	release = func() {
		for _, l := range held {
			_ = l.Close()
		}
	}
	for _, at := range all {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			release()
			return nil, err
		}
		held, *at = append(held, l), l.Addr().String()
	}
	return release, nil
}

func newReplica(dir string, n int, binary string, env []string) (*replica, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("r%d", n)
	r := &replica{address: address, data: filepath.Join(dir, name)}
	r.process = process{name: name, log: filepath.Join(dir, name+".log"), binary: binary, args: []string{"serve"}}
	r.env = append(append([]string{}, env...), "LISTEN="+address, "RINGBACK_DATA_DIR="+r.data, "PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"))
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
