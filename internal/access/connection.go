package access

import (
	"fmt"
	"strings"
)

// Permission is an application permission of Microsoft Graph that Hourglass asks a customer's tenant for.
type Permission struct {
	// ID is the permission's own id at Microsoft, the same in every tenant.
	ID PermissionID
	// Name is what tokens and consent pages call it: "User.Read.All".
	Name string
	// Why ends the sentence "Hourglass needs it …".
	Why string
	// Need says what fails without it.
	Need Need
}

// Need is what does not work without a permission.
type Need string

const (
	// NeededByEveryGrant: without it no grant could begin, or none be proven off.
	NeededByEveryGrant Need = "every_grant"
	// NeededByPasses: without it no Temporary Access Pass is issued.
	NeededByPasses Need = "passes"
)

// TenantName names an Entra tenant as people do: by its id or by one of its domains.
type TenantName struct{ text string }

// ParseTenantName accepts a GUID or a domain name in ASCII, and nothing that could be read as more than one
// segment of an address. The result is lower case.
func ParseTenantName(s string) (TenantName, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, err := ParseID[TenantID](s); err != nil && !isDomain(s) {
		return TenantName{}, fmt.Errorf("%w: a tenant is named by its id or by one of its domains", ErrInvalid)
	}
	return TenantName{s}, nil
}

func (n TenantName) String() string { return n.text }

// ParseDomain accepts a domain name in ASCII; the result is lower case.
func ParseDomain(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if !isDomain(s) {
		return "", fmt.Errorf("%w: not a domain name", ErrInvalid)
	}
	return s, nil
}

// isDomain reads a name of at least two labels (RFC 1123, 2.1); "organizations" and "common" are none.
func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label || !onlyAlphanumericOr(label, "-") {
			return false
		}
	}
	return len(labels) > 1 && len(s) <= 253
}

// ConnectStep is how far an attempt to connect a customer has come.
type ConnectStep string

const (
	// StepConsent: an administrator of the tenant is asked on Microsoft's page.
	StepConsent ConnectStep = "awaiting_consent"
	// StepToken: consent came back; the tenant's token endpoint does not know the app yet.
	StepToken ConnectStep = "awaiting_token"
	// StepPermissions: tokens are issued, and some permissions are still missing in them.
	StepPermissions ConnectStep = "awaiting_permissions"
	// StepVerify: the tenant is asked who it is and which domains it has.
	StepVerify ConnectStep = "verifying"
	StepDone   ConnectStep = "connected"
	StepFailed ConnectStep = "failed"
)

// ParseConnectStep refuses every unknown word.
func ParseConnectStep(s string) (ConnectStep, error) {
	return parseWord(s, "step of a connection", StepConsent, StepToken, StepPermissions, StepVerify, StepDone, StepFailed)
}

// ConnectFailure is why a customer was not connected. It is an error, and stable: it appears in the API.
type ConnectFailure string

const (
	// What stands against an attempt before anybody is sent to Microsoft.
	TenantRequired ConnectFailure = "tenant_required"
	TenantUnknown  ConnectFailure = "tenant_unknown"
	// TenantTaken: the tenant belongs to another customer.
	TenantTaken ConnectFailure = "tenant_taken"
	// TenantFixed: the customer belongs to another tenant, in which it may have accounts.
	TenantFixed           ConnectFailure = "tenant_fixed"
	CustomerDisconnecting ConnectFailure = "customer_disconnecting"

	// What is wrong with a browser that came back from Microsoft.
	ConsentCancelled       ConnectFailure = "consent_cancelled"
	ConsentRefused         ConnectFailure = "consent_refused"
	ConsentUnknown         ConnectFailure = "consent_unknown"
	ConsentUsed            ConnectFailure = "consent_used"
	ConsentExpired         ConnectFailure = "consent_expired"
	ConsentOfOtherSession  ConnectFailure = "consent_of_another_session"
	ConsentOfOtherCustomer ConnectFailure = "consent_of_another_customer"
	// ConsentSuperseded: a later attempt for the same customer took its place.
	ConsentSuperseded ConnectFailure = "consent_superseded"
	// WrongTenant: another tenant than the expected one consented, or answered.
	WrongTenant ConnectFailure = "wrong_tenant"

	// What the tenant itself said afterwards.
	AppRefused         ConnectFailure = "app_refused"
	AppNotFound        ConnectFailure = "app_unknown"
	SecretWrong        ConnectFailure = "secret_wrong"
	SecretExpired      ConnectFailure = "secret_expired"
	CertificateRefused ConnectFailure = "certificate_refused"
	NoToken            ConnectFailure = "no_token"
	PermissionsMissing ConnectFailure = "permissions_missing"
	NotVerified        ConnectFailure = "tenant_not_verified"
	NoManagedDomain    ConnectFailure = "no_managed_domain"
)

// ConnectFailures is every one of them.
var ConnectFailures = []ConnectFailure{
	TenantRequired, TenantUnknown, TenantTaken, TenantFixed, CustomerDisconnecting,
	ConsentCancelled, ConsentRefused, ConsentUnknown, ConsentUsed, ConsentExpired,
	ConsentOfOtherSession, ConsentOfOtherCustomer, ConsentSuperseded, WrongTenant,
	AppRefused, AppNotFound, SecretWrong, SecretExpired, CertificateRefused, NoToken, PermissionsMissing, NotVerified, NoManagedDomain,
}

// ParseConnectFailure refuses every unknown word.
func ParseConnectFailure(s string) (ConnectFailure, error) {
	return parseWord(s, "failure of a connection", ConnectFailures...)
}

func (f ConnectFailure) Error() string { return "not connected: " + string(f) }
