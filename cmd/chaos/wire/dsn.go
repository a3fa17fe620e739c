package wire

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
)

// Postgres is where the server of a DSN is reached, on a socket or over TCP.
func Postgres(dsn string) (network, server string, err error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", "", fmt.Errorf("a DSN that is none: %w", err)
	}
	if folder := u.Query().Get("host"); folder != "" {
		return "unix", filepath.Join(folder, ".s.PGSQL."+cmp.Or(u.Query().Get("port"), "5432")), nil
	}
	return "tcp", u.Host, nil
}

// Over is the DSN that leads to the same database over a wire.
func Over(dsn, address string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", fmt.Errorf("a DSN that is none: %w", err)
	}
	query := u.Query()
	query.Del("host")
	query.Del("port")
	u.Host, u.RawQuery = address, query.Encode()
	return u.String(), nil
}
