package events

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"slices"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// troubles are the classes of Postgres's errors, by the first two characters of
// their code, that say nothing about what it was asked: the connection (08), a
// transaction that another one had to give way to (40), resources (53), locks (55),
// an operator or a limit of time (57), the system (58), a transaction that was ended
// while it waited or met a server that is no primary any more (25P03, 25006), and a
// commit that a standby may lack, whose warning (01) is an error to us.
var troubles = []string{"01", "08", "25", "40", "53", "55", "57", "58"}

// unstorable are Postgres's codes for text that it cannot keep: a NUL, broken UTF-8, and
// \u0000 in JSON.
var unstorable = []pqerror.Code{"22021", "22P05"}

// Unstorable reports whether an error is a text that the database cannot keep, whoever
// wrote it.
func Unstorable(err error) bool {
	var answer *pq.Error
	return errors.As(err, &answer) && slices.Contains(unstorable, answer.Code)
}

// AskerLeft reports whether an error came of whoever asked having left: Postgres says of
// the statement that a user canceled it, and the driver that its connection is bad, which
// is nobody's trouble then. What is wrong in itself stays wrong.
func AskerLeft(ctx context.Context, err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(ctx.Err(), context.Canceled) && Troubled(err)
}

// Troubled reports whether an error is the database's own trouble, or the way's to
// it: the same would have befallen any other event in its place.
func Troubled(err error) bool {
	var answer *pq.Error
	if errors.As(err, &answer) {
		return slices.Contains(troubles, string(answer.Code.Class()))
	}
	var way *net.OpError // and not net.Error, which an error of a file is as well
	var name *net.DNSError
	return errors.As(err, &way) || errors.As(err, &name) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
