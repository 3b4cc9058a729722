// Package store keeps Hourglass's state: people and their sign-in, customers, entitlements, grants
// and the audit log, in PostgreSQL or, on one machine, in SQLite.
//
// Every method that changes something is one transaction, and the audit record is part of it. What
// the promises rest on is enforced a second time by the database itself: one-live-grant by a unique
// index; the table of transitions, the end of the data key (two-keys) and the append-only log
// (nothing-forgotten) by triggers; proof-of-off by a check.
//
// Locks are taken in one order: person, customer, its departure, its connection attempt, its app keys, profile, entitlement,
// pre-flight, grant, account, and the head of the audit log last. So nothing deadlocks by design, and the order of audit
// sequences is the order of commits: whoever has read up to a sequence has missed nothing before it.
//
// A row that does not hold what the domain allows is an error (ErrUnreadable), never a default.
//
// The package decides nothing: policy is access.Decide, and who may call a method is settled by the
// API. It knows nothing of Microsoft, of Temporal or of HTTP, and sees data keys only wrapped
// and apps' keys only sealed.
package store
