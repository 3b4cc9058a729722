package entrasim

import (
	"sync"
	"time"
)

// flowLifetime is how long a sign-in or consent may take; codeLifetime how long its one-time code is good.
const (
	flowLifetime = 15 * time.Minute
	codeLifetime = time.Minute
	flowLimit    = 10000
)

// flow is one browser on its way through the sign-in or consent pages.
type flow struct {
	mu       sync.Mutex
	began    time.Time
	tenant   string // as in the address: an id, a domain, "organizations" or "common"
	back     string // where the browser goes afterwards
	state    string // echoed
	upn      string
	user     *directory // where upn lives
	password string     // proven, while the second factor is still missing
	opened   *session   // proven, not handed over before "Stay signed in?" is answered
	consent  *consentRequest
}

// handover is a one-time code: it takes a finished sign-in from the sign-in host to the admin centre.
type handover struct {
	issued time.Time
	tenant *directory
	cookie string
	stay   bool
}

// flows keeps what is under way in memory: a restart ends it, as it would at Microsoft.
type flows struct {
	mu        sync.Mutex
	byToken   map[string]*flow
	handovers map[string]handover
}

func newFlows() *flows { return &flows{byToken: map[string]*flow{}, handovers: map[string]handover{}} }

func (f *flows) begin(fl *flow, now time.Time) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for token, old := range f.byToken {
		if now.Sub(old.began) > flowLifetime || len(f.byToken) > flowLimit {
			delete(f.byToken, token)
		}
	}
	fl.began = now
	token := randomToken()
	f.byToken[token] = fl
	return token
}

func (f *flows) find(token string, now time.Time) (*flow, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl, ok := f.byToken[token]
	return fl, ok && now.Sub(fl.began) <= flowLifetime
}

func (f *flows) end(token string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.byToken, token)
}

func (f *flows) issue(h handover) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	code := randomToken()
	f.handovers[code] = h
	return code
}

// redeem gives a code's sign-in, once.
func (f *flows) redeem(code string, now time.Time) (handover, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h, ok := f.handovers[code]
	delete(f.handovers, code)
	for old, waiting := range f.handovers {
		if now.Sub(waiting.issued) > codeLifetime {
			delete(f.handovers, old)
		}
	}
	return h, ok && now.Sub(h.issued) <= codeLifetime
}
