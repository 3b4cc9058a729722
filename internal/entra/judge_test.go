package entra

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

// Every status and code means the same for whichever call it answers, unless a method says otherwise.
func TestErrorsOfGraphAreMappedToKinds(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   Error
	}{
		"not found":             {404, `{"error":{"code":"Request_ResourceNotFound","message":"m"}}`, Error{Kind: NotFound, Code: "Request_ResourceNotFound"}},
		"not found, lower case": {404, `{"error":{"code":"resourceNotFound"}}`, Error{Kind: NotFound, Code: "resourceNotFound"}},
		"a 404 that is not Graph's is no proof of absence": {404, `<html>no such page</html>`, Error{Kind: Unavailable, Code: CodeUnreadable}},
		"a 404 without a code":                             {404, ``, Error{Kind: Unavailable, Code: CodeUnreadable}},
		"forbidden":                                        {403, `{"error":{"code":"Authorization_RequestDenied"}}`, Error{Kind: Forbidden, Code: "Authorization_RequestDenied"}},
		"unlicensed P1":                                    {403, `{"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant"}}`, Error{Kind: Unlicensed, Code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant"}},
		"unlicensed P2":                                    {400, `{"error":{"code":"AadPremiumLicenseRequired"}}`, Error{Kind: Unlicensed, Code: "AadPremiumLicenseRequired"}},
		"a name that is taken": {400, `{"error":{"code":"Request_BadRequest","details":[{"code":"ObjectConflict","target":"userPrincipalName"}]}}`,
			Error{Kind: Conflict, Code: "Request_BadRequest", Target: "userPrincipalName"}},
		"two details": {400, `{"error":{"code":"Request_BadRequest","details":[{"code":"ConflictingObjects","target":"x"},{"code":"ObjectConflict","target":"proxyAddresses"}]}}`,
			Error{Kind: Conflict, Code: "Request_BadRequest", Target: "proxyAddresses"}},
		"bad request":           {400, `{"error":{"code":"Request_BadRequest"}}`, Error{Kind: Invalid, Code: "Request_BadRequest"}},
		"conflict":              {409, `{"error":{"code":"Conflict"}}`, Error{Kind: Conflict, Code: "Conflict"}},
		"concurrency violation": {409, `{"error":{"code":"Directory_ConcurrencyViolation"}}`, Error{Kind: Unavailable, Code: "Directory_ConcurrencyViolation"}},
		"throttled":             {429, `{"error":{"code":"TooManyRequests","innerError":{"code":"429"}}}`, Error{Kind: Throttled, Code: "TooManyRequests"}},
		"unavailable":           {503, `{"error":{"code":"ServiceUnavailable"}}`, Error{Kind: Unavailable, Code: "ServiceUnavailable"}},
		"gateway timeout":       {504, ``, Error{Kind: Unavailable}},
		"server error":          {500, `{"error":{"code":"InternalServerError"}}`, Error{Kind: Unavailable, Code: "InternalServerError"}},
		"teapot":                {418, ``, Error{Kind: Invalid}},
		"redirect":              {302, ``, Error{Kind: Unavailable}},
		"an error without a message does not panic": {400, `{"error":{}}`, Error{Kind: Invalid}},
		"an error that is not an object":            {400, `{"error":"no"}`, Error{Kind: Invalid}},
		"a code that is a sentence is dropped":      {400, `{"error":{"code":"Ada's password is wrong"}}`, Error{Kind: Invalid}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t)
			m.graph("/v1.0/", answers(c.status, c.body))
			tenant := m.tenant(t)

			_, err := tenant.Account(background, ada)
			c.want.Op, c.want.Status, c.want.RequestID = "read account", c.status, testRequestID
			assert.Equal(t, &c.want, err)
			if c.status == 429 {
				return // the same tenant would have to wait
			}
			err = tenant.SetEnabled(background, ada, false)
			c.want.Op = "disable account"
			if c.want.Code == CodeUnreadable {
				c.want.Kind = KindOf(err) // what an unreadable write is, TestBrokenConnections says
			}
			assert.Equal(t, &c.want, err)
		})
	}
}

func TestErrorsTellNothingOfMicrosoftsMessage(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("/v1.0/", refuses(403, "Authorization_RequestDenied"))
	upn, err := access.NewUPN("ada", "contoso.onmicrosoft.com")
	require.NoError(t, err)
	_, err = m.tenant(t).AccountNamed(background, upn)
	assert.EqualError(t, err, "entra: read account by name: forbidden (Authorization_RequestDenied), request "+testRequestID)
}

func TestRetryAfter(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		want   time.Duration
	}{
		"seconds":          {"17", 17 * time.Second},
		"missing":          {"", 0},
		"negative":         {"-5", 0},
		"a word":           {"soon", 0},
		"a fraction":       {"1.5", 0},
		"a day":            {"86400", longestPause},
		"overflow":         {"99999999999999999999", 0},
		"a past date":      {"Wed, 21 Oct 2015 07:28:00 GMT", 0},
		"a far date":       {"Wed, 21 Oct 2099 07:28:00 GMT", longestPause},
		"not a date":       {"Wed, 99 Oct 2099 07:28:00 GMT", 0},
		"an embedded line": {"5\r\nX: y", 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			if c.header != "" {
				h["Retry-After"] = []string{c.header}
			}
			assert.Equal(t, c.want, retryAfter(h, Throttled))
			assert.Equal(t, c.want, retryAfter(h, Unavailable))
			assert.Zero(t, retryAfter(h, Forbidden), "only what is worth repeating says when")
		})
	}
	h := http.Header{"Retry-After": {time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat)}}
	assert.InDelta(t, 20, retryAfter(h, Throttled).Seconds(), 2)
}
