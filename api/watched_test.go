package api

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func TestAnswersAreToldByRouteAndNeverByPath(t *testing.T) {
	h := newHouse(t)
	type answer struct {
		method, route string
		status        int
	}
	var mu sync.Mutex
	told := map[answer]int{}
	h.server.onRequest = func(method, route string, status int, took time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		assert.Positive(t, took)
		told[answer{method, route, status}]++
	}
	ada := h.technician("ada")
	g := ada.request("key").grant()
	ada.send(http.MethodGet, "/api/v1/grants/"+g.Id.String(), "", nil)
	ada.send(http.MethodGet, "/nobody/knows/this", "", nil)
	eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return told[answer{http.MethodGet, "/api/v1/grants/:id", 200}] == 1 && told[answer{http.MethodGet, "", 404}] == 1
	}, "both answers")
}

func TestTheLogCallsThingsWhatTheyAre(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	for path, want := range map[string]string{
		"/api/v1/people/":    "subject_id",
		"/api/v1/customers/": "customer_id",
		"/api/v1/teams/":     "team_id",
		"/api/v1/profiles/":  "profile_id",
		"/grants/":           "grant_id",
	} {
		id := uuid.NewString()
		admin.get(path + id)
		eventually(t, func() bool { return strings.Contains(h.log.String(), id) }, "a line about "+path)
		for line := range strings.Lines(h.log.String()) {
			if strings.Contains(line, id) {
				assert.Contains(t, line, `"`+want+`":"`+id+`"`)
			}
		}
	}
}

// A stranger could otherwise decide what is traced, and join traces that have nothing to do with each other.
func TestATraceFromOutsideIsNotContinued(t *testing.T) {
	h := newHouse(t)
	spans := tracetest.NewSpanRecorder()
	h.server.tracer = trace.NewTracerProvider(trace.WithSpanProcessor(spans)).Tracer("test")
	ada := h.technician("ada")
	g := ada.request("key").grant()
	ada.send(http.MethodGet, "/api/v1/grants/"+g.Id.String(), "", nil, "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")

	var found trace.ReadOnlySpan
	eventually(t, func() bool {
		for _, span := range spans.Ended() {
			if span.Name() == "GET /api/v1/grants/:id" {
				found = span
			}
		}
		return found != nil
	}, "the span of the request")
	assert.False(t, found.Parent().IsValid())
	assert.NotEqual(t, "0af7651916cd43dd8448eb211c80319c", found.SpanContext().TraceID().String())
	attributes := map[string]string{}
	for _, a := range found.Attributes() {
		attributes[string(a.Key)] = a.Value.String()
	}
	assert.Equal(t, g.Id.String(), attributes["hourglass.grant_id"])
	assert.Equal(t, "200", attributes["http.response.status_code"])
}
