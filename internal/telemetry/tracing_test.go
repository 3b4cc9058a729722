package telemetry

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/entra"
)

func TestNothingIsTracedUnlessACollectorIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		env map[string]string
		on  bool
	}{
		"nothing set":           {nil, false},
		"a collector":           {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, true},
		"one for traces":        {map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, true},
		"the exporter by name":  {map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, true},
		"by gRPC":               {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, true},
		"the exporter none":     {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}, false},
		"OpenTelemetry is off":  {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, false},
		"only one for metrics":  {map[string]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://127.0.0.1:4318"}, false},
		"an endpoint of blanks": {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, false},
	} {
		t.Run(name, func(t *testing.T) {
			for key, value := range c.env {
				t.Setenv(key, value)
			}
			tracing, err := NewTracing(t.Context(), "test", slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			assert.Equal(t, c.on, tracing.On())
			tracing.MicrosoftCall(t.Context(), entra.Exchange{Op: "get token"})
			_, span := tracing.Tracer().Start(t.Context(), "x")
			assert.Equal(t, c.on, span.IsRecording())
		})
	}
}

func TestTracingRefusesWhatItCannotDo(t *testing.T) {
	for name, value := range map[string]string{"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
			t.Setenv(name, value)
			_, err := NewTracing(t.Context(), "test", slog.New(slog.DiscardHandler))
			require.ErrorContains(t, err, name)
		})
	}
}
