package onemachine_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/process"
)

// TestWatched: what operators see is true (the number of accounts that are not off first of all), leads from the request
// to Microsoft's request id, has a name for every panel and alert of ours, and holds no secret.
func TestWatched(t *testing.T) {
	sideBySide(t)
	spans := newCollector(t)
	port, err := process.FreePort()
	require.NoError(t, err)
	operations := net.JoinHostPort("127.0.0.1", fmt.Sprint(port))
	s := newStage(t, onemachine.Config{Env: []string{
		"HOURGLASS_METRICS_LISTEN=" + operations, "HOURGLASS_LOG_LEVEL=DEBUG", "OTEL_EXPORTER_OTLP_ENDPOINT=" + spans.URL,
	}})
	spans.keepIn(s.Dir())
	sc := s.newScene(t, "watched")
	read := func() metrics { return scrape(t, "http://"+operations+"/metrics") }

	assert.Zero(t, read().value(t, "hourglass_grants_not_off"))
	_, err = s.Sim.AddFault(entrasim.Fault{Tenant: sc.tenant, Method: http.MethodPatch, Path: oneUser.String(), Kind: entrasim.Throttle, Count: 1})
	require.NoError(t, err)
	require.NoError(t, sc.request(patiently(t)))
	g, err := sc.reaches(patiently(t), access.Active)
	require.NoError(t, err)
	assert.Equal(t, 1.0, read().value(t, "hourglass_grants_live", "state", "active"))

	// Microsoft does not let the account be switched off.
	fault, err := s.Sim.AddFault(entrasim.Fault{Tenant: sc.tenant, Method: http.MethodPost, Path: `/revokeSignInSessions$`, Kind: entrasim.Refuse})
	require.NoError(t, err)
	require.NoError(t, until(patiently(t), func() (bool, error) {
		now := read()
		return now.value(t, "hourglass_grants_not_off") == 1 && now.value(t, "hourglass_grants_not_off_seconds") > 1, nil
	}), "NOT OFF")
	s.Sim.ClearFaults(fault)
	sc.check(t)
	_, err = s.ada.Grant(patiently(t), g.ID)
	require.NoError(t, err)

	now := read()
	assert.Zero(t, now.value(t, "hourglass_grants_not_off"))
	assert.Zero(t, now.value(t, "hourglass_grants_not_off_seconds"))
	assert.EqualValues(t, 1, now.histogram(t, "hourglass_grant_ready_seconds").GetSampleCount())
	late := now.histogram(t, "hourglass_grant_end_lateness_seconds", "cause", "expired")
	assert.EqualValues(t, 1, late.GetSampleCount())
	assert.Greater(t, late.GetSampleSum(), 1.0, "it was off only after Microsoft had given in")
	assert.Equal(t, 1.0, now.value(t, "hourglass_microsoft_calls_total", "op", "set password", "outcome", "throttled"))
	assert.Positive(t, now.value(t, "hourglass_microsoft_calls_total", "op", "revoke sessions", "outcome", "unavailable"))
	assert.Positive(t, now.value(t, "hourglass_http_requests_total", "method", "POST", "route", "/api/v1/grants", "status", "201"))
	assert.Positive(t, now.value(t, "hourglass_worker_rounds_total", "round", "repair", "outcome", "ok"))
	t.Run("panels and alerts", func(t *testing.T) { checkPanelsAndAlerts(t, now) })

	require.NoError(t, s.API.Stop(), "which delivers the last spans")
	t.Run("trace", func(t *testing.T) { spans.checkGrant(t, g.ID) })
	t.Run("log", func(t *testing.T) {
		log, err := os.ReadFile(filepath.Join(s.Dir(), "logs", "serve.log"))
		require.NoError(t, err)
		assert.Regexp(t, `"microsoft call","op":"enable account".*"grant_id":"`+g.ID.String()+`"`, string(log))
		assert.Regexp(t, `"msg":"request".*"route":"/api/v1/grants/:id".*"request_id":".*"grant_id":"`+g.ID.String()+`"`, string(log))
	})
	require.NoError(t, os.WriteFile(filepath.Join(s.Dir(), "metrics.txt"), now.text, 0o600))
	s.checkWhole(t)
}

// metrics is one scrape.
type metrics struct {
	text     []byte
	families map[string]*dto.MetricFamily
}

