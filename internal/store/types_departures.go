package store

import (
	"slices"
	"time"

	"hourglass/internal/access"
)

// NewDeparture is somebody's wish that a customer leaves.
type NewDeparture struct {
	ID         access.DepartureID
	CustomerID access.CustomerID
	// Removes: the customer disappears from the lists at the end; otherwise it stays, unconnected.
	Removes bool
	// DeletesAccounts: accounts that are proven off are deleted; otherwise they stay, disabled.
	DeletesAccounts bool
}

// Departure is a customer that leaves, or has left.
type Departure struct {
	NewDeparture
	CustomerName string
	// TenantID is where its accounts are; zero where the customer had no tenant.
	TenantID access.TenantID
	By       access.PersonID
	ByName   string
	BegunAt  time.Time
	EndedAt  *time.Time
	// AbandonedBy acknowledged that accounts may still be on; zero where every account was proven off.
	AbandonedBy access.PersonID
	// LiveGrants counts the grants at the customer that have not ended yet.
	LiveGrants int
	// Accounts are all that were made there, by the name of their person.
	Accounts []DepartingAccount
}

// DepartingAccount is an account of a customer that leaves.
type DepartingAccount struct {
	Account Account
	// Holder is the name of the account's person; "Drill" for a canary.
	Holder string
	// Canary: it is of no person, and nobody has a use for it afterwards.
	Canary bool
	// InUse: a grant or a drill there has not ended yet.
	InUse bool
	// TriedAt is the last time that it was being switched off; nil before the first.
	TriedAt *time.Time
	// Failure is the kind of what went wrong the last time; "" where nothing did.
	Failure string
	// Proof is nil until the account was proven off.
	Proof *access.Proof
	// Deletion is "" where the account was not to be deleted, or not yet.
	Deletion access.Deletion
}

// Step is how far the account has come.
func (a DepartingAccount) Step() access.AccountStep {
	switch {
	case a.Proof != nil:
		return access.AccountOff
	case a.InUse:
		return access.AccountInUse
	case a.Failure != "":
		return access.AccountStuck
	case a.TriedAt != nil:
		return access.AccountSwitchingOff
	}
	return access.AccountWaiting
}

// Unproven are the accounts that may still be on.
func (d Departure) Unproven() (ids []access.AccountID) {
	for _, a := range d.Accounts {
		if a.Proof == nil {
			ids = append(ids, a.Account.ID)
		}
	}
	return ids
}

// Deletes says whether the account is to be deleted once it is proven off: a canary is always.
func (d Departure) Deletes(a DepartingAccount) bool { return d.DeletesAccounts || a.Canary }

// Done: every grant there has ended, and nothing is left to do at any account.
func (d Departure) Done() bool { return d.LiveGrants == 0 && len(d.Undone()) == 0 }

// Undone are the accounts at which something is still to do, those first that wait longest.
func (d Departure) Undone() (undone []DepartingAccount) {
	for _, a := range d.Accounts {
		if a.Proof == nil || d.Deletes(a) && a.Deletion == "" {
			undone = append(undone, a)
		}
	}
	slices.SortStableFunc(undone, func(a, b DepartingAccount) int { return compareTimes(a.TriedAt, b.TriedAt) })
	return undone
}

func compareTimes(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Compare(*b)
}
