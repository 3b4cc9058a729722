package logs

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"
)

func TestALineHasTheIdsOfItsContext(t *testing.T) {
	var out bytes.Buffer
	log := New(&out, slog.LevelInfo).With("part", "test")
	line := func() map[string]any {
		t.Helper()
		var fields map[string]any
		require.NoError(t, json.Unmarshal(out.Bytes(), &fields), out.String())
		out.Reset()
		delete(fields, "time")
		return fields
	}

	log.InfoContext(context.Background(), "nothing known")
	assert.Equal(t, map[string]any{"level": "INFO", "msg": "nothing known", "part": "test"}, line())

	request := With(context.Background(), slog.String("request_id", "r1"))
	grant := With(request, slog.String("grant_id", "g1"))
	other := With(request, slog.String("grant_id", "g2"))
	log.InfoContext(grant, "both", "more", 1)
	assert.Equal(t, map[string]any{"level": "INFO", "msg": "both", "part": "test", "more": 1.0, "request_id": "r1", "grant_id": "g1"}, line())
	log.InfoContext(other, "another")
	assert.Equal(t, "g2", line()["grant_id"], "contexts do not share what they know")

	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	log.InfoContext(trace.ContextWithSpanContext(request, span), "traced")
	fields := line()
	assert.Equal(t, span.TraceID().String(), fields["trace_id"])
	assert.Equal(t, span.SpanID().String(), fields["span_id"])

	log.DebugContext(grant, "below the level")
	assert.Empty(t, out.String())
}
