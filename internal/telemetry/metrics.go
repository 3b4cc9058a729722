package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/store"
)

// Metrics are the numbers of one process. Its methods may be called from many goroutines.
type Metrics struct {
	registry *prometheus.Registry

	requests     *prometheus.CounterVec
	requestTook  *prometheus.HistogramVec
	calls        *prometheus.CounterVec
	callTook     *prometheus.HistogramVec
	rounds       *prometheus.CounterVec
	roundAt      *prometheus.GaugeVec
	ready        prometheus.Histogram
	endsLateness *prometheus.HistogramVec
}

// Buckets, in seconds. A grant is ready after 2 s as a rule, and some Microsoft calls take as long by themselves; an end
// that is a minute late is an incident.
var (
	quick  = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	steady = []float64{.5, 1, 2, 3, 5, 8, 15, 30, 60, 120, 300, 900, 3600}
)

// NewMetrics counts from zero, except for what census reads from the database at every scrape.
func NewMetrics(version string, census func(context.Context) (store.Census, error), log *slog.Logger) *Metrics {
	registry := prometheus.NewRegistry()
	make := promauto.With(registry)
	m := &Metrics{
		registry: registry,
		requests: make.NewCounterVec(prometheus.CounterOpts{
			Name: "hourglass_http_requests_total", Help: "Requests that were answered.",
		}, []string{"method", "route", "status"}),
		requestTook: make.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hourglass_http_request_seconds", Help: "From the request to the end of the answer; live updates take as long as they are watched.", Buckets: quick,
		}, []string{"method", "route"}),
		calls: make.NewCounterVec(prometheus.CounterOpts{
			Name: "hourglass_microsoft_calls_total", Help: "Exchanges with Microsoft by what came of them: ok, a kind of failure, or held_back by our own limiter.",
		}, []string{"op", "outcome"}),
		callTook: make.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hourglass_microsoft_call_seconds", Help: "How long exchanges with Microsoft took.", Buckets: quick,
		}, []string{"op"}),
		rounds: make.NewCounterVec(prometheus.CounterOpts{
			Name: "hourglass_worker_rounds_total", Help: "Recurring rounds of the worker by outcome: ok or failed.",
		}, []string{"round", "outcome"}),
		roundAt: make.NewGaugeVec(prometheus.GaugeOpts{
			Name: "hourglass_worker_round_success_timestamp_seconds", Help: "When a round last went well.",
		}, []string{"round"}),
		ready: make.NewHistogram(prometheus.HistogramOpts{
			Name: "hourglass_grant_ready_seconds", Help: "From the request, or its approval, to the moment at which the roles were held.", Buckets: steady,
		}),
		endsLateness: make.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hourglass_grant_end_lateness_seconds", Help: "From the moment at which a grant was to end to the proof that its account is off.", Buckets: steady,
		}, []string{"cause"}),
	}
	make.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "hourglass_build_info", Help: "1, with the version of this process.", ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 })
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&grants{census, log},
	)
	// What has not happened yet is 0 rather than missing, so that the first one shows as an increase.
	for _, kind := range append(entra.Kinds, "ok", heldBack) {
		m.calls.WithLabelValues("get token", string(kind))
	}
	for _, cause := range access.Outcomes {
		m.endsLateness.WithLabelValues(string(cause))
	}
	return m
}

// Handler answers a scrape.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

const (
	heldBack = "held_back"
	other    = "other"
)

// Request is told of an answer of the API. route is the pattern and not the path, "" where there was none.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	if route == "" {
		method, route = other, other // both are the client's own words then
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.requestTook.WithLabelValues(method, route).Observe(took.Seconds())
}

// MicrosoftCall is told of an exchange with Microsoft.
func (m *Metrics) MicrosoftCall(e entra.Exchange) {
	outcome := string(e.Kind)
	switch {
	case e.HeldBack:
		outcome = heldBack
	case e.Kind == "":
		outcome = "ok"
	}
	m.calls.WithLabelValues(e.Op, outcome).Inc()
	if !e.HeldBack {
		m.callTook.WithLabelValues(e.Op).Observe(e.Took.Seconds())
	}
}

// Round is told what came of one round of a worker; name is a fixed word.
func (m *Metrics) Round(name string, err error) {
	if err != nil {
		m.rounds.WithLabelValues(name, "failed").Inc()
		return
	}
	m.rounds.WithLabelValues(name, "ok").Inc()
	m.roundAt.WithLabelValues(name).SetToCurrentTime()
}

// Ready is told how long it took until a grant's access was there.
func (m *Metrics) Ready(took time.Duration) { m.ready.Observe(took.Seconds()) }

// Ended is told how long after it was due a grant was proven off.
func (m *Metrics) Ended(cause access.Outcome, late time.Duration) {
	m.endsLateness.WithLabelValues(string(cause)).Observe(max(0, late.Seconds()))
}

// censusWithin bounds what a scrape may cost the database.
const censusWithin = 3 * time.Second

// grants collects what the database says at the moment of the scrape: every process of a house gives the same answer, and
// one that was just started gives it too.
type grants struct {
	census func(context.Context) (store.Census, error)
	log    *slog.Logger
}

var (
	databaseUp = prometheus.NewDesc("hourglass_database_up", "1 if the database answered this scrape. While it is 0 nobody knows what is not off.", nil, nil)
	notOff     = prometheus.NewDesc("hourglass_grants_not_off", "Grants whose account may be on although it should not.", nil, nil)
	notOffAge  = prometheus.NewDesc("hourglass_grants_not_off_seconds", "For how long the oldest of them should have been off; 0 where there is none.", nil, nil)
	drills     = prometheus.NewDesc("hourglass_drills_failing", "Customers whose canary is not off in time, or whose drill failed and none has passed since.", nil, nil)
	unread     = prometheus.NewDesc("hourglass_unreadable_rows_total", "Rows that lists of this process lacked because they cannot be read.", nil, nil)
	live       = prometheus.NewDesc("hourglass_grants_live", "Grants that have not ended, by state.", []string{"state"}, nil)
)

func (g *grants) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{databaseUp, notOff, notOffAge, drills, unread, live} {
		out <- d
	}
}

func (g *grants) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), censusWithin)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	census, err := g.census(ctx)
	if err != nil {
		g.log.WarnContext(ctx, "the census of grants failed", "error", err)
		gauge(databaseUp, 0)
		return
	}
	gauge(databaseUp, 1)
	gauge(notOff, float64(census.NotOff))
	age := 0.0
	if !census.NotOffSince.IsZero() {
		age = max(0, time.Since(census.NotOffSince).Seconds())
	}
	gauge(notOffAge, age)
	gauge(drills, float64(census.FailingDrills))
	out <- prometheus.MustNewConstMetric(unread, prometheus.CounterValue, float64(census.Unreadable))
	for state, number := range census.Live {
		gauge(live, float64(number), string(state))
	}
}
