package entra

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	aRead  = load{}
	aWrite = load{write: true}
	report = load{reports: true}
)

// most is the largest number of starts in any stretch of that length.
func most(starts []time.Time, per time.Duration) int {
	slices.SortFunc(starts, time.Time.Compare)
	largest, from := 0, 0
	for to := range starts {
		for starts[to].Sub(starts[from]) >= per {
			from++
		}
		largest = max(largest, to-from+1)
	}
	return largest
}

func TestPublishedLimitsAreNeverExceeded(t *testing.T) {
	for name, c := range map[string]struct {
		what  load
		limit Rate
		calls int
	}{
		"units":   {aRead, published.Units, 8000},
		"writes":  {aWrite, published.Writes, 4000},
		"reports": {report, published.Reports, 23},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLimiter(published)
				var mu sync.Mutex
				var starts []time.Time
				var calls sync.WaitGroup
				began := time.Now()
				for range c.calls {
					calls.Go(func() {
						require.NoError(t, l.wait(context.Background(), c.what, time.Hour))
						mu.Lock()
						defer mu.Unlock()
						starts = append(starts, time.Now())
					})
				}
				calls.Wait()
				assert.LessOrEqual(t, most(starts, c.limit.Per), c.limit.Count)
				fair := time.Duration(float64(c.calls) / float64(c.limit.Count) * float64(c.limit.Per))
				assert.LessOrEqual(t, time.Since(began), fair*115/100, "and not much is wasted")
			})
		})
	}
}

func TestASwitchOffNeedNotWaitForReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(published)
		began := time.Now()
		for range published.Reports.Count {
			require.NoError(t, l.wait(context.Background(), report, time.Minute))
		}
		assert.Zero(t, time.Since(began))
	})
}

func TestWaitingBeyondTheDeadlineIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(published)
		for range published.Reports.Count {
			require.NoError(t, l.wait(context.Background(), report, time.Minute))
		}
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second) // half of it is the call's
		defer cancel()
		began := time.Now()
		for range 2 * published.Reports.Count { // a place that is given back costs nobody behind it
			assert.Equal(t, &Error{Kind: Throttled, After: 10 * time.Second}, l.wait(ctx, report, time.Hour))
		}
		assert.Equal(t, Throttled, KindOf(l.wait(context.Background(), report, 4*time.Second)), "without a deadline, patience counts")
		assert.Zero(t, time.Since(began), "nobody waits for what cannot come")

		require.NoError(t, l.wait(context.Background(), report, 11*time.Second))
		assert.Equal(t, 10*time.Second, time.Since(began))
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(published)
		for range published.Reports.Count {
			require.NoError(t, l.wait(context.Background(), report, time.Minute))
		}
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		assert.ErrorIs(t, l.wait(ctx, report, time.Minute), context.Canceled)
		assert.Equal(t, time.Second, time.Since(began))
	})
}

func TestARefusalPausesTheTenantForParallelCallsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(published)
		l.refused(aWrite, &Error{Kind: Throttled, After: 7 * time.Second})
		l.refused(aWrite, &Error{Kind: Throttled, After: time.Second}) // a shorter one does not shorten it
		l.refused(report, &Error{Kind: Throttled})
		l.refused(report, &Error{Kind: Unavailable, After: time.Minute})
		began := time.Now()
		require.NoError(t, l.wait(context.Background(), report, time.Minute))
		assert.Zero(t, time.Since(began), "reports have a limit of their own")
		assert.Equal(t, Throttled, KindOf(l.wait(context.Background(), aRead, time.Second)))
		require.NoError(t, l.wait(context.Background(), aRead, time.Minute))
		assert.Equal(t, 7*time.Second, time.Since(began))
	})
}

func TestAPauseThatBeginsDuringTheWaitHoldsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(published)
		for range published.Reports.Count {
			require.NoError(t, l.wait(context.Background(), report, time.Minute))
		}
		began := time.Now()
		time.AfterFunc(9*time.Second, func() { l.refused(report, &Error{Kind: Throttled, After: 30 * time.Second}) })
		require.NoError(t, l.wait(context.Background(), report, time.Minute))
		assert.Equal(t, 39*time.Second, time.Since(began))
	})
}

func TestAThrottledTenantSaysSoWithoutAsking(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("/v1.0/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "120")
		refuses(429, "TooManyRequests")(w, r)
	})
	client := m.client(t)
	var after time.Duration
	for _, op := range []string{"by Microsoft", "by us"} {
		err := client.Tenant(contoso).SetEnabled(background, ada, false)
		var e *Error
		require.ErrorAs(t, err, &e, op)
		assert.Equal(t, Throttled, e.Kind)
		assert.Equal(t, "disable account", e.Op)
		after = e.After
	}
	assert.InDelta(t, 120, after.Seconds(), 1)
	assert.Len(t, m.requests(), 1)
	assert.Equal(t, Throttled, KindOf(client.Tenant(fabrikam).SetEnabled(background, ada, false)))
	assert.Len(t, m.requests(), 2, "another tenant is another bucket")
}
