package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"hourglass/internal/access"
	"hourglass/internal/logs"
)

const (
	requestIDKey    = "request_id"
	requestIDHeader = "X-Request-Id"
)

// identify gives every request an id of our own; one that came from outside could forge the log. Whatever is logged on its
// behalf carries the id, and the one of whatever the address names.
func (s *server) identify(c *gin.Context) {
	id := newID(s.random)
	c.Set(requestIDKey, id)
	c.Header(requestIDHeader, id)
	ctx := logs.With(c.Request.Context(), slog.String(requestIDKey, id))
	if name, named, ok := objectOf(c); ok {
		ctx = logs.With(ctx, slog.String(name, named))
	}
	c.Request = c.Request.WithContext(ctx)
}

// follow begins the trace of a request. One that came from outside is not continued: it would let strangers decide what
// is traced.
func (s *server) follow(c *gin.Context) {
	route := c.FullPath()
	ctx, span := s.tracer.Start(c.Request.Context(), c.Request.Method+" "+route, trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.route", route), attribute.String("hourglass.request_id", requestID(c))))
	defer span.End()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
	status := c.Writer.Status()
	span.SetAttributes(attribute.Int("http.response.status_code", status))
	if name, named, ok := objectOf(c); ok {
		span.SetAttributes(attribute.String("hourglass."+name, named))
	}
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, http.StatusText(status))
	}
}

func requestID(c *gin.Context) string { return c.GetString(requestIDKey) }

// accessLog writes one line per request: who, which grant, what came of it. Routes instead of paths, and
// no headers and no bodies, so that nothing secret can get into it.
func (s *server) accessLog(c *gin.Context) {
	begun, whole := time.Now(), false
	defer func() { s.answered(c, time.Since(begun), whole) }() // also of an answer that was broken off
	c.Next()
	whole = true
}

func (s *server) answered(c *gin.Context, took time.Duration, whole bool) {
	status := c.Writer.Status()
	s.onRequest(c.Request.Method, c.FullPath(), status, took)
	attributes := []slog.Attr{
		slog.String("method", c.Request.Method),
		slog.String("route", c.FullPath()),
		slog.Int("status", status),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000),
	}
	if by, ok := callerIn(c.Request.Context()); ok {
		attributes = append(attributes, slog.String("person_id", by.person.ID.String()))
		if !by.browser.ID.IsZero() {
			attributes = append(attributes, slog.String("browser_id", by.browser.ID.String()))
		}
	}
	if err := c.Errors.Last(); err != nil {
		attributes = append(attributes, slog.String("error", err.Error()))
	}
	level := slog.LevelInfo
	if !whole {
		attributes = append(attributes, slog.Bool("broken_off", true))
	}
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.log.LogAttrs(context.WithoutCancel(c.Request.Context()), level, "request", attributes...)
}

// breakOff ends the connection without the last chunk where an answer could not be written whole: half of a file looks
// like a whole one.
func (s *server) breakOff(ctx context.Context, err error) {
	s.log.WarnContext(context.WithoutCancel(ctx), "an answer was broken off", "error", err)
	panic(http.ErrAbortHandler)
}

// objects are what the log calls the things of each collection.
var objects = map[string]string{
	"grants": "grant_id", "customers": "customer_id", "people": "subject_id", "teams": "team_id", "profiles": "profile_id",
	"entitlements": "entitlement_id",
}

// objectOf is the id of the thing that an address names, with what the log calls it. A person is the subject: person_id is who
// asks.
func objectOf(c *gin.Context) (name, id string, ok bool) {
	collection, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(c.FullPath(), "/api/v1"), "/"), "/")
	name, known := objects[collection]
	parsed, err := access.ParseID[access.GrantID](c.Param("id")) // all ids are written alike
	return name, parsed.String(), known && err == nil
}

// recovery turns a panic into a problem. The panic's own value is logged only where the runtime made it:
// any other might quote a secret.
func (s *server) recovery(c *gin.Context) {
	defer func() {
		panicked := recover()
		if panicked == nil {
			return
		}
		if panicked == http.ErrAbortHandler {
			panic(panicked)
		}
		cause := fmt.Errorf("panic of type %T", panicked)
		if err, ok := panicked.(runtime.Error); ok {
			cause = fmt.Errorf("panic: %w", err)
		}
		s.log.ErrorContext(c.Request.Context(), "a handler panicked (this is a bug)", "error", cause, "stack", string(debug.Stack()))
		fail(c, &failure{kind: internalError, cause: cause})
	}()
	c.Next()
}

// contentSecurityPolicy is of answers that are no pages; the portal's page has more, see portal.go.
const contentSecurityPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

const permissionsPolicy = "publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self), " +
	"camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()"

func (s *server) securityHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("Permissions-Policy", permissionsPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if s.origin.Scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// crossOrigin refuses changes that a page of another origin asks for, by Sec-Fetch-Site and Origin.
func (s *server) crossOrigin() (gin.HandlerFunc, error) {
	protection := http.NewCrossOriginProtection()
	// Behind a proxy the Host may differ from the address that the browser knows.
	if err := protection.AddTrustedOrigin(s.publicAddress()); err != nil {
		return nil, fmt.Errorf("%w: the origin has the form https://host[:port]", access.ErrInvalid)
	}
	return func(c *gin.Context) {
		// What is asked for by a token or a code, which no browser adds by itself, cannot be forged by a page.
		if op := s.operationOf(c); op.rule.paired || op.form || s.fromTemporalUI(c.Request) {
			return
		}
		if err := protection.Check(c.Request); err != nil {
			fail(c, &failure{kind: crossOrigin})
		}
	}, nil
}
