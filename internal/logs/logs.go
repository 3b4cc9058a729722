// Package logs makes the product's log: one JSON object a line, each with the ids of what it was written for: request,
// grant, trace. Whoever knows an id puts it into the context, and everything below logs with that context.
package logs

import (
	"context"
	"io"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/trace"
)

type attributesKey struct{}

// With adds attributes to every line that is logged with the context. Ids only: never a secret, never a name.
func With(ctx context.Context, attributes ...slog.Attr) context.Context {
	earlier, _ := ctx.Value(attributesKey{}).([]slog.Attr)
	return context.WithValue(ctx, attributesKey{}, slices.Concat(earlier, attributes))
}

// New writes to out what is at least as important as level.
func New(out io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(handler{slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level})})
}

// handler adds what the context knows.
type handler struct{ slog.Handler }

func (h handler) Handle(ctx context.Context, record slog.Record) error {
	known, _ := ctx.Value(attributesKey{}).([]slog.Attr)
	span := trace.SpanContextFromContext(ctx)
	if len(known) > 0 || span.IsValid() {
		record = record.Clone()
		record.AddAttrs(known...)
		if span.IsValid() {
			record.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
		}
	}
	return h.Handler.Handle(ctx, record)
}

func (h handler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attributes)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
