package migrations

// Concurrent finds the statements that wait for as long as they have to.
var Concurrent = concurrent
