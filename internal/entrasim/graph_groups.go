package entrasim

import (
	"net/http"
	"slices"
)

var objectsKind = &collection{
	context: "directoryObjects", typ: "directoryObject", paged: true, page: 100, maxPage: 999,
	selects: []string{"displayName", "isAssignableToRole", "roleTemplateId", "deletedDateTime", "description"},
	filters: map[string]string{"id": "eq"},
}

// May an app see what kind of group or role it looks at? Without these it gets the id and the type only
// ("Limited information returned for inaccessible member objects", Graph permissions overview).
var (
	seesGroups = []string{"Group.Read.All", "Group.ReadWrite.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	seesRoles  = []string{"RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All"}
)

func (c *call) limited(o object, permissions []string) object {
	if c.may(permissions...) {
		return o
	}
	out := object{}
	for name := range o {
		out[name] = nil
	}
	out["id"], out["@odata.type"] = o["id"], o["@odata.type"]
	return out
}

// listMemberOf gives the groups and the directory roles of a user.
func listMemberOf(transitive bool) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		u, err := c.target()
		if err != nil {
			return answer{}, err
		}
		var list []object
		groups := c.memberOf(u.ID, transitive)
		for _, g := range groups {
			list = append(list, c.limited(g.render(), seesGroups))
		}
		roles := map[string]bool{}
		for _, a := range c.assignments(func(a *assignment) bool { return a.Scope == "/" && c.seen(a, c.now) }) {
			through := slices.ContainsFunc(groups, func(g *group) bool { return transitive && g.ID == a.PrincipalID })
			if _, custom := c.CustomRoles[a.RoleID]; (a.PrincipalID == u.ID || through) && !custom {
				roles[a.RoleID] = true
			}
		}
		for _, id := range sortedKeys(roles) {
			name := c.roleName(id)
			list = append(list, c.limited(object{
				"@odata.type": "#microsoft.graph.directoryRole", "id": c.directoryRoleID(id), "displayName": name, "description": name, "roleTemplateId": id,
			}, seesRoles))
		}
		return c.many(objectsKind, list)
	}
}

func listOwned(c *call) (answer, error) {
	u, err := c.target()
	if err != nil {
		return answer{}, err
	}
	var list []object
	for _, g := range c.ownedGroups(u.ID) {
		list = append(list, c.limited(g.render(), seesGroups))
	}
	return c.many(objectsKind, list)
}

// removeFromGroup takes a member or an owner out. Role-assignable groups need RoleManagement.ReadWrite.Directory as well.
func removeFromGroup(owners bool) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		g, ok := c.Groups[c.key(1)]
		if !ok {
			return answer{}, notFound(c.key(1))
		}
		if g.RoleAssignable && !c.may("RoleManagement.ReadWrite.Directory") {
			return answer{}, denied()
		}
		list, activity := &g.Members, "Remove member from group"
		if owners {
			list, activity = &g.Owners, "Remove owner from group"
		}
		i := slices.Index(*list, c.key(2))
		if i < 0 {
			return answer{}, notFound(c.key(2))
		}
		if owners && len(*list) == 1 && !g.RoleAssignable {
			return answer{}, badRequest("The group must have at least one owner, hence this owner cannot be removed.")
		}
		*list = slices.Delete(*list, i, i+1)
		target, _ := c.principalTarget(c.key(2))
		c.audit(c.now, c.by(), activity, "GroupManagement", "Unassign", target, auditTarget{Type: "Group", ID: g.ID, DisplayName: g.Name})
		return answer{status: http.StatusNoContent}, nil
	}
}
