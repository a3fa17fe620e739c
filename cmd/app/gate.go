package app

import "ringback/settings/staff"

// Gate is what a server with this configuration lets people in by, for who
// makes a link beside it.
func Gate(c Config, d *Database) staff.Gate { return staff.Gate{DB: d.DB, PublicURL: c.publicURL} }
