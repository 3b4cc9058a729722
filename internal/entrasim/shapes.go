package entrasim

import "strings"

// kind is the JSON type of a property in a request body.
type kind int

const (
	aString kind = iota
	aBool
	aNumber
	aList
	anObject
)

// shape is what a request body may contain. A name that is not in it does not exist on Microsoft's type: 400.
type shape struct {
	props    map[string]kind
	readOnly []string          // exist, but cannot be set
	inner    map[string]*shape // of the objects
	optional bool              // an empty body is fine
}

func props(k kind, names string) map[string]kind {
	m := map[string]kind{}
	for _, name := range strings.Fields(names) {
		m[name] = k
	}
	return m
}

func (s *shape) with(k kind, names string) *shape {
	for name := range props(k, names) {
		s.props[name] = k
	}
	return s
}

// check refuses unknown, read-only and mistyped properties.
func (s *shape) check(body object) error {
	for _, name := range sortedKeys(body) {
		value := body[name]
		for _, fixed := range s.readOnly {
			if name == fixed {
				return badRequest("Property '" + name + "' is read-only and cannot be set.")
			}
		}
		k, ok := s.props[name]
		if !ok {
			return invalidProperty(name)
		}
		if value == nil {
			continue
		}
		switch v := value.(type) {
		case string:
			ok = k == aString
		case bool:
			ok = k == aBool
		case float64:
			ok = k == aNumber
		case []any:
			ok = k == aList
		case object:
			ok = k == anObject
			if inner := s.inner[name]; ok && inner != nil {
				if err := inner.check(v); err != nil {
					return err
				}
			}
		}
		if !ok {
			return badRequest("Invalid value specified for property '" + name + "'.")
		}
	}
	return nil
}

// userShape: microsoft.graph.user as POST and PATCH take it (OpenAPI v1.0 and CSDL, 2026-08).
var userShape = (&shape{
	props: props(aString, `ageGroup city companyName consentProvidedForMinor country department displayName employeeHireDate
		employeeId employeeLeaveDateTime employeeType faxNumber givenName jobTitle mail mailNickname mobilePhone officeLocation
		onPremisesImmutableId passwordPolicies postalCode preferredDataLocation preferredLanguage state streetAddress surname
		usageLocation userPrincipalName userType externalUserState
		aboutMe birthday hireDate mySite preferredName`),
	readOnly: strings.Fields(`id createdDateTime deletedDateTime creationType imAddresses isManagementRestricted isResourceAccount
		isSipEnabled lastPasswordChangeDateTime legalAgeGroupClassification licenseAssignmentStates assignedLicenses assignedPlans
		provisionedPlans proxyAddresses securityIdentifier signInActivity signInSessionsValidFromDateTime serviceProvisioningErrors
		onPremisesDistinguishedName onPremisesDomainName onPremisesLastSyncDateTime onPremisesProvisioningErrors
		onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName
		externalUserStateChangeDateTime identityParentId`),
	inner: map[string]*shape{
		"passwordProfile": (&shape{props: props(aBool, "forceChangePasswordNextSignIn forceChangePasswordNextSignInWithMfa")}).with(aString, "password"),
	},
}).with(aBool, "accountEnabled showInAddressList").
	with(aList, "businessPhones otherMails identities interests pastProjects responsibilities schools skills").
	with(anObject, "passwordProfile onPremisesExtensionAttributes employeeOrgData authorizationInfo customSecurityAttributes")

// userSelects are the properties of a user that $select knows beyond what is rendered.
var userSelects = append(append([]string{}, userShape.readOnly...), sortedKeys(userShape.props)...)

var restoreShape = (&shape{props: props(aBool, "autoReconcileProxyConflict"), optional: true}).with(aString, "newUserPrincipalName")

var assignmentShape = &shape{
	props:    props(aString, "roleDefinitionId principalId directoryScopeId appScopeId condition"),
	readOnly: []string{"id", "principalOrganizationId"},
}

var passShape = (&shape{
	props:    props(aString, "startDateTime"),
	readOnly: strings.Fields("id temporaryAccessPass createdDateTime isUsable methodUsabilityReason"),
	optional: true,
}).with(aNumber, "lifetimeInMinutes").with(aBool, "isUsableOnce")

var scheduleShape = (&shape{
	props:    props(aString, "action justification roleDefinitionId directoryScopeId appScopeId principalId targetScheduleId customData"),
	readOnly: strings.Fields("id status createdBy createdDateTime completedDateTime approvalId"),
	inner: map[string]*shape{
		"scheduleInfo": (&shape{props: props(aString, "startDateTime"), inner: map[string]*shape{
			"expiration": {props: props(aString, "type duration endDateTime")},
		}}).with(anObject, "expiration recurrence"),
		"ticketInfo": {props: props(aString, "ticketNumber ticketSystem")},
	},
}).with(aBool, "isValidationOnly").with(anObject, "scheduleInfo ticketInfo")
