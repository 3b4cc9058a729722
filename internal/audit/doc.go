// Package audit is the hash chain of Hourglass's audit log: what a record is, which bytes of it are
// hashed, and how an outsider detects a change, a gap or a rewrite (nothing-forgotten).
//
// It is pure: it neither stores records nor reads a clock. It knows nothing of databases, of
// Temporal or of Microsoft; package store appends the records and hands them here to be verified.
package audit
