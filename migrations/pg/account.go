package pg

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account is whom the server runs as when we are root, which Postgres refuses.
type account struct {
	name     string
	uid, gid uint32
}

// serverAccount picks Postgres's own account where there is one.
func serverAccount() (*account, error) {
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		if acc, err := newAccount(u); err == nil {
			return acc, nil
		}
	}
	return nil, fmt.Errorf("Postgres refuses to run as root and there is neither a user postgres nor nobody: start as another user, or set DATABASE_URL")
}

func newAccount(u *user.User) (*account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("uid of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("gid of %s: %w", u.Username, err)
	}
	return &account{name: u.Username, uid: uint32(uid), gid: uint32(gid)}, nil
}

// ownerOf is the account that a folder belongs to, nil for root's own.
func ownerOf(dir string) *account {
	info, err := os.Stat(dir)
	if err != nil {
		return nil
	}
	st := info.Sys().(*syscall.Stat_t)
	if st.Uid == 0 {
		return nil
	}
	acc := &account{name: "user " + strconv.FormatUint(uint64(st.Uid), 10), uid: st.Uid, gid: st.Gid}
	if u, err := user.LookupId(strconv.FormatUint(uint64(st.Uid), 10)); err == nil {
		acc.name = u.Username
	}
	return acc
}

func mine(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.Sys().(*syscall.Stat_t).Uid == uint32(os.Geteuid())
}

func (h home) owns(info fs.FileInfo) bool {
	uid := uint32(os.Geteuid())
	if h.account != nil {
		uid = h.account.uid
	}
	return info.Sys().(*syscall.Stat_t).Uid == uid
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}
