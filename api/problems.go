package api

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"hourglass/internal/access"
	"hourglass/internal/pairing"
	"hourglass/internal/passkey"
	"hourglass/internal/seal"
)

// kind is one sort of problem (RFC 9457). Its name is stable: clients act on it, and /problems/<name> explains it.
type kind struct {
	name   string
	status int
	title  string
	// detail says what to do, unless the failure says it more exactly.
	detail     string
	retryAfter time.Duration
	// challenge is what RFC 9449 wants in WWW-Authenticate; "" where nothing is.
	challenge string
}

var (
	invalidRequest   = &kind{name: "invalid-request", status: http.StatusBadRequest, title: "The request is not valid", detail: "Correct what the errors name and send it again."}
	malformedBody    = &kind{name: "malformed-body", status: http.StatusBadRequest, title: "The body is not readable JSON", detail: "Send one JSON object in UTF-8, nested at most 32 deep."}
	unsupportedMedia = &kind{name: "unsupported-media-type", status: http.StatusUnsupportedMediaType, title: "The body is of another type", detail: "Send Content-Type: application/json."}
	bodyTooLarge     = &kind{name: "body-too-large", status: http.StatusRequestEntityTooLarge, title: "The body is too large", detail: "Send at most 64 KiB."}
	addressTooLong   = &kind{name: "address-too-long", status: http.StatusRequestURITooLong, title: "The address is too long", detail: "Use an address of at most 2048 characters."}
	headersTooLarge  = &kind{name: "headers-too-large", status: http.StatusRequestHeaderFieldsTooLarge, title: "The headers are too large", detail: "Send at most 16 KiB of headers."}
	notFound         = &kind{name: "not-found", status: http.StatusNotFound, title: "Not found", detail: "There is nothing here that you may see. Check the address."}
	methodNotAllowed = &kind{name: "method-not-allowed", status: http.StatusMethodNotAllowed, title: "The method is not allowed here", detail: "Use a method that the Allow header names."}
	crossOrigin      = &kind{name: "cross-origin", status: http.StatusForbidden, title: "The request came from another site", detail: "Open Hourglass itself and repeat it there."}

	signInRequired  = &kind{name: "sign-in-required", status: http.StatusUnauthorized, title: "You are not signed in", detail: "Sign in and try again; the session may have ended."}
	signInFailed    = &kind{name: "sign-in-failed", status: http.StatusUnauthorized, title: "The passkey was not accepted", detail: "Begin again, with a passkey that is enrolled here. If it is lost, ask an admin for a new enrolment link."}
	passkeyRefused  = &kind{name: "passkey-refused", status: http.StatusUnprocessableEntity, title: "The new passkey was not accepted", detail: "Begin again, with a device that asks who you are and holds no passkey of Hourglass yet."}
	enrolmentLink   = &kind{name: "enrolment-link-unusable", status: http.StatusForbidden, title: "The enrolment link cannot be used", detail: "It is unknown, used or expired. Ask an admin for a new one."}
	ceremonyOver    = &kind{name: "ceremony-over", status: http.StatusConflict, title: "This took too long or was finished already", detail: "Begin again."}
	assertionNeeded = &kind{name: "fresh-assertion-required", status: http.StatusForbidden, title: "Confirm with your passkey", detail: "Make a fresh assertion and try again."}
	roleRequired    = &kind{name: "role-required", status: http.StatusForbidden, title: "Your roles do not allow this", detail: "Ask an admin, if it belongs to your work."}
	ownRequest      = &kind{name: "own-request", status: http.StatusForbidden, title: "Nobody decides on their own request", detail: "Ask another approver."}
	tooManyAttempts = &kind{name: "too-many-attempts", status: http.StatusTooManyRequests, title: "Too many attempts from your address", detail: "Wait a minute and try again.", retryAfter: time.Minute}
	tooManyRequests = &kind{name: "too-many-requests", status: http.StatusTooManyRequests, title: "Too many requests from this browser", detail: "Wait some seconds and try again. If it goes on, remove the browser from your paired ones, and pair it again.", retryAfter: 10 * time.Second}
	tooManyStreams  = &kind{name: "too-many-streams", status: http.StatusTooManyRequests, title: "Too many live updates at once", detail: "Close some windows and try again.", retryAfter: 15 * time.Second}

	notEntitled         = &kind{name: "not-entitled", status: http.StatusForbidden, title: "You are not entitled to this", detail: "Ask an admin for the profile at this customer."}
	personSuspended     = &kind{name: "person-suspended", status: http.StatusForbidden, title: "Your access is suspended", detail: "Ask an admin."}
	requestRefused      = &kind{name: "request-refused", status: http.StatusUnprocessableEntity, title: "The request does not meet the profile's rules", detail: "Change what the errors name and request again."}
	customerUnavailable = &kind{name: "customer-unavailable", status: http.StatusConflict, title: "The customer's tenant is not connected", detail: "Ask an admin to check the connection."}
	customerBlocked     = &kind{name: "customer-blocked", status: http.StatusConflict, title: "No grant would work at this customer now", detail: "Ask an admin: the customer's pre-flight says what is the matter and what mends it."}
	profileUnusable     = &kind{name: "profile-unusable", status: http.StatusConflict, title: "The profile is not complete", detail: "Ask an admin to check its roles and credential."}
	profileRetired      = &kind{name: "profile-retired", status: http.StatusConflict, title: "The profile is retired", detail: "Make a new profile; a retired one stays as it was."}
	handleTaken         = &kind{name: "handle-taken", status: http.StatusConflict, title: "Somebody has this handle", detail: "Choose another handle; one is never given twice, as accounts are called by it."}
	revisionRequired    = &kind{name: "revision-required", status: http.StatusPreconditionRequired, title: "The change does not say what it was made to", detail: "Read it, and send its revision with the change, in quotes, as If-Match."}
	changedMeanwhile    = &kind{name: "changed-meanwhile", status: http.StatusPreconditionFailed, title: "Somebody changed it since you read it", detail: "Read it again, see what is different now, and make your change to that."}
	notApprover         = &kind{name: "not-approver", status: http.StatusForbidden, title: "Others decide about requests at this customer", detail: "Ask one of the approvers whom the grant names."}
	personIsSuspended   = &kind{name: "suspended-person", status: http.StatusConflict, title: "The person is suspended", detail: "Resume them first."}
	lastAdmin           = &kind{name: "last-admin", status: http.StatusConflict, title: "Nobody else could administer Hourglass", detail: "Make somebody else an admin first, and let them enrol a passkey."}
	lastPasskey         = &kind{name: "last-passkey", status: http.StatusConflict, title: "It is the person's last passkey", detail: "Add another one first. Or say last=true: the person then needs a new enrolment link from an admin."}
	teamInUse           = &kind{name: "team-in-use", status: http.StatusConflict, title: "The team is needed", detail: "Take the entitlements away first that name it (/api/v1/entitlements?team_id= lists them), and name other approvers at the customers where it approves."}
	nothingToDrill      = &kind{name: "nothing-to-drill", status: http.StatusConflict, title: "Nobody is entitled to anything at this customer", detail: "A drill takes the strongest profile that an entitlement names for the customer. Give somebody one first."}
	drilledLately       = &kind{name: "drilled-lately", status: http.StatusTooManyRequests, title: "The customer was drilled too often", detail: "Look at the last drills, and begin the next one ten minutes after them.", retryAfter: access.DrillWindow}
	notConnected        = &kind{name: "not-connected", status: http.StatusConflict, title: "The customer is not connected", detail: "It has no tenant to leave. To take it off the lists, remove it."}
	unacknowledged      = &kind{name: "unacknowledged-accounts", status: http.StatusConflict, title: "Accounts may still be on that you did not name", detail: "Read /leaving again and name every account that is not off. One that was not tried yet cannot be given up: wait until it was."}
	liveGrantExists     = &kind{name: "live-grant-exists", status: http.StatusConflict, title: "You have a live grant at this customer", detail: "Use it, or return it and wait until it has ended."}
	keyReused           = &kind{name: "idempotency-key-reused", status: http.StatusUnprocessableEntity, title: "The idempotency key was used for another request", detail: "Send a new Idempotency-Key with a new request."}
	importRefused       = &kind{name: "import-refused", status: http.StatusUnprocessableEntity, title: "The file has problems", detail: "Nothing was changed. Correct the lines that the errors name and import the whole file again."}
	stateConflict       = &kind{name: "state-conflict", status: http.StatusConflict, title: "The grant's state does not allow this", detail: "Read the grant again and see what its state allows."}
	grantOver           = &kind{name: "grant-over", status: http.StatusConflict, title: "The grant is over", detail: "Its credential can never be shown again. Request access anew."}

	unknownExtension = &kind{name: "unknown-extension", status: http.StatusForbidden, title: "This is not an extension that Hourglass knows", detail: "Close the page. If you did begin to pair your browser, tell an admin: the server's settings name the extensions that may be paired."}
	tooManyBrowsers  = &kind{name: "too-many-browsers", status: http.StatusConflict, title: "You have paired too many browsers", detail: "Remove one that you do not use, then pair this one."}
	tokenRefused     = &kind{name: "token-refused", status: http.StatusUnauthorized, title: "The access token is not accepted", detail: "Refresh it. Where that fails, the browser is no longer paired: pair it again.", challenge: "invalid_token"}
	proofRefused     = &kind{name: "proof-refused", status: http.StatusUnauthorized, title: "The proof of the key is not accepted", detail: "Make a new proof for each request, with the browser's key. See that the clock is right.", challenge: "invalid_dpop_proof"}
	passkeyUnused    = &kind{name: "passkey-unused", status: http.StatusForbidden, title: "You have not used your passkey for a while", detail: "Sign in to Hourglass with your passkey, then launch again."}
	noDestination    = &kind{name: "no-destination", status: http.StatusConflict, title: "Microsoft's cloud here has no such place", detail: "Choose one of the places that are offered."}
	ticketRefused    = &kind{name: "ticket-refused", status: http.StatusConflict, title: "The ticket does not work", detail: "A ticket works once, for five minutes, in the browser that launched. Launch again."}
	tooManyTickets   = &kind{name: "too-many-tickets", status: http.StatusTooManyRequests, title: "This sign-in has asked for the credential too often", detail: "Launch again."}
	fillRefused      = &kind{name: "fill-refused", status: http.StatusForbidden, title: "Nothing is filled on this page", detail: "It is not Microsoft's sign-in for the account that was launched. Close it, and launch again."}
	tooManyReports   = &kind{name: "too-many-reports", status: http.StatusTooManyRequests, title: "This sign-in has reported enough", detail: "Launch again."}

	engineUnavailable = &kind{name: "engine-unavailable", status: http.StatusServiceUnavailable, title: "The workflow engine did not answer", detail: "Nothing is lost. Try again in a few seconds; whatever was begun is carried on.", retryAfter: 5 * time.Second}
	internalError     = &kind{name: "internal-error", status: http.StatusInternalServerError, title: "Something went wrong on our side", detail: "Try again. If it stays, give the request id to your operator."}
)

