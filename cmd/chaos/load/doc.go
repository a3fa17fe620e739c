// Package load plays a provider and its customers against running gateways: texts
// of new and known customers, repeats, calls with their ends, STOP and START, and
// the advisors' replies over the API, so many a second, whatever becomes of them.
//
// It needs one address, where a balancer stands before the gateways, or one
// gateway; the token that signs, and the database to find tickets in. The provider
// that the gateways send with is the simulator's, which the auditor asks afterwards:
//
//	l := load.New(load.Config{Entry: entry, Key: key, Account: sid, Token: token, Teams: teams, DB: db, Rate: 50, Seed: 1})
//	l.Run(ctx)            // until ctx ends
//	err := l.Settle(ctx)  // until all that was told is acknowledged
//	findings, err := audit.Look(ctx, db, sim.Messages(), l.Told())
//
// load.Setup makes the teams over the API of a gateway that is up.
//
// The hard decision: what was not acknowledged with a 2xx is told again until it is,
// as a provider does for hours. So a run that is over has no event of which nobody
// knows whether it counts, and every one that is missing afterwards is lost.
package load
