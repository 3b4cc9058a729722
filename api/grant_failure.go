package api

import (
	"hourglass/internal/access"
	"hourglass/internal/store"
)

// setUpFailures says what a technician can do about a grant that could not be set up. The codes are the types of
// failures of package activities, and of the workflow itself.
var setUpFailures = map[string]string{
	"entra.policy_refused":  "A policy of the customer does not allow it: that of the Temporary Access Pass, or the settings of a role. Ask an admin to have it changed, or use a profile that hands out a password.",
	"entra.forbidden":       "Hourglass lacks a permission at this customer. Ask an admin to renew the customer's consent.",
	"entra.unauthenticated": "Microsoft does not accept Hourglass at this customer: the secret or certificate has ended, or the consent is gone. Ask an admin.",
	"entra.unlicensed":      "The customer's tenant lacks a licence that this needs. Ask an admin.",
	"entra.conflict":        "Another account at the customer already has the names that this one would get. Ask an admin.",
	"entra.throttled":       "Microsoft asked for patience for too long. Request it again in some minutes.",
	"entra.unavailable":     "Microsoft did not answer in time. Request it again.",
	"entra.ambiguous":       "Microsoft did not answer in time. Request it again.",
	"timed out":             "It took too long. Request it again.",
}

const otherFailure = "It could not be set up. Request it again; if that fails too, give an admin the id of this grant."

// failureOf is empty, and absent from the answer, unless the grant failed.
func failureOf(g store.Grant) GrantFailure {
	if g.Cause != access.Failed {
		return GrantFailure{}
	}
	advice, known := setUpFailures[g.EndComment]
	if !known {
		advice = otherFailure
	}
	return GrantFailure{Code: g.EndComment, Advice: advice}
}

// commentOf is what a person wrote; the comment of a failure is its code.
func commentOf(g store.Grant) string {
	if g.Cause == access.Failed {
		return ""
	}
	return g.EndComment
}
