package activities

import (
	"context"
	"errors"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// mostAccounts bounds one round of LeaveCustomer; the next one goes on.
const mostAccounts = 100

var errInUse = errors.New("a grant or a drill there has not ended yet")

// LeaveCustomer makes one round over the accounts of a customer that leaves: each that is not proven off is tried once,
// and none keeps another from its turn. What came of it is in the account's row, where people watch it. The departure
// ends with the round that leaves nothing to do.
//
// Microsoft calls: those of switchOff for each account, 1 for each that is to be deleted, and at the end those of leaveTraces.
func (a *Activities) LeaveCustomer(ctx context.Context, in workflows.LeaveInput) (workflows.Left, error) {
	defer startPulse(ctx).stop()
	left, err := a.leaveCustomer(ctx, in.CustomerID)
	return left, a.endingFailure(ctx, err)
}

func (a *Activities) leaveCustomer(ctx context.Context, customer access.CustomerID) (workflows.Left, error) {
	d, err := a.store.OpenDeparture(ctx, customer)
	if errors.Is(err, access.ErrNotFound) {
		return workflows.Left{Over: true}, nil
	}
	if err != nil {
		return workflows.Left{}, err
	}
	tenant := a.entra.Tenant(d.TenantID)
	undone := d.Undone()
	var round []func() error
	for _, account := range undone[:min(len(undone), mostAccounts)] {
		round = append(round, func() error { return a.leaveAccount(ctx, tenant, d, account) })
	}
	if err := all(round); err != nil {
		return workflows.Left{}, err
	}
	if d, err = a.store.OpenDeparture(ctx, customer); err == nil && d.Done() {
		var clean bool
		if clean, err = a.leaveTraces(ctx, tenant, d); err == nil && clean {
			d, err = a.store.EndDeparture(ctx, customer)
		}
	}
	if errors.Is(err, access.ErrNotFound) {
		return workflows.Left{Over: true}, nil // given up meanwhile
	}
	return workflows.Left{Over: d.EndedAt != nil, Off: len(d.Accounts) - len(d.Unproven()), Accounts: len(d.Accounts)}, err
}

// leaveAccount does what is left to do at one account. An error is one of the database's: what goes wrong at Microsoft is
// noted, and tried again in the next round.
func (a *Activities) leaveAccount(ctx context.Context, tenant *entra.Tenant, d store.Departure, account store.DepartingAccount) error {
	id := account.Account.ID
	if account.Proof == nil {
		if err := a.store.AccountTried(ctx, d.ID, id, ""); err != nil {
			return err
		}
		proof, err := a.departingOff(ctx, tenant, d, account)
		if err != nil {
			return a.leaveAgain(ctx, d, account, err)
		}
		if err := a.store.AccountOff(ctx, d.ID, id, proof); err != nil {
			return err
		}
		account.Proof = &proof
	}
	if !d.Deletes(account) {
		return nil
	}
	err := deleteAccount(ctx, tenant, account.Proof.ObjectID)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		return a.store.AccountDeletion(ctx, d.ID, id, access.AccountDeleted)
	case a.deletionComesBack(err, *account.Proof):
		return nil
	}
	a.log.WarnContext(ctx, "an account that is off was not deleted", "customer", d.CustomerID, "account", id, "error", err)
	return a.store.AccountDeletion(ctx, d.ID, id, access.DeletionRefused)
}

func (a *Activities) departingOff(ctx context.Context, tenant *entra.Tenant, d store.Departure, account store.DepartingAccount) (access.Proof, error) {
	if account.InUse {
		return access.Proof{}, errInUse // its own end comes first, and it must not be enabled behind our back
	}
	found, err := a.locate(ctx, tenant, account.Account)
	if err != nil {
		return access.Proof{}, err
	}
	return a.switchOff(ctx, tenant, found, ending{since: d.BegunAt, show: func(workflows.Progress) {}})
}

// leaveAgain notes what went wrong at an account.
func (a *Activities) leaveAgain(ctx context.Context, d store.Departure, account store.DepartingAccount, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	kind, _, _ := describe(cause)
	a.log.WarnContext(ctx, "an account of a customer that leaves is not off yet", "customer", d.CustomerID,
		"account", account.Account.ID, "kind", kind, "error", cause)
	return a.store.AccountTried(ctx, d.ID, account.Account.ID, kind)
}

// passing are the kinds of answers after which a deletion is worth another try.
var passing = map[entra.Kind]bool{entra.Throttled: true, entra.Unavailable: true, entra.Ambiguous: true}

// refusedFor is how long after the proof that an account is off a 403 to its deletion is taken for a role removal that Microsoft has
// not yet carried to all its replicas, before it counts as a permission that is missing. Rounds and attempts come about eight times
// meanwhile, and a worker that restarts finds the proof where it was.
const refusedFor = 2 * time.Minute

// deletionComesBack reports whether the deletion of an account that is off is worth another try.
func (a *Activities) deletionComesBack(err error, off access.Proof) bool {
	kind := entra.KindOf(err)
	return passing[kind] || kind == entra.Forbidden && a.clock().Sub(off.ReadAt) < refusedFor
}

// deleteAccount deletes an account that is off, if there is one.
func deleteAccount(ctx context.Context, tenant *entra.Tenant, id access.ObjectID) error {
	if id.IsZero() {
		return nil
	}
	return tenant.DeleteAccount(ctx, id)
}