// kinds is every problem there is, for the pages that explain them.
var kinds = append(connectionKinds(), []*kind{
	invalidRequest, malformedBody, unsupportedMedia, bodyTooLarge, addressTooLong, headersTooLarge, notFound,
	methodNotAllowed, crossOrigin, signInRequired, signInFailed, passkeyRefused, enrolmentLink, ceremonyOver, assertionNeeded, roleRequired,
	ownRequest, tooManyAttempts, tooManyRequests, tooManyStreams, notEntitled, personSuspended, requestRefused,
	customerUnavailable, customerBlocked, profileUnusable, profileRetired, handleTaken, revisionRequired, changedMeanwhile, notApprover, personIsSuspended, lastAdmin, lastPasskey, teamInUse, nothingToDrill, drilledLately, notConnected, unacknowledged, liveGrantExists, keyReused, importRefused, stateConflict, grantOver,
	unknownExtension, tooManyBrowsers, tokenRefused, proofRefused, passkeyUnused, noDestination, ticketRefused, tooManyTickets, fillRefused, tooManyReports,
	engineUnavailable, internalError,
}...)

// domainProblems is the one table from errors of the domain to problems. What it does not name is an internal error.
var domainProblems = []struct {
	is   error
	kind *kind
}{
	// Whose passkey is not accepted is not told why, which a kind of the domain behind it would.
	{passkey.ErrNoSession, signInRequired},
	{passkey.ErrEnrolmentSpent, enrolmentLink},
	{passkey.ErrCeremonyOver, ceremonyOver},
	{passkey.ErrNotRecognised, signInFailed},
	{passkey.ErrNotFresh, assertionNeeded},
	{access.ErrNotFound, notFound},
	{access.ErrChanged, changedMeanwhile},
	// These are of the kind ErrInvalid, and so come before it.
	{access.ErrHandleTaken, handleTaken},
	{access.ErrOwnRequest, ownRequest},
	{access.ErrNotApprover, notApprover},
	{access.ErrInvalid, invalidRequest},
	{access.ErrIllegalTransition, stateConflict},
	{access.ErrLiveGrantExists, liveGrantExists},
	{access.ErrKeyReused, keyReused},
	{access.ErrLastAdmin, lastAdmin},
	{access.ErrInUse, teamInUse},
	{access.ErrLastPasskey, lastPasskey},
	{access.ErrDataKeyDestroyed, grantOver},
	{access.ErrNotConnected, notConnected},
	{access.ErrNothingToDrill, nothingToDrill},
	{access.ErrDrilledLately, drilledLately},
	{access.ErrUnacknowledged, unacknowledged},
	{seal.ErrOpen, internalError},
	{pairing.ErrUnknownExtension, unknownExtension},
	{pairing.ErrToken, tokenRefused},
	{pairing.ErrProof, proofRefused},
	{access.ErrPasskeyUnused, passkeyUnused},
}

