package api

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"hourglass/internal/access"
)

var microsoftUnavailable = &kind{name: "microsoft-unavailable", status: http.StatusServiceUnavailable, title: "Microsoft did not answer", detail: "Nothing was changed. Try again in a minute.", retryAfter: time.Minute}

// connectionProblems is the table from the reasons against a connection to problems; a test holds it against the domain's.
var connectionProblems = map[access.ConnectFailure]*kind{
	access.TenantRequired:        {name: "tenant-required", status: http.StatusUnprocessableEntity, title: "Nobody said which tenant is the customer's", detail: "Send the tenant's id, or one of its domains."},
	access.TenantUnknown:         {name: "tenant-unknown", status: http.StatusUnprocessableEntity, title: "Microsoft knows no such tenant", detail: "Check the id or the domain. A domain has to be verified in the tenant."},
	access.TenantTaken:           {name: "tenant-taken", status: http.StatusConflict, title: "The tenant belongs to another customer", detail: "Each tenant belongs to one customer. Look for the customer that has it."},
	access.TenantFixed:           {name: "tenant-fixed", status: http.StatusConflict, title: "The customer belongs to another tenant", detail: "It may have accounts there. Add a customer of its own for this tenant."},
	access.CustomerDisconnecting: {name: "customer-disconnecting", status: http.StatusConflict, title: "The customer is being disconnected", detail: "Wait until every account there is proven off, and try again; /api/v1/customers/{id}/leaving shows how far it is."},

	access.ConsentCancelled:       {name: "consent-cancelled", status: http.StatusConflict, title: "The consent was cancelled", detail: "Nothing was connected. Begin again, and let an administrator of the tenant accept."},
	access.ConsentRefused:         {name: "consent-refused", status: http.StatusConflict, title: "Microsoft did not let the administrator consent", detail: "Nothing was connected. Check the app registration (docs/connect-a-tenant.md) and begin again."},
	access.ConsentUnknown:         {name: "consent-unknown", status: http.StatusForbidden, title: "This consent was not begun here", detail: "Nothing was connected. Begin at the customer's connection."},
	access.ConsentUsed:            {name: "consent-used", status: http.StatusConflict, title: "This answer was used already", detail: "It works once. Look at the customer's connection, and begin again if it is not connected."},
	access.ConsentExpired:         {name: "consent-expired", status: http.StatusConflict, title: "The consent took too long", detail: "Nothing was connected. Begin again; there are 15 minutes."},
	access.ConsentOfOtherSession:  {name: "consent-of-another-session", status: http.StatusForbidden, title: "This consent was begun in another session", detail: "Nothing was connected. Begin again, in the browser in which the consent is given."},
	access.ConsentOfOtherCustomer: {name: "consent-of-another-customer", status: http.StatusForbidden, title: "This consent was begun for another customer", detail: "Nothing was connected. Begin again at the customer that is meant."},
	access.ConsentSuperseded:      {name: "consent-superseded", status: http.StatusConflict, title: "A later attempt took the place of this one", detail: "Go on with the later one, or begin again."},
	access.WrongTenant:            {name: "wrong-tenant", status: http.StatusConflict, title: "Another tenant than the expected one answered", detail: "Nothing was connected. Begin again, and sign in at Microsoft as an administrator of the customer's tenant."},

	access.AppRefused:         {name: "app-refused", status: http.StatusConflict, title: "Microsoft does not accept the app's secret or certificate", detail: "Nothing was connected. Ask the operator to check the app registration's secret or certificate, and begin again."},
	access.AppNotFound:        {name: "app-unknown", status: http.StatusConflict, title: "The tenant knows no app with this client id", detail: "Nothing was changed. Send the application (client) id of an app that is registered in this customer's tenant. One that was registered a minute ago may need another."},
	access.SecretWrong:        {name: "app-secret-wrong", status: http.StatusConflict, title: "Microsoft does not accept the client secret", detail: "Nothing was changed. Send the secret's value, not its id, of this app. One that was made a minute ago may need another."},
	access.SecretExpired:      {name: "app-secret-expired", status: http.StatusConflict, title: "The client secret has expired", detail: "Nothing was changed. Make a new secret in the app registration, and send its value."},
	access.CertificateRefused: {name: "app-certificate-refused", status: http.StatusConflict, title: "Microsoft does not accept the certificate", detail: "Nothing was changed. Add the certificate to the app registration under Certificates & secrets, and see that it has not expired."},
	access.NoToken:            {name: "no-token", status: http.StatusConflict, title: "The tenant does not know the app", detail: "Nothing was connected: ten minutes after the consent Microsoft still issues no token. Begin again, and make sure that the consent is accepted."},
	access.PermissionsMissing: {name: "permissions-missing", status: http.StatusConflict, title: "The consent lacks permissions", detail: "Nothing was connected. Declare what is missing in the app registration, let an administrator consent to it, and begin again."},
	access.NotVerified:        {name: "tenant-not-verified", status: http.StatusConflict, title: "The tenant could not be verified", detail: "Nothing was connected: Microsoft Graph did not say whose tenant it is. Begin again later."},
	access.NoManagedDomain:    {name: "no-managed-domain", status: http.StatusConflict, title: "The tenant has no managed domain", detail: "Every verified domain is federated, so that no account could sign in. Add a managed domain to the tenant, and begin again."},
}

// connectionKinds lists the problems above, in a fixed order.
func connectionKinds() []*kind {
	all := []*kind{microsoftUnavailable}
	for _, k := range connectionProblems {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b *kind) int { return strings.Compare(a.name, b.name) })
	return all
}
