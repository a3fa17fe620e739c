package api

// Once is the header that makes a request safe to repeat.
type Once struct {
	Key string `header:"Idempotency-Key" maxLength:"200" doc:"The same key again, within a day or later, is the same request: it is answered as the first time, and nothing happens twice"`
}
