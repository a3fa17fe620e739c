package pg

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// childOf puts the process into a group of its own, so that Ctrl-C in the terminal
// reaches only us, and has the kernel end it when we die by whatever means. It
// stops without a checkpoint then: the next start recovers, and need not wait.
func childOf(acc *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGQUIT}
	if acc != nil {
		attr.Credential = &syscall.Credential{Uid: acc.uid, Gid: acc.gid}
	}
	return attr
}

// inhabitants are the processes of a server of this cluster: those called postgres
// that work in its folder. A number in a pid file may be a stranger's by now.
func inhabitants(cluster string) []int {
	names, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, name := range names {
		pid, err := strconv.Atoi(name.Name())
		if err != nil {
			continue
		}
		proc := "/proc/" + name.Name()
		cwd, err := os.Readlink(proc + "/cwd")
		if err != nil || cwd != cluster {
			continue
		}
		if comm, _ := os.ReadFile(proc + "/comm"); strings.TrimSpace(string(comm)) == "postgres" {
			pids = append(pids, pid)
		}
	}
	return pids
}

// sure: on Linux an empty list means that nobody is there.
const sure = true