func scrape(t *testing.T, address string) metrics {
	t.Helper()
	answer, err := http.Get(address)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, "%s", text)
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(string(text)))
	require.NoError(t, err)
	return metrics{text, families}
}

// find is the metric with these labels, given as name, value, …; nil where there is none.
func (m metrics) find(name string, labels ...string) *dto.Metric {
	for _, metric := range m.families[name].GetMetric() {
		has := map[string]string{}
		for _, label := range metric.GetLabel() {
			has[label.GetName()] = label.GetValue()
		}
		same := true
		for pair := range slices.Chunk(labels, 2) {
			same = same && has[pair[0]] == pair[1]
		}
		if same {
			return metric
		}
	}
	return nil
}

func (m metrics) value(t *testing.T, name string, labels ...string) float64 {
	t.Helper()
	require.Contains(t, m.families, name)
	metric := m.find(name, labels...)
	return metric.GetGauge().GetValue() + metric.GetCounter().GetValue()
}

func (m metrics) histogram(t *testing.T, name string, labels ...string) *dto.Histogram {
	t.Helper()
	require.Contains(t, m.families, name)
	return m.find(name, labels...).GetHistogram()
}

// spanCollector takes traces as OpenTelemetry's collectors do, and keeps what it was sent beside the machine's own files,
// so that a search for secrets finds it.
type spanCollector struct {
	*httptest.Server
	mu     sync.Mutex
	folder string
	spans  []*trace.Span
	bodies [][]byte
}

// keepIn writes what came so far, and what comes from now on, into the folder.
func (c *spanCollector) keepIn(folder string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.folder = folder
	for i := range c.bodies {
		c.write(i)
	}
}

func (c *spanCollector) write(i int) {
	if err := os.WriteFile(filepath.Join(c.folder, fmt.Sprintf("spans-%d.pb", i)), c.bodies[i], 0o600); err != nil {
		panic(err)
	}
}

func newCollector(t *testing.T) *spanCollector {
	t.Helper()
	c := &spanCollector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &sent) != nil {
			http.Error(w, "not an export of traces", http.StatusBadRequest)
			return
		}
		c.keep(&sent, body)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *spanCollector) keep(sent *collector.ExportTraceServiceRequest, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, resource := range sent.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
	c.bodies = append(c.bodies, body)
	if c.folder != "" {
		c.write(len(c.bodies) - 1)
	}
}

func attributesOf(span *trace.Span) map[string]string {
	attributes := map[string]string{}
	for _, a := range span.Attributes {
		attributes[a.Key] = a.Value.GetStringValue()
	}
	return attributes
}

// checkGrant follows one trace from the request to what Microsoft calls it.
func (c *spanCollector) checkGrant(t *testing.T, id access.GrantID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var request *trace.Span
	byID := map[string]*trace.Span{}
	for _, span := range c.spans {
		byID[hex.EncodeToString(span.SpanId)] = span
		if span.Name == "POST /api/v1/grants" && (request == nil || span.StartTimeUnixNano < request.StartTimeUnixNano) {
			request = span // the first; a repeated one finds the grant and starts nothing
		}
	}
	require.NotNil(t, request)
	seen := map[string]bool{}
	for _, span := range c.spans {
		if !slices.Equal(span.TraceId, request.TraceId) {
			continue
		}
		seen[span.Name] = true
		attributes := attributesOf(span)
		if strings.HasPrefix(span.Name, "Microsoft: ") {
			if span.Name != "Microsoft: get token" { // its OpenID document has none
				assert.Regexp(t, `^[0-9a-f-]{36}$`, attributes["microsoft.request_id"], span.Name)
			}
			parent := byID[hex.EncodeToString(span.ParentSpanId)]
			require.NotNil(t, parent, span.Name)
			assert.Equal(t, id.String(), attributesOf(parent)["hourglass.grant_id"], "%s is part of %s", span.Name, parent.Name)
		}
	}
	for _, name := range []string{
		"RunWorkflow:JITAccessWorkflow", "RunActivity:ProvisionAccount", "RunActivity:SwitchOff", "Microsoft: create account", "Microsoft: revoke sessions",
	} {
		assert.True(t, seen[name], "%s is in the request's trace: %v", name, slices.Sorted(maps.Keys(seen)))
	}
}
