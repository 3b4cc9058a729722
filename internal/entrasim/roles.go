package entrasim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// assignment is a role that is held: permanently, or between two instants when it came from a schedule.
// A removed one stays as a tombstone for as long as the directory still sees it (Delays.RoleRemoval).
type assignment struct {
	ID          string
	ScheduleID  string
	PrincipalID string
	RoleID      string
	Scope       string // directoryScopeId
	Start, End  time.Time
	Created     time.Time
	Modified    time.Time
	Removed     time.Time
}

// current says whether the role is really held.
func (a *assignment) current(now time.Time) bool {
	return a.Removed.IsZero() && !now.Before(a.Start) && (a.End.IsZero() || now.Before(a.End))
}

// seen says whether Graph's lists and rules still count the role: held, or removed a moment ago.
func (t *directory) seen(a *assignment, now time.Time) bool {
	return a.current(now) || !a.Removed.IsZero() && now.Before(a.Removed.Add(time.Duration(t.Settings.Delays.RoleRemoval)))
}

// assignments lists, in a stable order, what ok lets through.
func (t *directory) assignments(ok func(*assignment) bool) []*assignment {
	var list []*assignment
	for _, a := range t.Assignments {
		if ok(a) {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b *assignment) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// held finds the role that the principal really holds at this scope; nil if there is none.
func (t *directory) held(principal, role, scope string, now time.Time) *assignment {
	for _, a := range t.Assignments {
		if a.PrincipalID == principal && a.RoleID == role && a.Scope == scope && a.current(now) {
			return a
		}
	}
	return nil
}

// assign gives a role for good. role is a name or an id.
func (t *directory) assign(role, principal, scope string, now time.Time, by initiator) (*assignment, error) {
	id, ok := t.roleID(role)
	if !ok {
		return nil, notFound(role)
	}
	target, ok := t.principalTarget(principal)
	if !ok {
		return nil, notFound(principal)
	}
	if t.held(principal, id, scope, now) != nil {
		return nil, badRequest("A conflicting object with one or more of the specified property values is present in the directory.")
	}
	t.prune(now)
	a := &assignment{
		ID: assignmentID(), ScheduleID: uuid.NewString(), PrincipalID: principal, RoleID: id, Scope: scope,
		Start: now, Created: now, Modified: now,
	}
	t.Assignments[a.ID] = a
	t.audit(now, by, "Add member to role", "RoleManagement", "Assign", target, t.roleTarget(id))
	return a, nil
}

// unassign takes a held role away.
func (t *directory) unassign(a *assignment, now time.Time, by initiator) {
	a.Removed, a.Modified = now, now
	target, _ := t.principalTarget(a.PrincipalID)
	t.audit(now, by, "Remove member from role", "RoleManagement", "Unassign", target, t.roleTarget(a.RoleID))
}

// prune forgets assignments that ended so long ago that no delay shows them any more.
func (t *directory) prune(now time.Time) {
	old := now.Add(-time.Hour - time.Duration(t.Settings.Delays.RoleRemoval))
	for id, a := range t.Assignments {
		if !a.Removed.IsZero() && a.Removed.Before(old) || !a.End.IsZero() && a.End.Before(old) {
			delete(t.Assignments, id)
		}
	}
}

// assignmentID looks like Microsoft's: opaque, URL-safe, "-1" at the end.
func assignmentID() string { return randomToken() + "-1" }

// principalTarget describes a user, a group or a service principal by object id.
func (t *directory) principalTarget(id string) (auditTarget, bool) {
	if u, ok := t.Users[id]; ok {
		return u.target(), true
	}
	if g, ok := t.Groups[id]; ok {
		return auditTarget{Type: "Group", ID: g.ID, DisplayName: g.Name}, true
	}
	for _, sp := range t.Principals {
		if sp.ID == id {
			return auditTarget{Type: "ServicePrincipal", ID: sp.ID, DisplayName: sp.Name}, true
		}
	}
	return auditTarget{}, false
}

func (t *directory) roleTarget(id string) auditTarget {
	return auditTarget{Type: "Role", ID: id, DisplayName: t.roleName(id)}
}

// rolesSeen gives the role ids that the directory counts for a principal: its own, and those of role-assignable groups.
func (t *directory) rolesSeen(principal string, now time.Time) []string {
	roles := map[string]bool{}
	for _, a := range t.Assignments {
		g := t.Groups[a.PrincipalID]
		if t.seen(a, now) && (a.PrincipalID == principal || g != nil && slices.Contains(g.Members, principal)) {
			roles[a.RoleID] = true
		}
	}
	return slices.Sorted(maps.Keys(roles))
}

func (t *directory) renderAssignment(a *assignment) object {
	return object{"id": a.ID, "roleDefinitionId": a.RoleID, "principalId": a.PrincipalID, "directoryScopeId": a.Scope}
}

// AssignRole gives a role to a user (id, user name or employeeId) outside of Graph, as a customer's administrator would.
// role is a display name or a template id.
func (s *Sim) AssignRole(tenant, userKey, role string) error {
	return s.in(tenant, func(t *directory) error {
		u := t.find(userKey)
		if u == nil {
			return fmt.Errorf("entrasim: no user %s", userKey)
		}
		_, err := t.assign(role, u.ID, "/", s.now(), byHand)
		return err
	})
}

// AssignRoleToServicePrincipal gives a role to an app's service principal.
func (s *Sim) AssignRoleToServicePrincipal(tenant, clientID, role string) error {
	return s.in(tenant, func(t *directory) error {
		sp, ok := t.Principals[clientID]
		if !ok {
			return fmt.Errorf("entrasim: app %s has no service principal in %s", clientID, tenant)
		}
		_, err := t.assign(role, sp.ID, "/", s.now(), byHand)
		return err
	})
}

// RemoveRoleFromServicePrincipal takes a role from an app's service principal.
func (s *Sim) RemoveRoleFromServicePrincipal(tenant, clientID, role string) error {
	return s.in(tenant, func(t *directory) error {
		sp, ok := t.Principals[clientID]
		id, known := t.roleID(role)
		if !ok || !known {
			return fmt.Errorf("entrasim: app %s or role %s does not exist in %s", clientID, role, tenant)
		}
		a := t.held(sp.ID, id, "/", s.now())
		if a == nil {
			return fmt.Errorf("entrasim: app %s does not hold %s", clientID, role)
		}
		t.unassign(a, s.now(), byHand)
		return nil
	})
}

// AddCustomRole defines a role that Microsoft does not know and returns its id.
func (s *Sim) AddCustomRole(tenant, name string) (string, error) {
	id := uuid.NewString()
	return id, s.in(tenant, func(t *directory) error {
		t.CustomRoles[id] = &customRole{ID: id, Name: name}
		return nil
	})
}

// WithholdRole leaves a tenant without a built-in role, as one is that Microsoft has not brought a new role to yet; or brings it.
func (s *Sim) WithholdRole(tenant, role string, withheld bool) error {
	return s.in(tenant, func(t *directory) error {
		if _, known := roleByID[role]; !known {
			return fmt.Errorf("entrasim: no built-in role %s", role)
		}
		if t.Withheld == nil {
			t.Withheld = map[string]bool{}
		}
		t.Withheld[role] = withheld
		return nil
	})
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
