package traffic

// For tests of what is read.
var (
	Statements = []string{ofEvents, ofDecisions, ofDeliveries}
	Oldest     = oldest
)
