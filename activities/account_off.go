package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"golang.org/x/sync/errgroup"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/seal"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// ending is what switchOff is told by whoever needs an account off.
type ending struct {
	// since is when the end began: sessions that were revoked after it need not be revoked again.
	since time.Time
	// removed is what earlier attempts took away.
	removed workflows.Tally
	// show is told of each step as it begins.
	show func(workflows.Progress)
	// powerless, where it is set, is called when the roles are removed and the sessions revoked, and may let others go first.
	powerless func()
}

// switchOff does whatever is still missing for an account to be off, reads everything back and returns the
// proof; one that does not exist is off. There is no other way to switch an account off.
//
// Microsoft calls, with locate: 4 reads (account, roles, groups, methods), 1 per role, revoke, 1 per method,
// disable, scramble, revoke again, 4 reads.
func (a *Activities) switchOff(ctx context.Context, tenant *entra.Tenant, found located, end ending) (access.Proof, error) {
	id := found.account.ID
	if !found.exists {
		return access.Proof{ReadAt: a.clock(), ObjectID: id}, nil
	}
	removed, noPassword := end.removed, false
	// A step that fails keeps none of the others from taking something away: neither do roles that cannot be read.
	var failed error
	take := func(step string, away func() error) {
		end.show(workflows.Progress{Step: step, Removed: removed})
		if err := away(); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", step, err))
		}
	}
	// Microsoft limits how often methods are read, for all tenants together. No role waits for that.
	var methods []entra.Method
	var reading errgroup.Group
	reading.Go(func() (err error) { methods, err = tenant.Methods(ctx, id); return err })

	// Weakest point first. Each step is needed whatever was read, except those that find nothing to do.
	var held powers
	take("read what it holds", func() (err error) { held, err = readPowers(ctx, tenant, id); return err })
	removed.Roles, removed.Groups = removed.Roles+len(held.roles), removed.Groups+len(held.groups)
	take("remove roles", func() error { return held.remove(ctx, tenant, id) })
	take("revoke sessions", func() error { return tenant.RevokeSessions(ctx, id) })
	if failed == nil && end.powerless != nil {
		end.powerless()
	}
	take("remove sign-in methods", func() error {
		if err := reading.Wait(); err != nil {
			return err
		}
		removed.Methods += len(methods)
		return removeMethods(ctx, tenant, id, methods)
	})
	take("disable the account", func() error { return tenant.SetEnabled(ctx, id, false) })
	take("scramble the password", func() error {
		err := tenant.SetPassword(ctx, id, seal.NewPassword(a.random))
		if noPassword = federated(ctx, tenant, found.account.UserName, err); noPassword {
			return nil
		}
		return err
	})
	take("revoke sessions again", func() error { return tenant.RevokeSessions(ctx, id) })
	if failed != nil {
		return access.Proof{}, failed
	}

	end.show(workflows.Progress{Step: "read everything back", Removed: removed})
	after, err := readBack(ctx, tenant, id)
	if err != nil {
		return access.Proof{}, err
	}
	if err := after.proves(found.account.SessionsValidFrom, end.since); err != nil {
		return access.Proof{}, err
	}
	return access.Proof{
		ReadAt:            a.clock(),
		ObjectID:          id,
		SessionsRevokedAt: after.account.SessionsValidFrom,
		RemovedRoles:      removed.Roles,
		RemovedGroups:     removed.Groups,
		RemovedMethods:    removed.Methods,
		NoPassword:        noPassword,
	}, nil
}

// settled is how long after its creation Microsoft may still answer that an account does not exist.
const settled = 15 * time.Minute

// located is an account that has to be off, as Microsoft showed it; where it does not exist, its last id is known.
type located struct {
	account entra.Account
	exists  bool
}

