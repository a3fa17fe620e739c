//go:build unix && !linux

package pg

import (
	"net"
	"path/filepath"
	"syscall"
)

// childOf puts the process into a group of its own, so that Ctrl-C in the terminal
// reaches only us. Nothing here ends it when we are killed: the next start does.
func childOf(acc *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if acc != nil {
		attr.Credential = &syscall.Credential{Uid: acc.uid, Gid: acc.gid}
	}
	return attr
}

// inhabitants is the server of this cluster if it answers on its socket.
func inhabitants(cluster string) []int {
	conn, err := net.Dial("unix", filepath.Join(cluster, ".s.PGSQL."+port))
	if err != nil {
		return nil
	}
	_ = conn.Close()
	return []int{firstNumber(filepath.Join(cluster, "postmaster.pid"))}
}

// sure: a server that does not answer cannot be told from none, so that its pid
// file is left for Postgres to judge.
const sure = false
