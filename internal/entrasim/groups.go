package entrasim

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// group is a security group. Role-assignable ones protect their members and owners like a role does.
type group struct {
	ID             string
	Name           string
	RoleAssignable bool
	Members        []string // users and groups, by object id
	Owners         []string
}

// GroupSpec seeds a group. Members and Owners are users by id, user name or employeeId, or groups by id.
type GroupSpec struct {
	Name           string   `json:"displayName"`
	RoleAssignable bool     `json:"isAssignableToRole"`
	Members        []string `json:"members,omitempty"`
	Owners         []string `json:"owners,omitempty"`
	// Roles are held by the group: names or template ids; only for role-assignable groups.
	Roles []string `json:"roles,omitempty"`
}

// AddGroup creates a group and returns its object id.
func (s *Sim) AddGroup(tenant string, spec GroupSpec) (string, error) {
	g := &group{ID: uuid.NewString(), Name: spec.Name, RoleAssignable: spec.RoleAssignable}
	err := s.in(tenant, func(t *directory) error {
		for _, list := range []struct {
			from []string
			to   *[]string
		}{{spec.Members, &g.Members}, {spec.Owners, &g.Owners}} {
			for _, key := range list.from {
				switch u := t.find(key); {
				case u != nil:
					*list.to = append(*list.to, u.ID)
				case t.Groups[key] != nil && !g.RoleAssignable: // Microsoft does not nest into role-assignable groups
					*list.to = append(*list.to, key)
				default:
					return notFound(key)
				}
			}
		}
		t.Groups[g.ID] = g
		now := s.now()
		t.audit(now, byHand, "Add group", "GroupManagement", "Add", auditTarget{Type: "Group", ID: g.ID, DisplayName: g.Name})
		for _, role := range spec.Roles {
			if !g.RoleAssignable {
				return badRequest("The group is not assignable to a role.")
			}
			if _, err := t.assign(role, g.ID, "/", now, byHand); err != nil {
				return err
			}
		}
		return nil
	})
	return g.ID, err
}

// memberOf lists the groups of an object, directly or through groups.
func (t *directory) memberOf(id string, transitive bool) []*group {
	found := map[string]*group{}
	var visit func(string)
	visit = func(member string) {
		for _, g := range t.Groups {
			if slices.Contains(g.Members, member) && found[g.ID] == nil {
				found[g.ID] = g
				if transitive {
					visit(g.ID)
				}
			}
		}
	}
	visit(id)
	var list []*group
	for _, key := range sortedKeys(found) {
		list = append(list, found[key])
	}
	return list
}

func (t *directory) ownedGroups(id string) []*group {
	var list []*group
	for _, key := range sortedKeys(t.Groups) {
		if slices.Contains(t.Groups[key].Owners, id) {
			list = append(list, t.Groups[key])
		}
	}
	return list
}

func (g *group) render() object {
	return object{
		"@odata.type": "#microsoft.graph.group", "id": g.ID, "displayName": g.Name, "isAssignableToRole": g.RoleAssignable,
		"securityEnabled": true, "mailEnabled": false, "mailNickname": strings.ReplaceAll(strings.ToLower(g.Name), " ", "-"),
		"groupTypes": []any{},
	}
}
