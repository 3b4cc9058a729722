package entrasim

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// eligibility is a role that a principal may activate.
type eligibility struct {
	ID                         string // of the instance
	ScheduleID                 string
	PrincipalID, RoleID, Scope string
	Start, End                 time.Time
}

// lasts: it has not ended, but need not have begun.
func (e *eligibility) lasts(now time.Time) bool { return e.End.IsZero() || now.Before(e.End) }

func (e *eligibility) current(now time.Time) bool { return !now.Before(e.Start) && e.lasts(now) }

// requestsKept bounds the log of requests.
const requestsKept = 2000

// scheduleRequest is one request to PIM; Microsoft keeps them as a log.
type scheduleRequest struct {
	ID, Action, Justification  string
	PrincipalID, RoleID, Scope string
	Status, TargetScheduleID   string
	By                         initiator
	Created                    time.Time
	Start, End                 time.Time
	ExpirationType, Duration   string
	TicketNumber, TicketSystem string
}

// period is the scheduleInfo of a request, understood.
type period struct {
	start, end     time.Time
	kind, duration string
}

var isoDuration = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$`)

func parseISODuration(s string) (time.Duration, bool) {
	m := isoDuration.FindStringSubmatch(s)
	if m == nil || s == "P" || strings.HasSuffix(s, "T") {
		return 0, false
	}
	var total time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if m[i+1] == "" {
			continue
		}
		n, err := strconv.Atoi(m[i+1])
		if err != nil {
			return 0, false
		}
		total += time.Duration(n) * unit
	}
	return total, total > 0
}

// parsePeriod reads scheduleInfo {startDateTime, expiration {type, duration, endDateTime}}.
func parsePeriod(info object, now time.Time) (period, error) {
	bad := func(what string) (period, error) {
		return period{}, refuse(400, "InvalidRoleAssignmentRequest", "The schedule information is invalid: "+what+".")
	}
	p := period{start: now}
	if raw := text(info["startDateTime"]); raw != "" {
		start, err := time.Parse(time.RFC3339, raw)
		if err != nil {
			return bad("startDateTime")
		}
		if start.After(now) {
			p.start = start.UTC()
		}
	}
	expiration, _ := info["expiration"].(object)
	p.kind, p.duration = text(expiration["type"]), text(expiration["duration"])
	switch p.kind {
	case "noExpiration", "":
		p.kind = "noExpiration"
	case "afterDuration":
		d, ok := parseISODuration(p.duration)
		if !ok {
			return bad("duration")
		}
		p.end = p.start.Add(d)
	case "afterDateTime":
		end, err := time.Parse(time.RFC3339, text(expiration["endDateTime"]))
		if err != nil || !end.After(p.start) {
			return bad("endDateTime")
		}
		p.end = end.UTC()
	default:
		return bad("expiration type")
	}
	return p, nil
}

// knownToPIM says whether role schedules have heard of the principal yet.
func (t *directory) knownToPIM(principal string, now time.Time) bool {
	u, isUser := t.Users[principal]
	if !isUser {
		_, ok := t.principalTarget(principal)
		return ok
	}
	return !now.Before(u.Created.Add(time.Duration(t.Settings.Delays.PIM)))
}

// provision carries out a roleAssignmentScheduleRequest.
func (t *directory) provision(r *scheduleRequest, p period, now time.Time) error {
	held := t.scheduled(r.PrincipalID, r.RoleID, r.Scope, now)
	missing := refuse(400, "RoleAssignmentDoesNotExist", "The Role assignment does not exist.")
	switch r.Action {
	case "adminAssign":
		if held != nil {
			return refuse(400, "RoleAssignmentExists", "The Role assignment already exists.")
		}
		t.prune(now)
		held = &assignment{
			ID: assignmentID(), ScheduleID: r.ID, PrincipalID: r.PrincipalID, RoleID: r.RoleID, Scope: r.Scope,
			Start: p.start, End: p.end, Created: now, Modified: now,
		}
		t.Assignments[held.ID] = held
		r.Status = "Provisioned"
	case "adminUpdate", "adminExtend":
		if held == nil {
			return missing
		}
		held.End, held.Modified = p.end, now
		if r.Action == "adminUpdate" && p.start.After(now) {
			held.Start = p.start
		}
		r.Status = "Provisioned"
	case "adminRemove":
		if held == nil {
			return missing
		}
		held.Removed, held.Modified = now, now
		r.Status = "Revoked"
	default:
		return refuse(400, "InvalidAction", "The action "+r.Action+" is not supported for an application.")
	}
	r.TargetScheduleID = held.ScheduleID
	t.Requests = append(t.Requests[max(0, len(t.Requests)-requestsKept):], r)
	target, _ := t.principalTarget(r.PrincipalID)
	activity := map[string]string{
		"adminAssign": "Add member to role in PIM completed (timebound)", "adminUpdate": "Update role assignment in PIM",
		"adminExtend": "Extend role assignment in PIM", "adminRemove": "Remove member from role in PIM completed (timebound)",
	}[r.Action]
	t.audit(now, r.By, activity, "PIM", "Update", target, t.roleTarget(r.RoleID))
	return nil
}

// scheduled finds the assignment of a role that is held or will be; nil if there is none.
func (t *directory) scheduled(principal, role, scope string, now time.Time) *assignment {
	for _, a := range t.Assignments {
		same := a.PrincipalID == principal && a.RoleID == role && a.Scope == scope
		if same && a.Removed.IsZero() && (a.End.IsZero() || now.Before(a.End)) {
			return a
		}
	}
	return nil
}

// provisionEligibility carries out a roleEligibilityScheduleRequest.
func (t *directory) provisionEligibility(r *scheduleRequest, p period, now time.Time) error {
	var held *eligibility
	for _, e := range t.Eligibilities {
		if e.PrincipalID == r.PrincipalID && e.RoleID == r.RoleID && e.Scope == r.Scope && e.lasts(now) {
			held = e
		}
	}
	switch r.Action {
	case "adminAssign":
		if held != nil {
			return refuse(400, "RoleAssignmentExists", "The Role assignment already exists.")
		}
		held = &eligibility{
			ID: assignmentID(), ScheduleID: r.ID, PrincipalID: r.PrincipalID, RoleID: r.RoleID, Scope: r.Scope, Start: p.start, End: p.end,
		}
		t.Eligibilities[held.ID] = held
		r.Status = "Provisioned"
	case "adminRemove":
		if held == nil {
			return refuse(400, "RoleAssignmentDoesNotExist", "The Role assignment does not exist.")
		}
		delete(t.Eligibilities, held.ID)
		r.Status = "Revoked"
	default:
		return refuse(400, "InvalidAction", "The action "+r.Action+" is not supported for an application.")
	}
	r.TargetScheduleID = held.ScheduleID
	target, _ := t.principalTarget(r.PrincipalID)
	t.audit(now, r.By, map[bool]string{true: "Add eligible member to role in PIM completed (timebound)",
		false: "Remove eligible member from role in PIM completed (timebound)"}[r.Action == "adminAssign"],
		"PIM", "Update", target, t.roleTarget(r.RoleID))
	return nil
}

// AddEligibility lets a user (id, user name or employeeId) activate a role after a delay, as a customer's administrator would.
func (s *Sim) AddEligibility(tenant, userKey, role string, after time.Duration) error {
	return s.in(tenant, func(t *directory) error {
		u := t.find(userKey)
		id, ok := t.roleID(role)
		if u == nil || !ok {
			return fmt.Errorf("entrasim: no user %s or no role %s", userKey, role)
		}
		now := s.now()
		r := &scheduleRequest{ID: uuid.NewString(), Action: "adminAssign", PrincipalID: u.ID, RoleID: id, Scope: "/", By: byHand}
		return t.provisionEligibility(r, period{start: now.Add(after)}, now)
	})
}

func (r *scheduleRequest) render() object {
	application := object{"id": r.By.PrincipalID, "displayName": r.By.Name}
	return object{
		"id": r.ID, "status": r.Status, "action": r.Action, "createdDateTime": stamp(r.Created), "completedDateTime": stamp(r.Created),
		"approvalId": nil, "customData": nil, "principalId": r.PrincipalID, "roleDefinitionId": r.RoleID, "directoryScopeId": r.Scope,
		"appScopeId": nil, "isValidationOnly": false, "targetScheduleId": r.TargetScheduleID, "justification": r.Justification,
		"createdBy": object{"application": application, "device": nil, "user": nil},
		"scheduleInfo": object{
			"startDateTime": stamp(r.Start), "recurrence": nil,
			"expiration": object{"type": r.ExpirationType, "endDateTime": stamp(r.End), "duration": nullable(r.Duration)},
		},
		"ticketInfo": object{"ticketNumber": nullable(r.TicketNumber), "ticketSystem": nullable(r.TicketSystem)},
	}
}

// scheduleInfo is from start to end, for ever where end is zero.
func scheduleInfo(start, end time.Time) object {
	expiration := object{"type": "noExpiration", "endDateTime": nil, "duration": nil}
	if !end.IsZero() {
		expiration["type"], expiration["endDateTime"] = "afterDateTime", stamp(end)
	}
	return object{"startDateTime": stamp(start), "recurrence": nil, "expiration": expiration}
}

func (a *assignment) renderSchedule() object {
	return object{
		"id": a.ScheduleID, "principalId": a.PrincipalID, "roleDefinitionId": a.RoleID, "directoryScopeId": a.Scope, "appScopeId": nil,
		"createdUsing": a.ScheduleID, "createdDateTime": stamp(a.Created), "modifiedDateTime": stamp(a.Modified), "status": "Provisioned",
		"assignmentType": "Assigned", "memberType": "Direct",
		"scheduleInfo": scheduleInfo(a.Start, a.End),
	}
}

func (a *assignment) renderInstance() object {
	return object{
		"id": a.ID, "principalId": a.PrincipalID, "roleDefinitionId": a.RoleID, "directoryScopeId": a.Scope, "appScopeId": nil,
		"startDateTime": stamp(a.Start), "endDateTime": stamp(a.End), "assignmentType": "Assigned", "memberType": "Direct",
		"roleAssignmentOriginId": a.ID, "roleAssignmentScheduleId": a.ScheduleID,
	}
}

func (e *eligibility) render() object {
	return object{
		"id": e.ID, "principalId": e.PrincipalID, "roleDefinitionId": e.RoleID, "directoryScopeId": e.Scope, "appScopeId": nil,
		"startDateTime": stamp(e.Start), "endDateTime": stamp(e.End), "memberType": "Direct", "roleEligibilityScheduleId": e.ScheduleID,
	}
}

func (e *eligibility) renderSchedule() object {
	return object{
		"id": e.ScheduleID, "principalId": e.PrincipalID, "roleDefinitionId": e.RoleID, "directoryScopeId": e.Scope, "appScopeId": nil,
		"createdUsing": e.ScheduleID, "createdDateTime": stamp(e.Start), "modifiedDateTime": stamp(e.Start), "status": "Provisioned",
		"memberType": "Direct", "scheduleInfo": scheduleInfo(e.Start, e.End),
	}
}

// eligibilities are those that are so at an instant.
func (t *directory) eligibilities(are func(*eligibility, time.Time) bool, now time.Time) []*eligibility {
	var list []*eligibility
	for _, id := range sortedKeys(t.Eligibilities) {
		if are(t.Eligibilities[id], now) {
			list = append(list, t.Eligibilities[id])
		}
	}
	return list
}
