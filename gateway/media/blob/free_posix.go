//go:build linux || darwin

package blob

import "syscall"

// freeBytes is how many bytes of a folder's disk are free to us.
func freeBytes(folder string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil //nolint:gosec,unconvert // the types differ by system, and neither is negative
}
