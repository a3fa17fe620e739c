// Package e2e plays the whole service: its tests start Ringback over a real
// Postgres and a simulated provider over real HTTP, and play the stories in
// testdata, in which every webhook is sent twice.
//
// The hard decision: a story accounts for every text. One that reaches a
// customer and was not expected fails the story, so that "nothing was sent"
// needs no words.
package e2e
