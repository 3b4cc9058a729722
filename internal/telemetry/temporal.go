package telemetry

import (
	"context"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
)

// ObserveTemporal adds what the Temporal SDK counts, as temporal_…, to the metrics of the process, and traces, where there
// is a collector for them, to everything that the client and its workers do.
func ObserveTemporal(options *client.Options, metrics *Metrics, tracing *Tracing, log *slog.Logger) error {
	exporter, err := prometheus.New(prometheus.WithRegisterer(metrics.registry), prometheus.WithoutScopeInfo(), prometheus.WithoutTargetInfo())
	if err != nil {
		return fmt.Errorf("metrics of Temporal: %w", err)
	}
	// The SDK's histograms are latencies in seconds.
	latencies := metric.NewView(metric.Instrument{Kind: metric.InstrumentKindHistogram},
		metric.Stream{Aggregation: metric.AggregationExplicitBucketHistogram{Boundaries: quick}})
	provider := metric.NewMeterProvider(metric.WithReader(exporter), metric.WithView(latencies))
	options.MetricsHandler = opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
		Meter: provider.Meter("temporal-sdk-go"), UseMonotonicCounters: true,
		OnError: func(err error) {
			log.WarnContext(context.Background(), "a metric of Temporal was not counted", "error", err)
		},
	})
	if !tracing.On() {
		return nil
	}
	spans, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{
		Tracer: tracing.Tracer(),
		// Grants that began before tracing was switched on carry no parent.
		AllowInvalidParentSpans: true,
		// Baggage is whatever a caller wants to see in every history.
		DisableBaggage:    true,
		TextMapPropagator: propagator,
	})
	if err != nil {
		return fmt.Errorf("traces of Temporal: %w", err)
	}
	options.Interceptors = append(options.Interceptors, interceptor.ClientInterceptor(spans))
	return nil
}
