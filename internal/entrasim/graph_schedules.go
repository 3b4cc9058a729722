package entrasim

import (
	"net/http"
	"time"

	"github.com/google/uuid"
)

var scheduleFilters = map[string]string{"id": "eq", "principalId": "eq", "roleDefinitionId": "eq", "directoryScopeId": "eq", "status": "eq"}

func scheduleKind(name, typ string) *collection {
	return &collection{
		context: "roleManagement/directory/" + name, typ: typ, filters: scheduleFilters, expands: []string{"roleDefinition", "principal"},
		paged: true, page: 100, maxPage: 999,
	}
}

var (
	schedulesKind     = scheduleKind("roleAssignmentSchedules", "unifiedRoleAssignmentSchedule")
	instancesKind     = scheduleKind("roleAssignmentScheduleInstances", "unifiedRoleAssignmentScheduleInstance")
	requestsKind      = scheduleKind("roleAssignmentScheduleRequests", "unifiedRoleAssignmentScheduleRequest")
	eligiblesKind     = scheduleKind("roleEligibilitySchedules", "unifiedRoleEligibilitySchedule")
	eligibilitiesKind = scheduleKind("roleEligibilityScheduleInstances", "unifiedRoleEligibilityScheduleInstance")
	eligibleRequests  = scheduleKind("roleEligibilityScheduleRequests", "unifiedRoleEligibilityScheduleRequest")
)

// manyOfPIM answers a list that only tenants with Entra ID P2 have.
func manyOfPIM[T any](c *call, k *collection, list []T, render func(T) object) (answer, error) {
	if !c.premium(P2) {
		return answer{}, premiumRequired()
	}
	var objects []object
	for _, item := range list {
		objects = append(objects, render(item))
	}
	objects, err := c.expandAll(objects)
	if err != nil {
		return answer{}, err
	}
	return c.many(k, objects)
}

func listSchedules(c *call) (answer, error) {
	live := c.assignments(func(a *assignment) bool {
		return c.seen(a, c.now) || a.Removed.IsZero() && c.now.Before(a.Start)
	})
	return manyOfPIM(c, schedulesKind, live, (*assignment).renderSchedule)
}

func listInstances(c *call) (answer, error) {
	return manyOfPIM(c, instancesKind, c.assignments(func(a *assignment) bool { return c.seen(a, c.now) }), (*assignment).renderInstance)
}

func listEligibleSchedules(c *call) (answer, error) {
	return manyOfPIM(c, eligiblesKind, c.eligibilities((*eligibility).lasts, c.now), (*eligibility).renderSchedule)
}

func listEligibilities(c *call) (answer, error) {
	return manyOfPIM(c, eligibilitiesKind, c.eligibilities((*eligibility).current, c.now), (*eligibility).render)
}

func listScheduleRequests(c *call) (answer, error) {
	return manyOfPIM(c, requestsKind, c.Requests, (*scheduleRequest).render)
}

func getScheduleRequest(c *call) (answer, error) {
	if !c.premium(P2) {
		return answer{}, premiumRequired()
	}
	for _, r := range c.Requests {
		if r.ID == c.key(1) {
			o, err := c.expand(r.render())
			if err != nil {
				return answer{}, err
			}
			return c.one(http.StatusOK, requestsKind, o)
		}
	}
	return answer{}, notFound(c.key(1))
}

func createScheduleRequest(c *call) (answer, error) {
	if !c.may("RoleAssignmentSchedule.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory") && text(c.body["action"]) != "adminRemove" {
		return answer{}, refuse(http.StatusForbidden, "PermissionScopeNotGranted", "Authorization failed due to missing permission scope RoleAssignmentSchedule.ReadWrite.Directory,RoleManagement.ReadWrite.Directory.")
	}
	return c.schedule(requestsKind, c.provision)
}

func createEligibilityRequest(c *call) (answer, error) {
	return c.schedule(eligibleRequests, c.provisionEligibility)
}

// schedule checks a request to PIM and has it carried out.
func (c *call) schedule(k *collection, provision func(*scheduleRequest, period, time.Time) error) (answer, error) {
	if !c.premium(P2) {
		return answer{}, premiumRequired()
	}
	ticket, _ := c.body["ticketInfo"].(object)
	info, _ := c.body["scheduleInfo"].(object)
	r := &scheduleRequest{
		ID: uuid.NewString(), Action: text(c.body["action"]), Justification: text(c.body["justification"]),
		PrincipalID: text(c.body["principalId"]), RoleID: text(c.body["roleDefinitionId"]), Scope: text(c.body["directoryScopeId"]),
		By: c.by(), Created: c.now, TicketNumber: text(ticket["ticketNumber"]), TicketSystem: text(ticket["ticketSystem"]),
	}
	if _, known := c.roleID(r.RoleID); !known || uuid.Validate(r.RoleID) != nil {
		return answer{}, refuse(http.StatusBadRequest, "RoleNotFound", "The role is not found.")
	}
	if r.Scope != "/" {
		return answer{}, refuse(http.StatusBadRequest, "InvalidScope", "The scope '"+r.Scope+"' is invalid.")
	}
	if !c.knownToPIM(r.PrincipalID, c.now) {
		return answer{}, refuse(http.StatusNotFound, "SubjectNotFound", "The subject is not found.")
	}
	p := period{start: c.now, kind: "noExpiration"}
	if r.Action != "adminRemove" {
		var err error
		if p, err = parsePeriod(info, c.now); err != nil {
			return answer{}, err
		}
		if r.Justification == "" { // the default policy of every role asks for one
			return answer{}, refuse(http.StatusBadRequest, "RoleAssignmentRequestPolicyValidationFailed", `The following policy rules failed: ["JustificationRule"]`)
		}
	}
	r.Start, r.End, r.ExpirationType, r.Duration = p.start, p.end, p.kind, p.duration
	if err := provision(r, p, c.now); err != nil {
		return answer{}, err
	}
	return c.one(http.StatusCreated, k, r.render())
}
