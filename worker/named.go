package worker

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"

	"hourglass/internal/access"
	"hourglass/internal/logs"
)

// named puts the ids that an activity works for into its context, so that every line of its log and its span have them.
type named struct {
	interceptor.WorkerInterceptorBase
}

func (*named) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &namedActivity{interceptor.ActivityInboundInterceptorBase{Next: next}}
}

type namedActivity struct {
	interceptor.ActivityInboundInterceptorBase
}

func (a *namedActivity) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	info := activity.GetInfo(ctx)
	ctx = logs.With(ctx, slog.String("activity", info.ActivityType.Name), slog.Int("attempt", int(info.Attempt)))
	for _, argument := range in.Args {
		if about, ok := argument.(interface{ Grant() access.GrantID }); ok {
			id := about.Grant().String()
			ctx = logs.With(ctx, slog.String("grant_id", id))
			trace.SpanFromContext(ctx).SetAttributes(attribute.String("hourglass.grant_id", id))
		}
	}
	return a.Next.ExecuteActivity(ctx, in)
}
