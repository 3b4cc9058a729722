package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/semconv/v1.37.0"
	oteltrace "go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"hourglass/internal/entra"
)

// Tracing is where spans go. It is off unless the environment names a collector.
type Tracing struct{ provider *trace.TracerProvider }

// propagator carries the ids of a trace, and nothing else, through Temporal's headers.
var propagator = propagation.TraceContext{}

// NewTracing reads OpenTelemetry's own OTEL_* variables. Without OTEL_EXPORTER_OTLP_ENDPOINT, or the one for traces, and
// without OTEL_TRACES_EXPORTER=otlp nothing is traced. It does not wait for the collector; what that does not take is
// dropped, and a line of the log says so.
func NewTracing(ctx context.Context, version string, log *slog.Logger) (*Tracing, error) {
	exporter, err := newExporter(ctx)
	if err != nil || exporter == nil {
		return &Tracing{}, err
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(semconv.ServiceName("hourglass"), semconv.ServiceVersion(version)),
		resource.WithFromEnv(), resource.WithTelemetrySDK(), resource.WithHost())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("OTEL_…: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.WarnContext(context.Background(), "traces were not delivered", "error", err)
	}))
	return &Tracing{trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(about))}, nil
}

func newExporter(ctx context.Context) (*otlptrace.Exporter, error) {
	first := func(names ...string) string {
		for _, name := range names {
			if value := strings.TrimSpace(os.Getenv(name)); value != "" {
				return value
			}
		}
		return ""
	}
	if strings.EqualFold(first("OTEL_SDK_DISABLED"), "true") {
		return nil, nil
	}
	switch kind := first("OTEL_TRACES_EXPORTER"); kind {
	case "none":
		return nil, nil
	case "":
		if first("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") == "" {
			return nil, nil
		}
	case "otlp":
	default:
		return nil, fmt.Errorf("OTEL_TRACES_EXPORTER: %q is not otlp or none", kind)
	}
	switch protocol := first("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"); protocol {
	case "", "http/protobuf":
		return otlptracehttp.New(ctx)
	case "grpc":
		return otlptracegrpc.New(ctx)
	default:
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL: %q is not http/protobuf or grpc", protocol)
	}
}

// On reports whether anybody takes the spans.
func (t *Tracing) On() bool { return t.provider != nil }

// Tracer makes spans, which nobody hears of where tracing is off.
func (t *Tracing) Tracer() oteltrace.Tracer {
	if !t.On() {
		return noop.NewTracerProvider().Tracer("hourglass")
	}
	return t.provider.Tracer("hourglass")
}

// MicrosoftCall adds an exchange with Microsoft to the trace of whoever asked for it. The trace's ids are not sent to
// Microsoft; Microsoft's request id comes back instead.
func (t *Tracing) MicrosoftCall(ctx context.Context, e entra.Exchange) {
	if !t.On() {
		return
	}
	_, span := t.Tracer().Start(ctx, "Microsoft: "+e.Op, oteltrace.WithTimestamp(e.Began), oteltrace.WithSpanKind(oteltrace.SpanKindClient),
		oteltrace.WithAttributes(
			attribute.String("microsoft.request_id", e.RequestID),
			attribute.String("hourglass.tenant_id", e.Tenant.String()),
			semconv.HTTPResponseStatusCode(e.Status),
		))
	if e.Kind != "" {
		span.SetStatus(codes.Error, string(e.Kind))
	}
	span.End(oteltrace.WithTimestamp(e.Began.Add(e.Took)))
}

// closeWithin is how long the last spans may take to leave.
const closeWithin = 5 * time.Second

// Close sends what is still kept.
func (t *Tracing) Close(ctx context.Context) error {
	if !t.On() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
	defer cancel()
	return t.provider.Shutdown(ctx)
}
