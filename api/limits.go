package api

import (
	"hash/maphash"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"hourglass/internal/bulk"
)

const (
	longestBody = 64 << 10
	// longestPayloads: a page of Temporal's web UI asks for all payloads of a history at once, at most 40 events a grant.
	longestPayloads = 1 << 20
	longestAddress  = 2048
	longestHeaders  = 16 << 10
)

// limits refuses what is too large before anybody looks at it. The body is bounded while it is read.
func (s *server) limits(c *gin.Context) {
	r := c.Request
	longest, tooLarge := int64(longestBody), error(&failure{kind: bodyTooLarge})
	if s.operationOf(c).id == "decodePayloads" {
		longest = longestPayloads
	}
	if s.operationOf(c).sheet {
		longest, tooLarge = bulk.LongestFile, tooLong(bulk.ErrTooLong)
	}
	switch {
	case len(r.RequestURI) > longestAddress:
		fail(c, &failure{kind: addressTooLong})
	case headerBytes(r.Header) > longestHeaders:
		fail(c, &failure{kind: headersTooLarge})
	case r.ContentLength > longest:
		fail(c, tooLarge)
	default:
		r.Body = http.MaxBytesReader(c.Writer, r.Body, longest)
	}
}

func headerBytes(h http.Header) (n int) {
	for name, values := range h {
		for _, value := range values {
			n += len(name) + len(value)
		}
	}
	return n
}

// limitedOperations can be called by anybody and cost a row in the database each. So does issueTokens, which has a limit of its
// own.
var limitedOperations = map[string]bool{"beginEnrolment": true, "beginSignIn": true}

const (
	attemptBuckets = 4096
	// attemptBurst and attemptEvery bound how often one client address may begin to sign in.
	attemptBurst = 60
	attemptEvery = time.Second
	// tokensBurst and tokensEvery bound how often the browsers behind one client address may refresh their tokens. Each does so
	// every five minutes, so that this is enough for an office of some thousand.
	tokensBurst = 300
	tokensEvery = 100 * time.Millisecond
	// askedBurst and askedEvery bound what a paired browser may ask with one access token: some times more than the extension
	// does while forty grants begin and end. Each request costs a row of its proof.
	askedBurst = 120
	askedEvery = 200 * time.Millisecond
)

// attempts bounds how often whoever has a key may try something. Its memory is fixed: keys share buckets by a hash that
// nobody outside can compute, so that nobody can aim at another's bucket.
type attempts struct {
	seed    maphash.Seed
	buckets [attemptBuckets]*rate.Limiter
}

func newAttempts(every time.Duration, burst int) *attempts {
	a := &attempts{seed: maphash.MakeSeed()}
	for i := range a.buckets {
		a.buckets[i] = rate.NewLimiter(rate.Every(every), burst)
	}
	return a
}

func (a *attempts) allow(key string, at time.Time) bool {
	return a.buckets[maphash.String(a.seed, key)%attemptBuckets].AllowN(at, 1)
}

// network is the address itself for IPv4, and its /64 for IPv6, of which one client commonly has all.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, _ := ip.Prefix(64) // 64 is within every IPv6 address
	return prefix.String()
}

// slowDown applies the limits of attempts, before anything is read or written for the request.
func (s *server) slowDown(c *gin.Context) {
	op := s.operationOf(c)
	switch {
	case limitedOperations[op.id] && !s.attempts.allow(network(c.ClientIP()), s.now()):
		fail(c, &failure{kind: tooManyAttempts})
	case op.id == "issueTokens" && !s.tokens.allow(network(c.ClientIP()), s.now()):
		fail(c, &failure{kind: tooManyAttempts})
	case op.rule.paired && !s.asked.allow(c.GetHeader("Authorization"), s.now()):
		fail(c, &failure{kind: tooManyRequests})
	}
}
