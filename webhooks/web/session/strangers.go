package session

import (
	"net/http"
	"time"

	"ringback/webhooks/web/limit"
)

// strangers is how often one network may ask for what is everybody's. Guessing a one-time
// link is hopeless at any rate; this keeps the guesses from the database.
var strangers = limit.Pace{Burst: 200, Each: 50 * time.Millisecond}

// Wait is how long until who makes a request without having to be known may ask again, by
// their network; 0: they may now, and that was counted.
func Wait(asked *limit.Limiter, r *http.Request) time.Duration {
	return asked.Wait("stranger/"+Address(r), strangers)
}
