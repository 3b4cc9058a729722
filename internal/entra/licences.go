package entra

import (
	"context"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/subscribedskus"

	"hourglass/internal/access"
)

const licencesKept = time.Hour

// licenceOfPlan says what a service plan brings. ID Governance brings role schedules too, and counts as P2.
var licenceOfPlan = map[string]access.Licence{
	"AAD_PREMIUM": access.LicenceP1, "AAD_PREMIUM_P2": access.LicenceP2, "Entra_Identity_Governance": access.LicenceP2,
}

// HasPIM reports whether the tenant's licences include role schedules (Entra ID P2 or ID Governance).
func (t *Tenant) HasPIM(ctx context.Context) (bool, error) {
	licence, err := t.Licence(ctx)
	return licence == access.LicenceP2, err
}

// Licence is the best Entra ID licence of the tenant. Kept for an hour.
func (t *Tenant) Licence(ctx context.Context) (access.Licence, error) {
	return t.licence.get(t.clock(), licencesKept, func() (best access.Licence, err error) {
		best = access.LicenceFree
		err = t.read(ctx, "read licences", func(ctx context.Context) error {
			query := &subscribedskus.SubscribedSkusRequestBuilderGetRequestConfiguration{
				QueryParameters: &subscribedskus.SubscribedSkusRequestBuilderGetQueryParameters{Select: []string{"capabilityStatus", "servicePlans"}},
			}
			all, err := collect(func(next string) (models.SubscribedSkuCollectionResponseable, error) {
				list := subscribedskus.NewSubscribedSkusRequestBuilderInternal(map[string]string{}, t.adapter)
				if next != "" {
					list = list.WithUrl(next)
				}
				return list.Get(ctx, query)
			})
			if err != nil {
				return err
			}
			for _, sku := range all {
				licence, err := readLicence(sku)
				if err != nil {
					return err
				}
				best = max(best, licence) // "free" < "p1" < "p2"
			}
			return nil
		})
		return best, err
	})
}

// readLicence counts a subscription that runs, or has just ended and still works ("Warning").
func readLicence(sku models.SubscribedSkuable) (best access.Licence, err error) {
	if sku == nil {
		return "", errShape
	}
	status, err := must(sku.GetCapabilityStatus())
	if err != nil || status != "Enabled" && status != "Warning" {
		return "", err
	}
	for _, plan := range sku.GetServicePlans() {
		if plan != nil && optional(plan.GetProvisioningStatus()) != "Disabled" {
			best = max(best, licenceOfPlan[optional(plan.GetServicePlanName())])
		}
	}
	return best, nil
}
