package entrasim

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Microsoft's own limits per app and tenant (throttling-limits, 2026-02-06).
var limits = map[limitClass]struct {
	calls  int
	window time.Duration
}{
	writeLimit:  {3000, 150 * time.Second},
	reportLimit: {5, 10 * time.Second}, // auditLogRoot and authenticationMethod
}

type limitClass string

const (
	writeLimit  limitClass = "WriteLimitExceeded"
	reportLimit limitClass = "RequestLimitExceeded"
)

// throttle counts calls per app and tenant in fixed windows; off until SetThrottling.
type throttle struct {
	on      atomic.Bool
	mu      sync.Mutex
	windows map[throttleKey]*window
}

type throttleKey struct {
	app, tenant string
	class       limitClass
}

type window struct {
	began time.Time
	calls int
}

// SetThrottling switches Microsoft's limits on: 3,000 writes in 2.5 minutes, and 5 calls in 10 seconds to auditLogs and
// to authentication methods, each per app and tenant.
func (s *Sim) SetThrottling(on bool) {
	s.throttle.mu.Lock()
	defer s.throttle.mu.Unlock()
	s.throttle.windows = map[throttleKey]*window{}
	s.throttle.on.Store(on)
}

func (t *throttle) admit(c *call, now time.Time) error {
	if !t.on.Load() {
		return nil
	}
	var class limitClass
	switch {
	case c.route.workload == methodsWorkload || c.route.workload == reportsWorkload:
		class = reportLimit
	case c.request.Method != http.MethodGet:
		class = writeLimit
	default:
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	key := throttleKey{c.claims.AppID, c.claims.TenantID, class}
	w := t.windows[key]
	if w == nil || now.Sub(w.began) >= limits[class].window {
		w = &window{began: now}
		t.windows[key] = w
	}
	if w.calls >= limits[class].calls {
		e := tooMany(limits[class].window-now.Sub(w.began)+time.Second-1, string(class))
		e.header.Set("x-ms-throttle-scope", "Tenant_Application/ReadWrite/"+key.app+"/"+key.tenant)
		return e
	}
	w.calls++
	return nil
}

// tooMany is 429 as Graph says it; without a delay there is no Retry-After.
func tooMany(after time.Duration, information string) *graphError {
	e := refuse(http.StatusTooManyRequests, "TooManyRequests", "Please retry again later.")
	e.header = http.Header{}
	if after > 0 {
		e.header = retryAfter(after)
	}
	e.header.Set("x-ms-throttle-information", information)
	e.header.Set("x-ms-throttle-limit-percentage", "1.2")
	return e
}
