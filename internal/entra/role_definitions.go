package entra

import (
	"context"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hourglass/internal/access"
)

// RoleDefinition is a directory role as the tenant defines it. Whether Microsoft marks it as privileged is told by the beta
// of Graph alone; access.DirectoryRoleOf knows it of the roles that are known by name.
type RoleDefinition struct {
	// ID is the template id where the role is built-in: the same in every tenant.
	ID access.RoleID
	// Name is what the tenant wrote where the role is its own; it is not yet an access.Name.
	Name string
	// BuiltIn: Microsoft's, not the tenant's own.
	BuiltIn bool
	// Enabled: it can be assigned.
	Enabled bool
}

// mostRoleDefinitions is some times more than Microsoft's own and the 100 of its own that a tenant may have.
const mostRoleDefinitions = 2000

// RoleDefinitions lists the directory roles of the tenant.
func (t *Tenant) RoleDefinitions(ctx context.Context) (roles []RoleDefinition, err error) {
	query := &rolemanagement.DirectoryRoleDefinitionsRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleDefinitionsRequestBuilderGetQueryParameters{
			Select: []string{"id", "templateId", "displayName", "isBuiltIn", "isEnabled"},
		},
	}
	err = t.read(ctx, "list role definitions", func(ctx context.Context) error {
		all, err := collect(func(next string) (models.UnifiedRoleDefinitionCollectionResponseable, error) {
			list := t.directoryRoles().RoleDefinitions()
			if next != "" {
				list = list.WithUrl(next)
			}
			return list.Get(ctx, query)
		})
		if err != nil {
			return err
		}
		if len(all) > mostRoleDefinitions {
			return errShape
		}
		for _, answer := range all {
			role, err := readRoleDefinition(answer)
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

// readRoleDefinition refuses a built-in role whose id is not its template's: profiles name roles by their templates.
func readRoleDefinition(answer models.UnifiedRoleDefinitionable) (r RoleDefinition, err error) {
	if answer == nil {
		return RoleDefinition{}, errShape
	}
	builtIn, enabled, name := answer.GetIsBuiltIn(), answer.GetIsEnabled(), answer.GetDisplayName()
	if builtIn == nil || enabled == nil || name == nil {
		return RoleDefinition{}, errShape
	}
	r.BuiltIn, r.Enabled, r.Name = *builtIn, *enabled, *name
	if r.BuiltIn && optional(answer.GetTemplateId()) != optional(answer.GetId()) {
		return RoleDefinition{}, errShape
	}
	return r, readID(&r.ID, answer.GetId())
}

// DefinedRoles lists the directory roles of the tenant that can be assigned, built-in and its own.
func (t *Tenant) DefinedRoles(ctx context.Context) (roles []access.RoleID, err error) {
	all, err := t.RoleDefinitions(ctx)
	for _, role := range all {
		if role.Enabled {
			roles = append(roles, role.ID)
		}
	}
	return roles, err
}
