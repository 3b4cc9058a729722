package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/store"
)

func newTestMetrics(census store.Census, err error) *Metrics {
	return NewMetrics("v1", func(context.Context) (store.Census, error) { return census, err }, slog.New(slog.DiscardHandler))
}

func TestNotOffIsWhatTheDatabaseSays(t *testing.T) {
	m := newTestMetrics(store.Census{
		Live: map[access.State]int{access.Active: 4, access.Ending: 2}, NotOff: 3, NotOffSince: time.Now().Add(-time.Hour), FailingDrills: 2,
	}, nil)
	require.NoError(t, testutil.GatherAndCompare(m.registry, strings.NewReader(`
# HELP hourglass_database_up 1 if the database answered this scrape. While it is 0 nobody knows what is not off.
# TYPE hourglass_database_up gauge
hourglass_database_up 1
# HELP hourglass_drills_failing Customers whose canary is not off in time, or whose drill failed and none has passed since.
# TYPE hourglass_drills_failing gauge
hourglass_drills_failing 2
# HELP hourglass_grants_live Grants that have not ended, by state.
# TYPE hourglass_grants_live gauge
hourglass_grants_live{state="active"} 4
hourglass_grants_live{state="ending"} 2
# HELP hourglass_grants_not_off Grants whose account may be on although it should not.
# TYPE hourglass_grants_not_off gauge
hourglass_grants_not_off 3
`), "hourglass_database_up", "hourglass_drills_failing", "hourglass_grants_live", "hourglass_grants_not_off"))
	assert.InDelta(t, 3600, gauge(t, m, "hourglass_grants_not_off_seconds"), 60)
}

// A number from before would say that all is well.
func TestNotOffIsMissingWhereNobodyKnows(t *testing.T) {
	m := newTestMetrics(store.Census{}, errors.New("no answer"))
	n, err := testutil.GatherAndCount(m.registry, "hourglass_grants_not_off", "hourglass_grants_not_off_seconds", "hourglass_drills_failing", "hourglass_grants_live")
	require.NoError(t, err)
	assert.Zero(t, n)
	assert.Zero(t, gauge(t, m, "hourglass_database_up"))
}

func gauge(t *testing.T, m *Metrics, name string) float64 {
	t.Helper()
	families, err := m.registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() == name {
			return family.GetMetric()[0].GetGauge().GetValue()
		}
	}
	require.Fail(t, "no "+name)
	return 0
}

func TestLabelsAreBounded(t *testing.T) {
	m := newTestMetrics(store.Census{}, nil)
	for _, path := range []string{"a", "b", "c"} {
		m.Request("MADE-UP-"+path, "", 404, time.Second)
	}
	assert.Equal(t, 1, testutil.CollectAndCount(m.requests), "what no route matches is the client's own words")
	m.MicrosoftCall(entra.Exchange{Op: "read account", Kind: entra.Throttled, Status: 429})
	m.MicrosoftCall(entra.Exchange{Op: "read account", Kind: entra.Throttled, HeldBack: true})
	m.MicrosoftCall(entra.Exchange{Op: "read account", Status: 200})
	for _, outcome := range []string{"throttled", "held_back", "ok"} {
		assert.Equal(t, 1.0, testutil.ToFloat64(m.calls.WithLabelValues("read account", outcome)), outcome)
	}
}

func TestAnEarlyEndIsNotLate(t *testing.T) {
	m := newTestMetrics(store.Census{}, nil)
	m.Ended(access.Expired, -time.Second)
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	assert.Contains(t, answer.Body.String(), `hourglass_grant_end_lateness_seconds_sum{cause="expired"} 0`)
}
