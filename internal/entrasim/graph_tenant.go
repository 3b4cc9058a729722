package entrasim

import (
	"net/http"
	"strings"
)

var (
	organizationKind = &collection{context: "organization", typ: "organization", selects: strings.Fields(`assignedPlans businessPhones city country
		createdDateTime deletedDateTime onPremisesLastSyncDateTime postalCode state street technicalNotificationMails provisionedPlans`)}
	domainsKind = &collection{context: "domains", typ: "domain", selects: strings.Fields("manufacturer model state passwordNotificationWindowInDays passwordValidityPeriodInDays")}
	skusKind    = &collection{context: "subscribedSkus", typ: "subscribedSku"}
)

func authenticationType(d DomainSpec) string {
	if d.Federated {
		return "Federated"
	}
	return "Managed"
}

func listOrganization(c *call) (answer, error) {
	verified := []any{}
	for _, d := range c.Domains {
		if !d.Unverified {
			verified = append(verified, object{
				"name": d.Name, "isDefault": d.Default, "isInitial": d.Initial, "type": authenticationType(d), "capabilities": "Email, OfficeCommunicationsOnline",
			})
		}
	}
	return c.many(organizationKind, []object{{
		"id": c.id, "displayName": c.Name, "verifiedDomains": verified, "assignedPlans": []any{}, "onPremisesSyncEnabled": nil,
		"tenantType": "AAD", "countryLetterCode": nil, "preferredLanguage": "en", "createdDateTime": stamp(c.Created),
	}})
}

func listDomains(c *call) (answer, error) {
	var list []object
	for _, d := range c.Domains {
		list = append(list, object{
			"id": d.Name, "authenticationType": authenticationType(d), "isVerified": !d.Unverified, "isDefault": d.Default, "isInitial": d.Initial,
			"isRoot": true, "isAdminManaged": true, "availabilityStatus": nil, "supportedServices": []any{"Email", "OfficeCommunicationsOnline"},
		})
	}
	return c.many(domainsKind, list)
}

// servicePlans are the plans by which a client recognises the licence; ids: Microsoft's licensing service plan reference.
var servicePlans = map[Licence][]any{
	P1: {servicePlan("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM")},
	P2: {servicePlan("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM"), servicePlan("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2")},
}

func servicePlan(id, name string) object {
	return object{"servicePlanId": id, "servicePlanName": name, "provisioningStatus": "Success", "appliesTo": "User"}
}

// skus are the products that carry those plans; a Free tenant has none.
var skus = map[Licence]object{
	P1: {"skuId": "078d2b04-f1bd-4111-bbd4-b4b1b354cef4", "skuPartNumber": "AAD_PREMIUM"},
	P2: {"skuId": "84a661c4-e949-4bd2-a560-ed7766fcaf2b", "skuPartNumber": "AAD_PREMIUM_P2"},
}

func listSKUs(c *call) (answer, error) {
	var list []object
	if sku, ok := skus[c.Settings.Licence]; ok {
		list = append(list, object{
			"id": c.id + "_" + text(sku["skuId"]), "skuId": sku["skuId"], "skuPartNumber": sku["skuPartNumber"], "accountId": c.id, "accountName": c.Name,
			"appliesTo": "User", "capabilityStatus": "Enabled", "consumedUnits": 1, "servicePlans": servicePlans[c.Settings.Licence],
			"prepaidUnits": object{"enabled": 25, "lockedOut": 0, "suspended": 0, "warning": 0}, "subscriptionIds": []any{},
		})
	}
	return c.many(skusKind, list)
}

func (t *directory) renderPassPolicy() object {
	p := t.Settings.TAPPolicy
	state := "disabled"
	if p.Enabled {
		state = "enabled"
	}
	targets, excluded := []any{}, []any{}
	for _, id := range p.IncludeGroups {
		targets = append(targets, object{"id": id, "targetType": "group", "isRegistrationRequired": false})
	}
	for _, id := range p.ExcludeGroups {
		excluded = append(excluded, object{"id": id, "targetType": "group"})
	}
	if len(targets) == 0 {
		targets = append(targets, object{"id": "all_users", "targetType": "group", "isRegistrationRequired": false})
	}
	return object{
		"@odata.type": "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration", "id": "TemporaryAccessPass", "state": state,
		"minimumLifetimeInMinutes": p.MinMinutes, "maximumLifetimeInMinutes": p.MaxMinutes, "defaultLifetimeInMinutes": p.DefaultMinutes,
		"defaultLength": p.Length, "isUsableOnce": p.OneTimeOnly, "excludeTargets": excluded, "includeTargets": targets,
	}
}

var (
	methodsPolicyKind = &collection{context: "policies/authenticationMethodsPolicy", typ: "authenticationMethodsPolicy", selects: []string{"registrationEnforcement"}}
	configurationKind = &collection{context: "policies/authenticationMethodsPolicy/authenticationMethodConfigurations", typ: "authenticationMethodConfiguration"}
	defaultsKind      = &collection{context: "policies/identitySecurityDefaultsEnforcementPolicy", typ: "identitySecurityDefaultsEnforcementPolicy"}
)

func getMethodsPolicy(c *call) (answer, error) {
	return c.one(http.StatusOK, methodsPolicyKind, object{
		"id": "authenticationMethodsPolicy", "displayName": "Authentication Methods Policy", "policyVersion": "1.5",
		"description": "The tenant-wide policy that controls which authentication methods are allowed in the tenant", "policyMigrationState": "migrationComplete",
		"lastModifiedDateTime": stamp(c.Created), "authenticationMethodConfigurations": []any{c.renderPassPolicy()},
	})
}

func getMethodConfiguration(c *call) (answer, error) {
	if !strings.EqualFold(c.key(1), "TemporaryAccessPass") {
		return answer{}, notFound(c.key(1))
	}
	return c.one(http.StatusOK, configurationKind, c.renderPassPolicy())
}

func getSecurityDefaults(c *call) (answer, error) {
	return c.one(http.StatusOK, defaultsKind, object{
		"id": "00000000-0000-0000-0000-000000000005", "displayName": "Security Defaults", "isEnabled": c.Settings.SecurityDefaults,
		"description": "Security defaults is a set of basic identity security mechanisms recommended by Microsoft.",
	})
}
