package entra

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what a failed call means for whoever made it.
type Kind string

const (
	// NotFound: no such object, or a replica that has not heard of it yet (microsoft-graph.md, 1.2).
	NotFound Kind = "not_found"
	// Conflict: something that exists stands against the call; Target says which property where Microsoft does.
	Conflict Kind = "conflict"
	// Throttled: Microsoft's limit, or ours that stays below it, is reached. Repeat after Error.After.
	Throttled Kind = "throttled"
	// Forbidden: the app lacks a permission, or the target holds privileges that the app may not act on.
	Forbidden Kind = "forbidden"
	// Unlicensed: the tenant lacks the licence for this call.
	Unlicensed Kind = "unlicensed"
	// PolicyRefused: a policy of the tenant does not allow it (Temporary Access Pass, role settings of PIM).
	PolicyRefused Kind = "policy_refused"
	// Unavailable: nothing was done, or only a question was asked; repeat.
	Unavailable Kind = "unavailable"
	// Ambiguous: the connection broke, or the answer could not be read, after a write may have been carried out.
	Ambiguous Kind = "ambiguous"
	// Invalid: a refusal that a repeat cannot mend.
	Invalid Kind = "invalid"
	// Unauthenticated: the token endpoint or Graph did not accept the app: secret, certificate or consent.
	Unauthenticated Kind = "unauthenticated"
)

// Kinds lists them all.
var Kinds = []Kind{NotFound, Conflict, Throttled, Forbidden, Unlicensed, PolicyRefused, Unavailable, Ambiguous, Invalid, Unauthenticated}

// Codes of this package, where Microsoft sent none.
const (
	// CodeUnreadable: the answer was too large, not JSON, or lacked what was asked for.
	CodeUnreadable = "hourglass_unreadable_answer"
	// CodeWrongTenant: a token or an organization of another tenant was returned (right-tenant).
	CodeWrongTenant = "hourglass_wrong_tenant"
	// CodeWrongApp: a token of another app was returned.
	CodeWrongApp = "hourglass_wrong_app"
	// CodeNoApp: nobody could say which app speaks in the tenant, or its key does not open.
	CodeNoApp = "hourglass_app_not_found"
	// CodeHiddenGroup: the app may not read groups, so nobody knows whether one of them carries roles.
	CodeHiddenGroup = "hourglass_hidden_group"
)

// Error is every failure of this package, except for mistakes in Config.
type Error struct {
	Kind Kind
	// Op names the call: "create account".
	Op string
	// Status is the HTTP status, or 0 where there was no answer.
	Status int
	// Code is Microsoft's ("Request_ResourceNotFound", "AADSTS7000215") or one of the Codes above.
	Code string
	// Target is the property that Microsoft's details point at ("userPrincipalName").
	Target string
	// RequestID is Microsoft's, for a support case.
	RequestID string
	// After is how long Microsoft or our limiter asks to wait; 0 where nobody said so.
	After time.Duration

	cause error // the caller's own context error, and nothing else
}

// Error holds fixed words, the kind, the code and the request id; never Microsoft's message or body.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "entra: %s: %s", e.Op, e.Kind)
	if e.Code != "" {
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, ", request %s", e.RequestID)
	}
	return b.String()
}

// Unwrap returns the context's error where the caller gave up.
func (e *Error) Unwrap() error { return e.cause }

// KindOf returns the kind of an error of this package, or "".
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// as is the same failure, understood better.
func as(kind Kind, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	better := *e
	better.Kind = kind
	return &better
}
