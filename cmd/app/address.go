package app

import (
	"errors"
	"net/url"
	"strings"
)

var errAddress = errors.New("not an address like postgres://user:password@host/database")

// parseAddress reads a DSN. Several hosts with a port each, which libpq writes with
// commas (one:5432,two:5432), become the parameters host and port, as lib/pq wants
// them. An IPv6 address among several is written there by whoever has one.
func parseAddress(dsn string) (*url.URL, error) {
	u, err := url.Parse(dsn)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return nil, errAddress // the parser's own words could hold the password
	}
	list := strings.Split(u.Host, ",")
	if len(list) == 1 {
		return u, nil
	}
	ports := make([]string, len(list))
	for n, one := range list {
		list[n], ports[n], _ = strings.Cut(one, ":")
	}
	query := u.Query()
	query.Set("host", strings.Join(list, ","))
	if strings.Join(ports, "") != "" {
		query.Set("port", strings.Join(ports, ","))
	}
	u.Host, u.RawQuery = "", query.Encode()
	return u, nil
}
