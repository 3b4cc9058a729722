package entra

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"hourglass/internal/access"
)

// longestPause bounds what a Retry-After can ask for.
const longestPause = 5 * time.Minute

// kindOfCode has the codes that say more than their status does, or something else (microsoft-graph.md, 1.1 to 1.13).
var kindOfCode = map[string]Kind{
	"ObjectConflict":                                        Conflict, // comes with 400
	"Directory_ConcurrencyViolation":                        Unavailable,
	"AadPremiumLicenseRequired":                             Unlicensed,
	"Authentication_RequestFromNonPremiumTenantOrB2CTenant": Unlicensed,
	codeScheduleExists:                                      Conflict,
	"RoleAssignmentDoesNotExist":                            NotFound,
	"SubjectNotFound":                                       NotFound,
	"RoleAssignmentRequestPolicyValidationFailed":           PolicyRefused,
}

var kindOfStatus = map[int]Kind{
	http.StatusBadRequest:      Invalid,
	http.StatusUnauthorized:    Unauthenticated,
	http.StatusPaymentRequired: Unlicensed,
	http.StatusForbidden:       Forbidden,
	http.StatusNotFound:        NotFound,
	http.StatusRequestTimeout:  Unavailable,
	http.StatusConflict:        Conflict,
	http.StatusGone:            NotFound,
	http.StatusLocked:          Unavailable,
	http.StatusTooManyRequests: Throttled,
}

func kindFor(status int, code string) Kind {
	if kind, known := kindOfCode[code]; known {
		return kind
	}
	if kind, known := kindOfStatus[status]; known {
		return kind
	}
	if 400 <= status && status < 500 {
		return Invalid
	}
	return Unavailable
}

// judge turns an unsuccessful answer into an error; nil for a success.
type judge func(*call, *http.Response, []byte) *Error

// judgeGraph reads an answer of Graph, from its codes alone.
func judgeGraph(c *call, response *http.Response, body []byte) *Error {
	if response.StatusCode < 300 {
		return nil
	}
	var said struct {
		Error struct {
			Code    string `json:"code"`
			Details []struct {
				Code   string `json:"code"`
				Target string `json:"target"`
			} `json:"details"`
			InnerError struct {
				RequestID string `json:"request-id"`
			} `json:"innerError"`
		} `json:"error"`
	}
	// What cannot be read leaves the fields empty, and the status decides.
	_ = json.Unmarshal(body, &said)
	e := &Error{Op: c.op, Status: response.StatusCode, Code: word(said.Error.Code), RequestID: c.requestID}
	e.Kind = kindFor(e.Status, e.Code)
	for _, detail := range said.Error.Details {
		if kind, known := kindOfCode[detail.Code]; known {
			e.Kind, e.Target = kind, word(detail.Target)
			break
		}
	}
	if e.RequestID == "" {
		e.RequestID = guid(said.Error.InnerError.RequestID)
	}
	if e.Kind == NotFound && e.Code == "" {
		// Not Graph's 404: a proxy's, or that of a wrong address. It must not count as "there is no such account".
		e.Kind, e.Code = Unavailable, CodeUnreadable
	}
	e.After = retryAfter(response.Header, e.Kind)
	return e
}

// judgeAuthority does the same for the token endpoint. Everything it refuses is a matter of secret, certificate or consent.
func judgeAuthority(c *call, response *http.Response, body []byte) *Error {
	if response.StatusCode == http.StatusOK {
		return nil
	}
	var said struct {
		Error   string `json:"error"`
		Codes   []int  `json:"error_codes"`
		TraceID string `json:"trace_id"`
	}
	_ = json.Unmarshal(body, &said)
	e := &Error{Kind: Unauthenticated, Op: c.op, Status: response.StatusCode, Code: word(said.Error), RequestID: c.requestID}
	if len(said.Codes) > 0 {
		e.Code = "AADSTS" + strconv.Itoa(said.Codes[0])
	}
	if e.RequestID == "" {
		e.RequestID = guid(said.TraceID)
	}
	if kind := kindFor(e.Status, ""); kind == Throttled || kind == Unavailable || said.Error == "" {
		e.Kind = Unavailable
		if kind == Throttled {
			e.Kind = Throttled
		}
	}
	e.After = retryAfter(response.Header, e.Kind)
	return e
}

// ConsentMissing reports whether the token endpoint said that the tenant does not know the app: never consented, or
// consent taken back. Right after a consent it can still say so for up to two minutes.
func (e *Error) ConsentMissing() bool {
	return e.Code == "AADSTS700016" || e.Code == "AADSTS7000229"
}

// retryAfter reads seconds or an HTTP date (RFC 9110, 10.2.3); nothing or nonsense is 0.
func retryAfter(h http.Header, kind Kind) time.Duration {
	value := h.Get("Retry-After")
	if value == "" || kind != Throttled && kind != Unavailable {
		return 0
	}
	var after time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		after = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		after = time.Until(at)
	}
	return min(max(after, 0), longestPause)
}

var anyWord = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)

// word lets only what looks like a code through to errors and logs.
func word(s string) string {
	if anyWord.MatchString(s) {
		return s
	}
	return ""
}

func guid(s string) string {
	id, err := access.ParseID[access.ObjectID](s)
	if err != nil {
		return ""
	}
	return id.String()
}

func requestID(h http.Header) string {
	for _, name := range []string{"request-id", "x-ms-request-id"} {
		if id := guid(h.Get(name)); id != "" {
			return id
		}
	}
	return ""
}
