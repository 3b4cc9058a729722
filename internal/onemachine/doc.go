// Package onemachine runs the whole product on one machine: the real binary as child processes, a real Temporal
// server, SQLite or a given PostgreSQL database, and the stand-in for Microsoft, which runs in this process. It is
// for cmd/demo, for the tests of the whole product and for the benchmark; cmd/hourglass never contains it.
//
//	Start → Machine: Sim, Temporal, API, Worker, Store
//	      → each of them can be killed, stopped and restarted on the same ports and data
//	      → Close stops everything; Start on the same folder goes on where it was
//
// A folder holds everything that a machine writes: the database, Temporal's database, the stand-in's state, the
// keysets and the logs. SearchSecrets looks through all of it for what must not be there (two-keys).
//
// Client is a technician with a passkey in software, who speaks to the product over HTTP and nothing else.
//
// The package knows the product's commands, settings and HTTP interface. It writes sample data through the store,
// since there is no other way yet, and otherwise leaves the product's data alone.
package onemachine
