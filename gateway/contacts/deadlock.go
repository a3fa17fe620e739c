package contacts

import (
	"errors"

	"github.com/lib/pq"
)

// deadlock is Postgres's code for two transactions that wait for each other.
const deadlock = "40P01"

// Deadlocked reports whether the database ended a transaction because it and
// another waited for each other, such as two teams that meet the same two new
// customers in different orders. Nothing is wrong with what it was about: it
// goes through the next time.
func Deadlocked(err error) bool {
	var answer *pq.Error
	return errors.As(err, &answer) && answer.Code == deadlock
}
