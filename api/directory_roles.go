package api

import (
	"context"
	"slices"
	"strings"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// catalogues is what the store does for the roles of customers' tenants.
type catalogues interface {
	KnownRoles(ctx context.Context) (roles []store.KnownRole, catalogues int, err error)
	CustomersWithout(ctx context.Context, roles []access.RoleID, limit int) (map[access.RoleID][]store.CustomerWithout, error)
	RoleCatalogue(ctx context.Context, id access.CustomerID) (store.RoleCatalogue, error)
	ReadCatalogueAgain(ctx context.Context, id access.CustomerID) error
}

// mostLacking bounds the customers that are named for each role.
const mostLacking = 50

// ListDirectoryRoles lists the roles that are known by name together with those that tenants were found to have.
func (s *server) ListDirectoryRoles(ctx context.Context, _ ListDirectoryRolesRequestObject) (ListDirectoryRolesResponseObject, error) {
	ctx, _ = begin(ctx)
	found, tenants, err := s.store.KnownRoles(ctx)
	if err != nil {
		return nil, err
	}
	having := map[access.RoleID]int{}
	roles := slices.Clone(access.DirectoryRoles)
	for _, r := range found {
		having[r.ID] = r.Customers
		if known := access.DirectoryRoleOf(r.ID); known.Name == "" {
			known.Name = r.Name
			roles = append(roles, known)
		}
	}
	slices.SortFunc(roles, func(a, b access.DirectoryRole) int {
		return strings.Compare(a.Name+a.ID.String(), b.Name+b.ID.String())
	})
	var lacking []access.RoleID
	for _, r := range roles {
		if having[r.ID] < tenants {
			lacking = append(lacking, r.ID)
		}
	}
	without, err := s.store.CustomersWithout(ctx, lacking, mostLacking)
	if err != nil {
		return nil, err
	}
	views := make([]KnownRole, len(roles))
	for i, r := range roles {
		views[i] = KnownRole{Id: r.ID, Name: r.Name, Privileged: r.Privileged, Lacking: tenants - having[r.ID]}
		for _, c := range without[r.ID] {
			views[i].LackingAt = append(views[i].LackingAt, Named{Id: c.ID.String(), Name: c.Name})
		}
	}
	return ListDirectoryRoles200JSONResponse{Roles: views, Tenants: tenants}, nil
}

func (s *server) GetTenantRoles(ctx context.Context, request GetTenantRolesRequestObject) (GetTenantRolesResponseObject, error) {
	ctx, _ = begin(ctx)
	customer, err := s.store.Customer(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	catalogue, err := s.store.RoleCatalogue(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	profiles, err := s.store.Profiles(ctx)
	if err != nil {
		return nil, err
	}
	view := TenantRoles{
		Customer: Named{Id: customer.ID.String(), Name: customer.Name.String()}, ReadAt: instant(catalogue.ReadAt),
		Roles: make([]TenantRole, len(catalogue.Roles)), Lacking: lackingProfiles(profiles, catalogue),
	}
	for i, r := range catalogue.Roles {
		view.Roles[i] = TenantRole{
			Id: r.ID, Name: r.Name, Privileged: access.DirectoryRoleOf(r.ID).Privileged, BuiltIn: r.BuiltIn, Enabled: r.Enabled,
		}
	}
	return GetTenantRoles200JSONResponse(view), nil
}

// lackingProfiles are the profiles in use with roles that the tenant is known not to have.
func lackingProfiles(profiles []access.Profile, catalogue store.RoleCatalogue) []LackingProfile {
	lacking := []LackingProfile{}
	if catalogue.ReadAt == nil {
		return lacking
	}
	for _, p := range profiles {
		var roles []DirectoryRole
		for _, id := range p.Roles {
			if !catalogue.Has(id) {
				roles = append(roles, roleView(access.DirectoryRoleOf(id)))
			}
		}
		if roles != nil && !p.Retired {
			lacking = append(lacking, LackingProfile{Profile: Named{Id: p.ID.String(), Name: p.Name.String()}, Roles: roles})
		}
	}
	return lacking
}

func (s *server) RefreshTenantRoles(ctx context.Context, request RefreshTenantRolesRequestObject) (RefreshTenantRolesResponseObject, error) {
	ctx, _ = begin(ctx)
	customer, err := s.store.Customer(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	if customer.Connection != access.Connected {
		return nil, &failure{kind: customerUnavailable}
	}
	return RefreshTenantRoles202Response{}, s.store.ReadCatalogueAgain(ctx, request.Id)
}
