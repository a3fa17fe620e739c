// Package audit compares what was acknowledged, what the provider got and what the
// database says, and finds what may not be: something lost, doubled, out of order,
// sent after a STOP, over a cap, or stuck.
//
// Settled waits until a gateway has nothing more to do; Look then finds. Both read
// the database alone, so they hold for one replica and for ten, behind whatever
// balancer and on whatever cluster. Rows is the part that looks at the tables only,
// which the game by seed (cmd/sim) asks too.
//
// The hard decision: it believes nobody. That something was acknowledged, the one who
// told it says; that something was sent, the provider; and from these two follows what
// has to stand in the database, not the other way around.
package audit
