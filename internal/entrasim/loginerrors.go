package entrasim

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"
)

// loginError is a refusal of the sign-in host, with Microsoft's AADSTS number.
type loginError struct {
	status  int
	kind    string // the OAuth error
	code    int
	message string
}

func (e *loginError) Error() string { return "AADSTS" + strconv.Itoa(e.code) + ": " + e.message }

func (s *Sim) loginFailure(w http.ResponseWriter, r *http.Request, e *loginError) {
	trace, correlation, now := uuid.NewString(), r.Header.Get("client-request-id"), s.now().Format("2006-01-02 15:04:05Z")
	if correlation == "" {
		correlation = uuid.NewString()
	}
	writeJSON(w, e.status, object{
		"error":             e.kind,
		"error_description": fmt.Sprintf("%s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s", e.Error(), trace, correlation, now),
		"error_codes":       []int{e.code}, "timestamp": now, "trace_id": trace, "correlation_id": correlation,
		"error_uri": "https://login.microsoftonline.com/error?code=" + strconv.Itoa(e.code),
	})
}

// The refusals of the token endpoint. Numbers and texts: Microsoft Entra authentication and authorization error codes.

func unknownTenant(name string) *loginError {
	return &loginError{http.StatusBadRequest, "invalid_tenant", 90002,
		fmt.Sprintf("Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", name)}
}

func unknownApp(clientID, tenant string) *loginError {
	return &loginError{http.StatusBadRequest, "unauthorized_client", 700016,
		fmt.Sprintf("Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.", clientID, tenant)}
}

func missingPrincipal(clientID, tenant string) *loginError {
	return &loginError{http.StatusUnauthorized, "invalid_client", 7000229,
		fmt.Sprintf("The client application %s is missing service principal in the tenant %s. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119", clientID, tenant)}
}

func disabledApp(clientID, tenant string) *loginError {
	return &loginError{http.StatusUnauthorized, "unauthorized_client", 7000112,
		fmt.Sprintf("Application '%s' is disabled in the directory '%s'.", clientID, tenant)}
}

func wrongSecret(clientID string) *loginError {
	return &loginError{http.StatusUnauthorized, "invalid_client", 7000215,
		fmt.Sprintf("Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.", clientID)}
}

func expiredSecret(clientID string) *loginError {
	return &loginError{http.StatusUnauthorized, "invalid_client", 7000222,
		fmt.Sprintf("The provided client secret keys for app '%s' are expired. Visit the Azure portal to create new keys for your app.", clientID)}
}

func missingSecret() *loginError {
	return &loginError{http.StatusUnauthorized, "invalid_client", 7000218,
		"The request body must contain the following parameter: 'client_assertion' or 'client_secret'."}
}

func badScope(scope string) *loginError {
	return &loginError{http.StatusBadRequest, "invalid_scope", 70011,
		fmt.Sprintf("The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope %s is not valid.", scope)}
}

func missingParameter(name string) *loginError {
	return &loginError{http.StatusBadRequest, "invalid_request", 900144,
		fmt.Sprintf("The request body must contain the following parameter: '%s'.", name)}
}

func unsupportedGrant(grant string) *loginError {
	return &loginError{http.StatusBadRequest, "unsupported_grant_type", 70003,
		fmt.Sprintf("The app requested an unsupported grant type '%s'.", grant)}
}

func assertionTime() *loginError {
	return &loginError{http.StatusUnauthorized, "invalid_client", 700024, "Client assertion is not within its valid time range."}
}

func assertionSignature() *loginError {
	return &loginError{http.StatusUnauthorized, "invalid_client", 700027, "The certificate with identifier used to sign the client assertion is not registered on application, or the client assertion failed signature validation."}
}

func assertionClient() *loginError {
	return &loginError{http.StatusUnauthorized, "invalid_client", 700021, "Client assertion application identifier doesn't match 'client_id' parameter."}
}

func assertionAudience() *loginError {
	return &loginError{http.StatusUnauthorized, "invalid_client", 700023, "Client assertion audience claim does not match Realm issuer."}
}

func assertionReplayed() *loginError {
	return &loginError{http.StatusUnauthorized, "invalid_client", 700027, "The client assertion has been used before."}
}