// locate finds the account that has to be off. That there is none is believed only when nothing may
// be on: an account is enabled only after its id is in the database, so one without an id is, if it
// exists at all, disabled and without roles. One with an id was deleted by the customer, unless it is
// so young that Microsoft may not show it yet.
func (a *Activities) locate(ctx context.Context, tenant *entra.Tenant, known store.Account) (located, error) {
	account, found, err := findAccount(ctx, tenant, known)
	if err != nil || found {
		return located{account, found}, err
	}
	young := a.clock().Sub(known.ProvisionedAt) < settled
	if !known.ObjectID.IsZero() && young {
		return located{}, fmt.Errorf("a new account cannot be found: %w", &stillOn{seen: []string{"an account that Microsoft does not show yet"}})
	}
	return located{account: entra.Account{ID: known.ObjectID}}, nil
}

// observed is what Microsoft says about an account at one moment.
type observed struct {
	powers
	account entra.Account
	methods []entra.Method
}

func read(ctx context.Context, tenant *entra.Tenant, id access.ObjectID) (observed, error) {
	var o observed
	reads, ctx := errgroup.WithContext(ctx)
	reads.Go(func() (err error) { o.account, err = tenant.Account(ctx, id); return err })
	reads.Go(func() (err error) { o.powers, err = readPowers(ctx, tenant, id); return err })
	reads.Go(func() (err error) { o.methods, err = tenant.Methods(ctx, id); return err })
	err := reads.Wait()
	return o, err
}

// Microsoft shows a removed role for a moment longer. Asking again for what is still shown costs less
// than doing everything again.
const (
	lagReads   = 4
	lagBetween = 500 * time.Millisecond
)

// readBack reads until no role is shown any more, but not for long.
func readBack(ctx context.Context, tenant *entra.Tenant, id access.ObjectID) (observed, error) {
	o, err := read(ctx, tenant, id)
	for range lagReads {
		if err != nil || o.powers.count() == 0 {
			break
		}
		select {
		case <-ctx.Done():
			return observed{}, ctx.Err()
		case <-time.After(lagBetween):
		}
		o.powers, err = readPowers(ctx, tenant, id)
	}
	return o, err
}

// proves returns nil only if nothing is on (proof-of-off).
func (o observed) proves(validBefore, since time.Time) error {
	var on stillOn
	on.add(len(o.roles), "role")
	on.add(len(o.groups), "role-assignable group")
	on.add(len(o.methods), "sign-in method")
	if o.account.Enabled {
		on.add(1, "enabled account")
	}
	// Microsoft's instant moved on, or it already stood after the end began. It has whole seconds.
	revoked := o.account.SessionsValidFrom.After(validBefore) ||
		!o.account.SessionsValidFrom.Before(since.Truncate(time.Second))
	if !revoked {
		on.add(1, "session that is not revoked")
	}
	return on.orNil()
}

// methodRounds bounds the rounds in which the default method, which Microsoft lets go only last, becomes removable.
const methodRounds = 5

// removeMethods goes on after one that cannot be removed, so that as few as possible stay.
func removeMethods(ctx context.Context, tenant *entra.Tenant, id access.ObjectID, methods []entra.Method) error {
	var failed error
	for range methodRounds {
		var kept []entra.Method
		for _, method := range methods {
			err := tenant.RemoveMethod(ctx, id, method)
			switch {
			case entra.KindOf(err) == entra.Conflict:
				kept = append(kept, method)
			case err != nil:
				failed = errors.Join(failed, err)
			}
		}
		if methods = kept; len(methods) == 0 {
			return failed
		}
	}
	on := stillOn{}
	on.add(len(methods), "sign-in method that cannot be removed")
	return errors.Join(failed, on.orNil())
}

// earlier is the tally of the attempts before this one, or before them all. What was still there then is counted
// again, so it is an upper bound.
func earlier(ctx context.Context, beforeAll workflows.Tally) workflows.Tally {
	if !activity.HasHeartbeatDetails(ctx) {
		return beforeAll
	}
	var last workflows.Progress
	if err := activity.GetHeartbeatDetails(ctx, &last); err != nil {
		return beforeAll
	}
	return last.Removed
}
