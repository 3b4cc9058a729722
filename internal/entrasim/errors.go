package entrasim

import (
	"net/http"
)

// graphError is a refusal in Graph's own words. Err* codes: Microsoft Graph error responses, and the workloads' own.
type graphError struct {
	status  int
	code    string
	message string
	details []object
	header  http.Header
}

func (e *graphError) Error() string { return e.code + ": " + e.message }

func refuse(status int, code, message string) *graphError {
	return &graphError{status: status, code: code, message: message}
}

func badRequest(message string) *graphError {
	return refuse(http.StatusBadRequest, "Request_BadRequest", message)
}

// conflict is what POST and PATCH answer when another object has the value: 400, not 409 (microsoft-graph-docs#1508).
func conflict(property string) *graphError {
	message := "Another object with the same value for property " + property + " already exists."
	e := badRequest(message)
	e.details = []object{{"code": "ObjectConflict", "message": message, "target": property}}
	return e
}

func notFound(resource string) *graphError {
	return refuse(http.StatusNotFound, "Request_ResourceNotFound",
		"Resource '"+resource+"' does not exist or one of its queried reference-property objects are not present.")
}

func denied() *graphError {
	return refuse(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

func invalidProperty(name string) *graphError {
	return badRequest("Invalid property '" + name + "'.")
}

// premiumRequired is what role schedules answer without Entra ID P2 (maester#1421).
func premiumRequired() *graphError {
	return refuse(http.StatusBadRequest, "AadPremiumLicenseRequired",
		"The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.")
}

// The authentication methods workload spells its codes in lower case.

func methodBadRequest(message string) *graphError {
	return refuse(http.StatusBadRequest, "badRequest", message)
}

func methodNotFound() *graphError {
	return refuse(http.StatusNotFound, "resourceNotFound", "Resource not found.")
}

// lowerCaseCodes are the authentication workload's spellings of errors that the shared parts of the stand-in raise.
var lowerCaseCodes = map[string]string{
	"BadRequest":                  "badRequest",
	"Request_BadRequest":          "badRequest",
	"Request_ResourceNotFound":    "resourceNotFound",
	"Authorization_RequestDenied": "accessDenied",
}
