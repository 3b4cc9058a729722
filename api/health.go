package api

import (
	"context"
	"sync"
	"time"
)

// readinessAnswer is how long one check may take.
const readinessAnswer = 3 * time.Second

func (s *server) Health(context.Context, HealthRequestObject) (HealthResponseObject, error) {
	return Health200JSONResponse{HealthJSONResponse{Status: HealthStatusOk, Checks: map[string]HealthChecks{}}}, nil
}

// Readiness names what fails, and keeps why for the log.
func (s *server) Readiness(ctx context.Context, _ ReadinessRequestObject) (ReadinessResponseObject, error) {
	ctx, _ = begin(ctx)
	ctx, cancel := context.WithTimeout(ctx, readinessAnswer)
	defer cancel()

	health := HealthJSONResponse{Status: HealthStatusOk, Checks: map[string]HealthChecks{}}
	var mu sync.Mutex
	var all sync.WaitGroup
	for name, check := range s.ready {
		all.Go(func() {
			err := check(ctx)
			mu.Lock()
			defer mu.Unlock()
			health.Checks[name] = HealthChecksOk
			if err != nil {
				s.log.WarnContext(ctx, "not ready", "check", name, "error", err)
				health.Checks[name], health.Status = HealthChecksFailing, HealthStatusFailing
			}
		})
	}
	all.Wait()
	if health.Status != HealthStatusOk {
		return Readiness503JSONResponse(health), nil
	}
	return Readiness200JSONResponse{health}, nil
}
