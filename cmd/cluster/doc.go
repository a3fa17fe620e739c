// Cluster builds three machines out of network namespaces on this one, each with etcd,
// Patroni, Postgres and a gateway, HAProxy before them and a simulated Twilio outside,
// from the files in docs/install; breaks them under load in every way it knows; and has
// an auditor compare what was acknowledged, what the provider got and what the database
// says. It needs root and Debian's packages, see .ci/setup.
//
// The hard decision: real programs with the documented configuration, and no container.
// What is tried is then what an operator installs, and what breaks it is what breaks
// machines: a process that is killed or stands still, a cable that is out.
package main
