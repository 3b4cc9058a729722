package entra

import (
	"context"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"
	"golang.org/x/sync/errgroup"

	"hourglass/internal/access"
)

// HeldRole is one role that an account holds, or could activate, in one scope.
type HeldRole struct {
	RoleID access.RoleID
	// Scope is "/" for the whole tenant.
	Scope string
	// AssignmentID is how the directory lists the role among those that are held now; "" if it does not.
	AssignmentID string
	// Scheduled: PIM takes the role away at EndsAt, or gives it later.
	Scheduled bool
	// EndsAt is zero for a role that does not end by itself.
	EndsAt time.Time
	// Eligible: the account does not hold the role but could activate it, now or later.
	Eligible bool
}

const wholeTenant = "/"

// The builders are made anew for every call, like users.
func (t *Tenant) directoryRoles() *rolemanagement.DirectoryRequestBuilder {
	return rolemanagement.NewRoleManagementRequestBuilderInternal(map[string]string{}, t.adapter).Directory()
}

func ofPrincipal(id access.ObjectID) *string { return new("principalId eq '" + id.String() + "'") }

// Roles lists what the account holds directly and, in a tenant with PIM, by schedule and as an eligibility. A role that
// is listed both directly and by schedule is one entry. What comes through groups is RoleGroups' to tell.
// With an error comes what could be read: a list that fails keeps no role of another from being taken away.
func (t *Tenant) Roles(ctx context.Context, id access.ObjectID) ([]HeldRole, error) {
	var direct, scheduled, eligible []HeldRole
	var reads errgroup.Group
	reads.Go(func() (err error) { direct, err = t.directRoles(ctx, id); return err })
	ofPIM := func(into *[]HeldRole, read func(context.Context, access.ObjectID) ([]HeldRole, error)) {
		reads.Go(func() (err error) {
			if *into, err = read(ctx, id); KindOf(err) == Unlicensed {
				return nil // the licence has ended since HasPIM was read: what was scheduled is gone, or listed directly
			}
			return err
		})
	}
	pim, unread := t.HasPIM(ctx)
	if pim {
		ofPIM(&scheduled, t.scheduledRoles)
		ofPIM(&eligible, t.eligibleRoles)
	}
	err := reads.Wait()
	if err == nil {
		err = unread
	}
	return append(merge(direct, scheduled), eligible...), err
}

// merge makes one entry of a role that both lists have. PIM lists a direct assignment too, as one without an end.
func merge(held, scheduled []HeldRole) []HeldRole {
	for _, s := range scheduled {
		known := false
		for i := range held {
			if held[i].RoleID == s.RoleID && held[i].Scope == s.Scope {
				held[i].EndsAt, known = s.EndsAt, true
				held[i].Scheduled = !s.EndsAt.IsZero()
			}
		}
		if !known {
			held = append(held, s)
		}
	}
	return held
}

func (t *Tenant) directRoles(ctx context.Context, id access.ObjectID) ([]HeldRole, error) {
	query := &rolemanagement.DirectoryRoleAssignmentsRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleAssignmentsRequestBuilderGetQueryParameters{Filter: ofPrincipal(id)},
	}
	return listRoles(ctx, t, "list roles", id,
		func(ctx context.Context, next string) (models.UnifiedRoleAssignmentCollectionResponseable, error) {
			list := t.directoryRoles().RoleAssignments()
			if next != "" {
				list = list.WithUrl(next)
			}
			return list.Get(ctx, query)
		},
		func(answer models.UnifiedRoleAssignmentable, r *HeldRole) error {
			r.AssignmentID = optional(answer.GetId())
			if !plainID(r.AssignmentID) {
				return errShape
			}
			return nil
		})
}

// roleAnswer is what all of Microsoft's lists of roles have in common.
type roleAnswer interface {
	comparable
	GetPrincipalId() *string
	GetRoleDefinitionId() *string
	GetDirectoryScopeId() *string
	GetAppScopeId() *string
}