// refusals says which problem a refusal by policy is. Where several stand against a request, the first decides.
var refusals = map[access.RefusalCode]*kind{
	access.RefusedPersonSuspended:     personSuspended,
	access.RefusedNotEntitled:         notEntitled,
	access.RefusedCustomerUnavailable: customerUnavailable,
	access.RefusedCustomerBlocked:     customerBlocked,
	access.RefusedProfileUnusable:     profileUnusable,
	access.RefusedLifetime:            requestRefused,
	access.RefusedReason:              requestRefused,
	access.RefusedTicket:              requestRefused,
}

// failure is an error that knows which problem it is. Its cause is for the log only.
type failure struct {
	kind   *kind
	detail string // instead of the kind's
	errors []ProblemError
	cause  error
}

func (f *failure) Unwrap() error { return f.cause }

func (f *failure) Error() string {
	if f.cause == nil {
		return f.kind.name
	}
	return f.kind.name + ": " + f.cause.Error()
}

// problemOf finds out which problem an error is.
func problemOf(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if refused, ok := errors.AsType[access.Refused](err); ok && len(refused) > 0 {
		return refusal(refused)
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &failure{kind: bodyTooLarge}
	}
	if f, ok := errors.AsType[access.ConnectFailure](err); ok {
		return &failure{kind: connectionProblems[f], cause: err}
	}
	for _, row := range domainProblems {
		if errors.Is(err, row.is) {
			return &failure{kind: row.kind, cause: err}
		}
	}
	return &failure{kind: internalError, cause: err}
}

