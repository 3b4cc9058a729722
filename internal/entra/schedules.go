package entra

import (
	"context"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hourglass/internal/access"
)

// Time-bound roles belong to PIM, which needs Entra ID P2 or ID Governance and lags behind the directory: it does not know
// a new account for up to two minutes (microsoft-graph.md, 1.5).

const (
	codeScheduleExists = "RoleAssignmentExists"
	// codeTooShort: PIM schedules no less than five minutes.
	codeTooShort = "ActiveDurationTooShort"

	justification = "Hourglass grant"
)

// directInstead reports whether PIM cannot schedule a role for a reason that leaves the direct assignment: it does not know
// the account or the schedule, the licence has ended, or the schedule is too short for it. What a policy of the
// customer refuses is not assigned past it.
func directInstead(err error) bool {
	e, ok := err.(*Error)
	return ok && (e.Kind == NotFound || e.Kind == Unlicensed || e.Code == codeTooShort)
}

// schedule gives a role until an instant. One that exists is given that end.
func (t *Tenant) schedule(ctx context.Context, id access.ObjectID, role access.RoleID, until time.Time) error {
	err := t.requestSchedule(ctx, "schedule role", id, role, until, models.ADMINASSIGN_UNIFIEDROLESCHEDULEREQUESTACTIONS)
	if e, ok := err.(*Error); ok && e.Code == codeScheduleExists {
		return t.ExtendRole(ctx, id, role, until)
	}
	return err
}

// ExtendRole moves the end of a scheduled role, in either direction. NotFound where there is no schedule to move.
func (t *Tenant) ExtendRole(ctx context.Context, id access.ObjectID, role access.RoleID, until time.Time) error {
	return t.requestSchedule(ctx, "extend role", id, role, until, models.ADMINUPDATE_UNIFIEDROLESCHEDULEREQUESTACTIONS)
}

// settled are the states of a request that PIM has carried out (unifiedRoleAssignmentScheduleRequest, property status).
var settled = map[string]bool{"Provisioned": true, "Granted": true, "ScheduleCreated": true}

func (t *Tenant) requestSchedule(
	ctx context.Context, op string, id access.ObjectID, role access.RoleID, until time.Time, action models.UnifiedRoleScheduleRequestActions,
) error {
	expiration := models.NewExpirationPattern()
	expiration.SetTypeEscaped(new(models.AFTERDATETIME_EXPIRATIONPATTERNTYPE))
	expiration.SetEndDateTime(new(until.UTC()))
	schedule := models.NewRequestSchedule()
	schedule.SetStartDateTime(new(t.clock().UTC()))
	schedule.SetExpiration(expiration)
	body := models.NewUnifiedRoleAssignmentScheduleRequest()
	body.SetAction(&action)
	body.SetPrincipalId(new(id.String()))
	body.SetRoleDefinitionId(new(role.String()))
	body.SetDirectoryScopeId(new(wholeTenant))
	body.SetJustification(new(justification))
	body.SetScheduleInfo(schedule)
	return t.write(ctx, op, func(ctx context.Context) error {
		answer, err := t.directoryRoles().RoleAssignmentScheduleRequests().Post(ctx, body, nil)
		if err != nil {
			return err
		}
		if answer == nil {
			return errShape
		}
		status, err := must(answer.GetStatus())
		if err == nil && !settled[status] {
			return &Error{Kind: Unavailable, Op: op, Code: word(status)}
		}
		return err
	})
}

// unschedule takes a scheduled role away. NotFound where PIM has none.
func (t *Tenant) unschedule(ctx context.Context, id access.ObjectID, r HeldRole) error {
	body := models.NewUnifiedRoleAssignmentScheduleRequest()
	body.SetAction(new(models.ADMINREMOVE_UNIFIEDROLESCHEDULEREQUESTACTIONS))
	body.SetPrincipalId(new(id.String()))
	body.SetRoleDefinitionId(new(r.RoleID.String()))
	body.SetDirectoryScopeId(&r.Scope)
	body.SetJustification(new(justification))
	return t.write(ctx, "remove scheduled role", func(ctx context.Context) error {
		_, err := t.directoryRoles().RoleAssignmentScheduleRequests().Post(ctx, body, nil)
		return err
	})
}

// removeEligibility takes away the possibility to activate a role; a missing one counts as removed.
func (t *Tenant) removeEligibility(ctx context.Context, id access.ObjectID, r HeldRole) error {
	body := models.NewUnifiedRoleEligibilityScheduleRequest()
	body.SetAction(new(models.ADMINREMOVE_UNIFIEDROLESCHEDULEREQUESTACTIONS))
	body.SetPrincipalId(new(id.String()))
	body.SetRoleDefinitionId(new(r.RoleID.String()))
	body.SetDirectoryScopeId(&r.Scope)
	body.SetJustification(new(justification))
	return gone(t.write(ctx, "remove role eligibility", func(ctx context.Context) error {
		_, err := t.directoryRoles().RoleEligibilityScheduleRequests().Post(ctx, body, nil)
		return err
	}))
}

func (t *Tenant) scheduledRoles(ctx context.Context, id access.ObjectID) ([]HeldRole, error) {
	query := &rolemanagement.DirectoryRoleAssignmentSchedulesRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleAssignmentSchedulesRequestBuilderGetQueryParameters{Filter: ofPrincipal(id)},
	}
	return listRoles(ctx, t, "list scheduled roles", id,
		func(ctx context.Context, next string) (models.UnifiedRoleAssignmentScheduleCollectionResponseable, error) {
			list := t.directoryRoles().RoleAssignmentSchedules()
			if next != "" {
				list = list.WithUrl(next)
			}
			return list.Get(ctx, query)
		},
		func(answer models.UnifiedRoleAssignmentScheduleable, r *HeldRole) error {
			r.Scheduled, r.EndsAt = true, endOf(answer.GetScheduleInfo())
			return nil
		})
}

// endOf is zero where no end is named, which counts as a role that never ends.
func endOf(schedule models.RequestScheduleable) time.Time {
	if schedule == nil || schedule.GetExpiration() == nil || schedule.GetExpiration().GetEndDateTime() == nil {
		return time.Time{}
	}
	return schedule.GetExpiration().GetEndDateTime().UTC()
}

// eligibleRoles reads the schedules, not their instances: those are what can be activated now, and not what somebody has put off
// until the account is enabled again.
func (t *Tenant) eligibleRoles(ctx context.Context, id access.ObjectID) ([]HeldRole, error) {
	query := &rolemanagement.DirectoryRoleEligibilitySchedulesRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleEligibilitySchedulesRequestBuilderGetQueryParameters{Filter: ofPrincipal(id)},
	}
	return listRoles(ctx, t, "list role eligibilities", id,
		func(ctx context.Context, next string) (models.UnifiedRoleEligibilityScheduleCollectionResponseable, error) {
			list := t.directoryRoles().RoleEligibilitySchedules()
			if next != "" {
				list = list.WithUrl(next)
			}
			return list.Get(ctx, query)
		},
		func(_ models.UnifiedRoleEligibilityScheduleable, r *HeldRole) error {
			r.Eligible = true
			return nil
		})
}
