package activities

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"hourglass/internal/access"
	"hourglass/internal/entra"
)

// atOnce bounds the calls that one activity has open at Microsoft.
const atOnce = 4

// powers is what an account may do: roles held directly, by schedule or eligibility, and the
// role-assignable groups that it belongs to or owns.
type powers struct {
	roles  []entra.HeldRole
	groups []entra.Group
}

// readPowers returns what could be read beside an error.
func readPowers(ctx context.Context, tenant *entra.Tenant, id access.ObjectID) (powers, error) {
	var p powers
	var reads errgroup.Group
	reads.Go(func() (err error) { p.roles, err = tenant.Roles(ctx, id); return err })
	reads.Go(func() (err error) { p.groups, err = tenant.RoleGroups(ctx, id); return err })
	err := reads.Wait()
	return p, err
}

func (p powers) count() int { return len(p.roles) + len(p.groups) }

// remove takes everything away. It goes on after one removal failed, so that as little as possible stays.
func (p powers) remove(ctx context.Context, tenant *entra.Tenant, id access.ObjectID) error {
	var removals []func() error
	for _, role := range p.roles {
		removals = append(removals, func() error { return tenant.RemoveRole(ctx, id, role) })
	}
	for _, group := range p.groups {
		removals = append(removals, func() error { return tenant.LeaveGroup(ctx, id, group) })
	}
	return all(removals)
}

// all runs every function, a few at a time, and joins their errors.
func all(work []func() error) error {
	errs := make([]error, len(work))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, do := range work {
		group.Go(func() error { errs[i] = do(); return nil })
	}
	_ = group.Wait() // the errors are in errs
	return errors.Join(errs...)
}

// notOff returns what is still held as an error, nil where nothing is.
func (p powers) notOff() error {
	var on stillOn
	on.add(len(p.roles), "role")
	on.add(len(p.groups), "role-assignable group")
	return on.orNil()
}

// stillOn says what Microsoft showed that should not be there any more.
type stillOn struct{ seen []string }

func (s *stillOn) add(n int, what string) {
	if n > 0 {
		s.seen = append(s.seen, fmt.Sprintf("%d × %s", n, what))
	}
}

func (s *stillOn) orNil() error {
	if len(s.seen) == 0 {
		return nil
	}
	return s
}

func (s *stillOn) Error() string { return "still there: " + strings.Join(s.seen, ", ") }
