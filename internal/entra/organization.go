package entra

import (
	"context"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"

	"hourglass/internal/access"
)

// Organization is the tenant as it describes itself.
type Organization struct {
	TenantID access.TenantID
	// Name is what the customer wrote; it is not yet an access.Name.
	Name    string
	Domains []Domain
}

// Domain is a verified domain of the tenant.
type Domain struct {
	Name string
	// Managed: its users sign in at Microsoft; otherwise the domain is federated, and Microsoft sets no password there.
	Managed bool
	// Initial: the one that ends in onmicrosoft.com and can never be federated.
	Initial bool
	Default bool
}

// Organization refuses an answer that describes another tenant (right-tenant).
func (t *Tenant) Organization(ctx context.Context) (o Organization, err error) {
	const op = "read organization"
	err = t.read(ctx, op, func(ctx context.Context) error {
		answer, err := organization.NewOrganizationRequestBuilderInternal(map[string]string{}, t.adapter).
			Get(ctx, &organization.OrganizationRequestBuilderGetRequestConfiguration{
				QueryParameters: &organization.OrganizationRequestBuilderGetQueryParameters{Select: []string{"id", "displayName", "verifiedDomains"}},
			})
		if err != nil {
			return err
		}
		if answer == nil || len(answer.GetValue()) != 1 {
			return errShape
		}
		if o, err = readOrganization(answer.GetValue()[0]); err == nil && o.TenantID != t.id {
			return &Error{Kind: Unauthenticated, Op: op, Code: CodeWrongTenant}
		}
		return err
	})
	if err != nil {
		return Organization{}, err
	}
	return o, nil
}

func readOrganization(answer models.Organizationable) (o Organization, err error) {
	if answer == nil {
		return Organization{}, errShape
	}
	o.Name = optional(answer.GetDisplayName())
	for _, domain := range answer.GetVerifiedDomains() {
		if domain == nil || optional(domain.GetName()) == "" {
			return Organization{}, errShape
		}
		o.Domains = append(o.Domains, Domain{
			Name:    *domain.GetName(),
			Managed: optional(domain.GetTypeEscaped()) == "Managed",
			Initial: domain.GetIsInitial() != nil && *domain.GetIsInitial(),
			Default: domain.GetIsDefault() != nil && *domain.GetIsDefault(),
		})
	}
	return o, readID(&o.TenantID, answer.GetId())
}
