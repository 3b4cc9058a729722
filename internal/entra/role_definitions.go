package entra

import (
	"context"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hourglass/internal/access"
)

// DefinedRoles lists the directory roles of the tenant that can be assigned, built-in and its own.
func (t *Tenant) DefinedRoles(ctx context.Context) (roles []access.RoleID, err error) {
	query := &rolemanagement.DirectoryRoleDefinitionsRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleDefinitionsRequestBuilderGetQueryParameters{Select: []string{"id", "isEnabled"}},
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
		for _, answer := range all {
			if answer == nil {
				return errShape
			}
			enabled, err := must(answer.GetIsEnabled())
			if err != nil {
				return err
			}
			var id access.RoleID
			if err := readID(&id, answer.GetId()); err != nil {
				return err
			}
			if enabled {
				roles = append(roles, id)
			}
		}
		return nil
	})
	return roles, err
}