// listRoles reads one of the three lists to its end; detail adds what only that list knows.
func listRoles[A roleAnswer, P page[A]](
	ctx context.Context, t *Tenant, op string, id access.ObjectID,
	get func(ctx context.Context, next string) (P, error), detail func(A, *HeldRole) error,
) (roles []HeldRole, err error) {
	err = t.read(ctx, op, func(ctx context.Context) error {
		all, err := collect(func(next string) (P, error) { return get(ctx, next) })
		if err != nil {
			return err
		}
		for _, answer := range all {
			role, err := readRole(answer, id)
			if err == nil {
				err = detail(answer, &role)
			}
			if err != nil {
				return err
			}
			roles = append(roles, role)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return roles, nil
}

// readRole refuses a role of somebody else: the filter would not have been applied.
func readRole[A roleAnswer](answer A, id access.ObjectID) (r HeldRole, err error) {
	var none A
	if answer == none {
		return HeldRole{}, errShape
	}
	var principal access.ObjectID
	if err := readID(&principal, answer.GetPrincipalId()); err != nil || principal != id {
		return HeldRole{}, errShape
	}
	if r.Scope = optional(answer.GetDirectoryScopeId()); r.Scope == "" {
		r.Scope = optional(answer.GetAppScopeId())
	}
	if r.Scope == "" {
		return HeldRole{}, errShape
	}
	return r, readID(&r.RoleID, answer.GetRoleDefinitionId())
}

// AssignRole gives the account a role for the whole tenant. In a tenant with PIM it is a schedule that Microsoft itself
// ends at until, except where PIM cannot (see schedules.go); otherwise, and there, it is a direct assignment. An existing
// one counts as assigned, after it was compared.
func (t *Tenant) AssignRole(ctx context.Context, id access.ObjectID, role access.RoleID, until time.Time) (scheduled bool, err error) {
	pim, err := t.HasPIM(ctx)
	if err != nil {
		return false, err
	}
	if pim {
		err := t.schedule(ctx, id, role, until)
		if err == nil || !directInstead(err) {
			return err == nil, err
		}
	}
	return false, t.assignDirectly(ctx, id, role)
}

func (t *Tenant) assignDirectly(ctx context.Context, id access.ObjectID, role access.RoleID) error {
	body := models.NewUnifiedRoleAssignment()
	body.SetPrincipalId(new(id.String()))
	body.SetRoleDefinitionId(new(role.String()))
	body.SetDirectoryScopeId(new(wholeTenant))
	err := t.write(ctx, "assign role", func(ctx context.Context) error {
		_, err := t.directoryRoles().RoleAssignments().Post(ctx, body, nil)
		return err
	})
	if kind := KindOf(err); kind != Invalid && kind != Conflict {
		return err
	}
	// "Already assigned" has a code that says nothing, so every refusal is held against what is.
	held, listErr := t.directRoles(ctx, id)
	if listErr != nil {
		return listErr
	}
	for _, r := range held {
		if r.RoleID == role && r.Scope == wholeTenant {
			return nil
		}
	}
	return err
}

// RemoveRole takes a role away, as it was listed by Roles; a missing one counts as removed.
func (t *Tenant) RemoveRole(ctx context.Context, id access.ObjectID, r HeldRole) error {
	if r.Eligible {
		return gone(t.removeEligibility(ctx, id, r))
	}
	if r.Scheduled {
		err := t.unschedule(ctx, id, r)
		if err == nil || r.AssignmentID == "" {
			return gone(err)
		}
		// PIM lags, and refuses to take away what began less than five minutes ago. The directory does neither.
	}
	return gone(t.unassign(ctx, r.AssignmentID))
}

func (t *Tenant) unassign(ctx context.Context, assignmentID string) error {
	const op = "remove role"
	if !plainID(assignmentID) {
		return &Error{Kind: Invalid, Op: op}
	}
	return t.write(ctx, op, func(ctx context.Context) error {
		return t.directoryRoles().RoleAssignments().ByUnifiedRoleAssignmentId(assignmentID).Delete(ctx, nil)
	})
}
