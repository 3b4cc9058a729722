package entrasim

import (
	"net/http"
	"strings"

	"github.com/google/uuid"
)

var (
	definitionsKind = &collection{
		context: "roleManagement/directory/roleDefinitions", typ: "unifiedRoleDefinition",
		filters: map[string]string{"id": "eq", "displayName": "eq startswith", "templateId": "eq", "isBuiltIn": "eq", "isEnabled": "eq"},
	}
	assignmentsKind = &collection{
		context: "roleManagement/directory/roleAssignments", typ: "unifiedRoleAssignment",
		filters: map[string]string{"id": "eq", "principalId": "eq", "roleDefinitionId": "eq", "directoryScopeId": "eq"},
		selects: []string{"appScopeId", "condition", "principalOrganizationId"}, expands: []string{"roleDefinition", "principal"},
		paged: true, page: 100, maxPage: 999,
	}
)

// expand adds what $expand asks for to an object that has roleDefinitionId and principalId.
func (c *call) expand(o object) (object, error) {
	raw := c.query.Get("$expand")
	if raw == "" {
		return o, nil
	}
	for _, name := range strings.Split(raw, ",") {
		switch strings.TrimSpace(name) {
		case "roleDefinition":
			o["roleDefinition"] = c.renderRole(text(o["roleDefinitionId"]))
		case "principal":
			id := text(o["principalId"])
			o["principal"] = nil
			if target, ok := c.principalTarget(id); ok {
				o["principal"] = object{"@odata.type": "#microsoft.graph." + strings.ToLower(target.Type[:1]) + target.Type[1:], "id": id, "displayName": target.DisplayName}
			}
		default:
			return nil, badQuery("Parsing OData Select and Expand failed: the term '" + name + "' cannot be expanded.")
		}
	}
	return o, nil
}

func (c *call) expandAll(list []object) ([]object, error) {
	for i := range list {
		if _, err := c.expand(list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func listRoleDefinitions(c *call) (answer, error) { return c.many(definitionsKind, c.renderRoles()) }

func getRoleDefinition(c *call) (answer, error) {
	if _, ok := c.roleID(c.key(1)); !ok {
		return answer{}, notFound(c.key(1))
	}
	return c.one(http.StatusOK, definitionsKind, c.renderRole(c.key(1)))
}

func listAssignments(c *call) (answer, error) {
	principal, one := c.asked("principalId")
	var list []object
	for _, a := range c.assignments(func(a *assignment) bool {
		return (!one || strings.EqualFold(a.PrincipalID, principal)) && c.seen(a, c.now)
	}) {
		list = append(list, c.renderAssignment(a))
	}
	list, err := c.expandAll(list)
	if err != nil {
		return answer{}, err
	}
	return c.many(assignmentsKind, list)
}

func getAssignment(c *call) (answer, error) {
	a, ok := c.Assignments[c.key(1)]
	if !ok || !c.seen(a, c.now) {
		return answer{}, notFound(c.key(1))
	}
	o, err := c.expand(c.renderAssignment(a))
	if err != nil {
		return answer{}, err
	}
	return c.one(http.StatusOK, assignmentsKind, o)
}

func createAssignment(c *call) (answer, error) {
	role, principal, scope := text(c.body["roleDefinitionId"]), text(c.body["principalId"]), text(c.body["directoryScopeId"])
	if role == "" || principal == "" || scope == "" {
		return answer{}, badRequest("Invalid value specified for a required property of resource 'RoleAssignment'.")
	}
	if scope != "/" {
		return answer{}, badRequest("The directory scope '" + scope + "' is not valid.")
	}
	if _, known := c.roleID(role); !known || uuid.Validate(role) != nil {
		return answer{}, notFound(role)
	}
	if g := c.Groups[principal]; g != nil && !g.RoleAssignable {
		return answer{}, badRequest("The group is not assignable to a role.")
	}
	if !c.visible(principal, c.now) {
		return answer{}, notFound(principal)
	}
	a, err := c.assign(role, principal, scope, c.now, c.by())
	if err != nil {
		return answer{}, err
	}
	return c.one(http.StatusCreated, assignmentsKind, c.renderAssignment(a))
}

func deleteAssignment(c *call) (answer, error) {
	a, ok := c.Assignments[c.key(1)]
	if !ok || !a.current(c.now) {
		return answer{}, notFound(c.key(1))
	}
	c.unassign(a, c.now, c.by())
	return answer{status: http.StatusNoContent}, nil
}

// directoryRoleID is the id of the activated directoryRole object: per tenant, unlike the template's.
func (t *directory) directoryRoleID(role string) string {
	return uuid.NewSHA1(uuid.MustParse(role), []byte(t.id)).String()
}
