package entrasim

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// FaultKind is what goes wrong.
type FaultKind string

// The faults. DropAfter is the ambiguous write: it took effect, but the connection breaks before the answer.
const (
	Refuse     FaultKind = "refuse"     // answer Status and Code without doing anything
	Throttle   FaultKind = "throttle"   // 429; with RetryAfter > 0 the header says when
	Delay      FaultKind = "delay"      // wait Delay, then go on as usual
	DropBefore FaultKind = "dropBefore" // the connection breaks, nothing was done
	DropAfter  FaultKind = "dropAfter"  // the connection breaks, everything was done
)

// Fault disturbs the requests that match all that it names; empty fields match everything.
type Fault struct {
	ID     string `json:"id"`
	Host   string `json:"host,omitempty"`   // "graph" (also when empty) or "login" (the token endpoint)
	Tenant string `json:"tenant,omitempty"` // id or domain
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"` // regular expression over the path; for Graph without "/v1.0"

	Skip  int `json:"skip,omitempty"`  // let this many matches through first
	Count int `json:"count,omitempty"` // then disturb this many; 0: until it is cleared

	Kind       FaultKind `json:"kind"`
	Status     int       `json:"status,omitempty"` // Refuse: default 503
	Code       string    `json:"code,omitempty"`
	Message    string    `json:"message,omitempty"`
	RetryAfter Duration  `json:"retryAfter,omitempty"` // Refuse and Throttle: whole seconds
	Delay      Duration  `json:"delay,omitempty"`

	pattern *regexp.Regexp
	hits    int
}

// errDropped makes the connection break without an answer.
var errDropped = errors.New("entrasim: connection dropped by a fault")

type faultList struct {
	mu      sync.Mutex
	list    []*Fault
	latency atomic.Int64
}

// AddFault puts a fault in force and returns its id. The first one that matches a request wins.
func (s *Sim) AddFault(f Fault) (string, error) {
	var err error
	if f.pattern, err = regexp.Compile(f.Path); err != nil {
		return "", errors.New("entrasim: a fault's path is not a regular expression")
	}
	if !slices.Contains([]FaultKind{Refuse, Throttle, Delay, DropBefore, DropAfter}, f.Kind) {
		return "", errors.New("entrasim: unknown kind of fault " + string(f.Kind))
	}
	if f.Host == "" {
		f.Host = "graph"
	}
	if f.Tenant != "" {
		t, ok := s.tenantOf(f.Tenant)
		if !ok {
			return "", errors.New("entrasim: no tenant " + f.Tenant)
		}
		f.Tenant = t.id
	}
	f.ID = uuid.NewString()
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, &f)
	return f.ID, nil
}

// ClearFaults ends the faults with these ids; without ids, all.
func (s *Sim) ClearFaults(ids ...string) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = slices.DeleteFunc(s.faults.list, func(f *Fault) bool { return len(ids) == 0 || slices.Contains(ids, f.ID) })
}

// Faults lists what is in force.
func (s *Sim) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	list := []Fault{}
	for _, f := range s.faults.list {
		list = append(list, *f)
	}
	return list
}

// SetLatency delays every Graph answer by d, without holding any lock.
func (s *Sim) SetLatency(d time.Duration) { s.faults.latency.Store(int64(d)) }

// take finds the fault for a request and counts it; nil if there is none. A nil *Fault disturbs nothing.
func (l *faultList) take(host string, t *directory, method, path string) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, f := range l.list {
		if f.Host != host || f.Tenant != "" && f.Tenant != t.id || f.Method != "" && f.Method != method || !f.pattern.MatchString(path) {
			continue
		}
		f.hits++
		if f.hits <= f.Skip {
			continue
		}
		if f.Count > 0 && f.hits >= f.Skip+f.Count {
			l.list = slices.Delete(l.list, i, i+1)
		}
		return f
	}
	return nil
}

// before does what a fault does ahead of the work, after the latency that every answer has.
func (s *Sim) before(ctx context.Context, f *Fault) error {
	wait(ctx, time.Duration(s.faults.latency.Load()))
	if f == nil {
		return nil
	}
	switch f.Kind {
	case Delay:
		wait(ctx, time.Duration(f.Delay))
		return nil
	case DropBefore:
		return errDropped
	case Throttle:
		return tooMany(time.Duration(f.RetryAfter), "WriteLimitExceeded")
	case Refuse:
		return f.refusal()
	default:
		return nil
	}
}

func (f *Fault) dropsAfter() bool { return f != nil && f.Kind == DropAfter }

func (f *Fault) refusal() *graphError {
	e := refuse(f.Status, f.Code, f.Message)
	if e.status == 0 {
		e.status = http.StatusServiceUnavailable
	}
	if e.code == "" {
		e.code = "ServiceUnavailable"
	}
	if e.message == "" {
		e.message = "The service is temporarily unavailable."
	}
	if f.RetryAfter > 0 {
		e.header = retryAfter(time.Duration(f.RetryAfter))
	}
	return e
}

func retryAfter(d time.Duration) http.Header {
	return http.Header{"Retry-After": {strconv.Itoa(int(d / time.Second))}}
}

func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
