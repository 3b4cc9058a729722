package entrasim

import (
	"maps"
	"net/http"
	"sync"
	"time"
)

// requestLimit bounds how many requests are remembered; counters are not bounded.
const requestLimit = 20000

// Request is one Graph request as it is remembered: never its token, its body or its answer.
type Request struct {
	At       time.Time     `json:"at"`
	Method   string        `json:"method"`
	Template string        `json:"template"` // e.g. "/users/{id}"
	Tenant   string        `json:"tenant"`
	Status   int           `json:"status"` // 0: the connection was dropped
	Took     time.Duration `json:"took"`
}

// Exchange is a Graph request with its answer, bodies included: for contract checks inside a test process only.
type Exchange struct {
	Method, Path, Template, Tenant string
	Query                          string
	Status                         int // 0: the connection was dropped
	RequestBody, ResponseBody      []byte
}

// Stats counts Graph calls since the start or ResetStats.
type Stats struct {
	Calls      int            `json:"calls"`
	PerRoute   map[string]int `json:"perRoute"`   // "POST /users"
	AnswerTime time.Duration  `json:"answerTime"` // sum over all answers, latency included
}

type recorder struct {
	mu        sync.Mutex
	ring      []Request
	next      int
	stats     Stats
	listeners []func(Exchange)
}

func (r *recorder) record(c *call, status int, answer []byte, took time.Duration, now time.Time) {
	tenant := ""
	if c.claims != nil {
		tenant = c.claims.TenantID
	}
	entry := Request{At: now, Method: c.request.Method, Template: c.route.template, Tenant: tenant, Status: status, Took: took}
	r.mu.Lock()
	if len(r.ring) < requestLimit {
		r.ring = append(r.ring, entry)
	} else {
		r.ring[r.next%requestLimit] = entry
	}
	r.next++
	if r.stats.PerRoute == nil {
		r.stats.PerRoute = map[string]int{}
	}
	r.stats.Calls++
	r.stats.PerRoute[entry.Method+" "+entry.Template]++
	r.stats.AnswerTime += took
	listeners := r.listeners
	r.mu.Unlock()
	for _, listen := range listeners {
		listen(Exchange{
			Method: entry.Method, Path: c.request.URL.Path, Template: entry.Template, Tenant: tenant, Query: c.request.URL.RawQuery,
			Status: status, RequestBody: c.raw, ResponseBody: answer,
		})
	}
}

// OnExchange calls f with every Graph exchange, from the goroutine that answers it, before the client has the answer.
func (s *Sim) OnExchange(f func(Exchange)) {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	s.recorder.listeners = append(s.recorder.listeners, f)
}

// Requests gives the last Graph requests, oldest first; tenant (an id) may be empty for all.
func (s *Sim) Requests(tenant string) []Request {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	list := []Request{}
	for i := range s.recorder.ring {
		entry := s.recorder.ring[(s.recorder.next+i)%len(s.recorder.ring)]
		if tenant == "" || entry.Tenant == tenant {
			list = append(list, entry)
		}
	}
	return list
}

// Writes gives the remembered Graph requests that were not reads.
func (s *Sim) Writes(tenant string) []Request {
	var list []Request
	for _, r := range s.Requests(tenant) {
		if r.Method != http.MethodGet {
			list = append(list, r)
		}
	}
	return list
}

// Stats gives the counters.
func (s *Sim) Stats() Stats {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	stats := s.recorder.stats
	stats.PerRoute = maps.Clone(stats.PerRoute)
	return stats
}

// ResetStats sets the counters to zero and forgets the remembered requests.
func (s *Sim) ResetStats() {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	s.recorder.ring, s.recorder.next, s.recorder.stats = nil, 0, Stats{}
}
