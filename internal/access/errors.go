package access

import (
	"errors"
	"fmt"
	"strings"
)

// Sentinel kinds. Other packages wrap them; callers ask with errors.Is.
var (
	// ErrInvalid: a value is outside what its type can hold.
	ErrInvalid = errors.New("invalid value")
	// ErrNotFound: no such object, or none that the caller may know of.
	ErrNotFound = errors.New("not found")
	// ErrIllegalTransition: the table of transitions has no such step.
	ErrIllegalTransition = errors.New("illegal grant transition")
	// ErrLiveGrantExists: one-live-grant would be broken.
	ErrLiveGrantExists = errors.New("a live grant exists for this person and customer")
	// ErrChanged: somebody changed it since it was read.
	ErrChanged = errors.New("changed meanwhile")
	// ErrKeyReused: an idempotency key came back with another request.
	ErrKeyReused = errors.New("idempotency key was used for another request")
	// ErrHandleTaken: somebody has the handle, or had it.
	ErrHandleTaken = fmt.Errorf("%w: the handle is taken", ErrInvalid)
	// ErrLastAdmin: nobody would be left who can sign in as an admin.
	ErrLastAdmin = errors.New("the last active admin")
	// ErrLastPasskey: the person could not sign in any more, and nobody said that this is meant.
	ErrLastPasskey = errors.New("the last passkey")
	// ErrInUse: something else rests on it.
	ErrInUse = errors.New("in use")
	// ErrNotConnected: the customer has no tenant to leave.
	ErrNotConnected = errors.New("not connected")
	// ErrNothingToDrill: no entitlement in force names a profile for the customer.
	ErrNothingToDrill = errors.New("nothing to drill")
	// ErrDrilledLately: as many drills as DrillsAtMost began at the customer within DrillWindow.
	ErrDrilledLately = errors.New("drilled lately")
	// ErrUnacknowledged: other accounts are not proven off than were named, or not each of them was tried.
	ErrUnacknowledged = errors.New("not acknowledged")
	// ErrDataKeyDestroyed: the grant has ended and its credential can never be opened again.
	ErrDataKeyDestroyed = errors.New("data key is destroyed")
)

// RefusalCode says why a request did not become a grant; it is stable and appears in the API.
type RefusalCode string

const (
	RefusedPersonSuspended     RefusalCode = "person_suspended"
	RefusedNotEntitled         RefusalCode = "not_entitled"
	RefusedCustomerUnavailable RefusalCode = "customer_unavailable"
	// RefusedCustomerBlocked: pre-flight found that no grant at the customer would work.
	RefusedCustomerBlocked RefusalCode = "customer_blocked"
	RefusedProfileUnusable RefusalCode = "profile_unusable"
	RefusedLifetime        RefusalCode = "lifetime_out_of_bounds"
	RefusedReason          RefusalCode = "reason_required"
	RefusedTicket          RefusalCode = "ticket_required"
)

// Refusal is one reason against a request, with a sentence that tells the technician what to do.
type Refusal struct {
	Code RefusalCode
	// Field is the field of the request to change, or "" where no change of the request helps.
	Field  string
	Advice string
}

// Refused is the error of a request that policy turned down. It holds at least one refusal.
type Refused []Refusal

func (r Refused) Error() string {
	codes := make([]string, len(r))
	for i, refusal := range r {
		codes[i] = string(refusal.Code)
	}
	return "refused: " + strings.Join(codes, ", ")
}