func refusal(refused access.Refused) *failure {
	f := &failure{kind: refusals[refused[0].Code]}
	if f.kind == nil {
		f.kind = requestRefused
	}
	if f.kind == customerBlocked {
		f.detail = refused[0].Advice // what the pre-flight found
	}
	for _, r := range refused {
		f.errors = append(f.errors, ProblemError{Code: string(r.Code), Field: r.Field, Advice: r.Advice})
	}
	return f
}

// clientGone is what the access log and the metrics say where the caller hung up before the answer, as proxies do: that is no
// error of ours, and nobody reads it.
const clientGone = 499

// fail answers with the problem that err is, and keeps err for the access log.
func fail(c *gin.Context, err error) {
	f := problemOf(err)
	_ = c.Error(f)
	c.Abort()
	if c.Writer.Written() {
		return // too late: a stream, or an answer that broke off
	}
	if f.kind == internalError && c.Request.Context().Err() != nil {
		c.Status(clientGone)
		return
	}
	if f.kind.retryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(f.kind.retryAfter.Seconds())))
	}
	if f.kind.challenge != "" {
		c.Header("WWW-Authenticate", `DPoP error="`+f.kind.challenge+`", algs="ES256"`)
	}
	detail := f.kind.detail
	if f.detail != "" {
		detail = f.detail
	}
	c.Header("Content-Type", "application/problem+json")
	c.Header("Cache-Control", "no-store")
	c.JSON(f.kind.status, Problem{
		Type:     "/problems/" + f.kind.name,
		Title:    f.kind.title,
		Status:   f.kind.status,
		Detail:   detail,
		Instance: "urn:uuid:" + requestID(c),
		Errors:   f.errors,
	})
}
