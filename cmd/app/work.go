package app

import (
	"context"
	"sync"
	"time"

	"ringback/gateway/inbox"
	"ringback/gateway/spool"
)

// worker is what goes on by itself, whoever asks at the doors.
type worker interface {
	Start()
	Stop()
}

// beside are those who work beside the gateway.
func (a *App) beside() []worker {
	return []worker{a.Media, a.Hooks, a.Notices, a.Reads, a.Closing, a.Asking, a.Eraser, a.Walker, a.Feeds, a.Hours, a.Speech}
}

// How often the chores are done, where it is not said beside them.
const (
	followEvery  = 15 * time.Second // ask the database for the time
	adoptEvery   = time.Minute      // look for what a process that died left in the spool's folder
	unheardEvery = 5 * time.Minute  // look for messages of which nothing is heard
	checkEvery   = time.Hour        // look for numbers about which the provider was not asked for a day
)

// startWork sets everything to work that needs the database.
func (a *App) startWork() {
	a.chores.Rounds = &a.rounds
	a.Gateway.Start()
	for _, w := range a.beside() {
		w.Start()
	}
	a.chore("asking the database for the time", followEvery, a.followClock)
	if len(a.DB.hosts.each) > 1 {
		a.chore("looking for the primary", lookOut, a.DB.lookForPrimary)
	}
	if own, on := a.spool.(*spool.Spool); on {
		a.chore("taking over what processes that are gone left in the spool", adoptEvery, own.Adopt)
	}
	a.chore("forgetting idempotency keys", time.Hour, func(ctx context.Context) error { return inbox.Forget(ctx, a.DB.Work) })
	a.chore("asking how templates stand", time.Minute, a.Gateway.AskTemplates)
	a.chore("telling of messages of which nothing is heard", unheardEvery, a.Gateway.TellUnheard)
	if a.Config.PublicURL != "" {
		a.chore("asking whether numbers point here", checkEvery, a.Gateway.CheckSenders)
	}
	a.chore("remembering the providers' accounts", rememberEvery, a.remember)
	if p := a.identity.Provider; p != nil {
		a.chore("asking the identity provider "+p.Issuer, lookEvery, p.Look)
	}
}

func (a *App) chore(what string, every time.Duration, do func(context.Context) error) {
	a.chores.Start(a.Log, what, every, do)
}

// StopBeside ends all work but the gateway's, for whoever compares what the database
// holds before and after: the rest goes on some time after what caused it.
func (a *App) StopBeside() { stopAll(a.chores.Stop, a.beside()) }

// stopAll stops them side by side: each may wait for the database.
func stopAll(chores func(), workers []worker) {
	var all sync.WaitGroup
	all.Go(chores)
	for _, w := range workers {
		all.Go(w.Stop)
	}
	all.Wait()
}
