// Package bulk imports customers, people and entitlements from CSV files, and exports them as such.
//
//	file → sheet (columns, cells) → plan (what each line would do, and what stands against it) → store.Import
//
// A plan is made of a sheet and a store.Roster alone, so a dry run and the real one say the same about the same
// world. The real one is made inside the transaction that carries it out: all of a file is done, or nothing.
//
// Nothing is taken away by absence: a line that is not there, a column that is not there and an empty cell all leave
// things as they are.
//
// The package knows the domain and the store. It does not know HTTP, nor how passkeys are enrolled.
package bulk
