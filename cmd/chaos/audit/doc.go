// Package audit compares what was acknowledged, what the provider got and what the
// database says, and finds what may not be: something lost, doubled, out of order,
// sent after a STOP, over a cap, or stuck.
//
// Place.Rest waits until nobody has anything more to do; Look then finds. What is due
// the database says alone, so it holds for one replica and for ten, behind whatever
// balancer and on whatever cluster; what a spool holds, its gateway. Rows is the part that looks at the tables only,
// which the game by seed (cmd/sim) asks too.
//
// The hard decision: it believes nobody. That something was acknowledged, the one who
// told it says; that something was sent, the provider; and from these two follows what
// has to stand in the database, not the other way around.
package audit
