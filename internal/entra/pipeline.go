package entra

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	abs "github.com/microsoft/kiota-abstractions-go"
	absauth "github.com/microsoft/kiota-abstractions-go/authentication"
	khttp "github.com/microsoft/kiota-http-go"
	kjson "github.com/microsoft/kiota-serialization-json-go"

	"hourglass/internal/access"
)

// longestAnswer bounds one answer; a full page of Graph's is a tenth of it.
const longestAnswer = 1 << 20

// newAdapter makes the SDK's adapter on the pipeline. It replaces the SDK's default one, which retries (with a defect when
// it also compresses), follows redirects, and sends an anonymous request to a host it does not know. The adapter's own
// authentication stays empty: the pipeline authenticates, because it is also what can try again after a 401.
// It is shared by all tenants; which tenant a request belongs to travels in its context.
func newAdapter(pipeline *graphPipeline) (abs.RequestAdapter, error) {
	client := &http.Client{Transport: khttp.NewCustomTransportWithParentTransport(pipeline, khttp.NewParametersNameDecodingHandler())}
	adapter, err := khttp.NewNetHttpRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&absauth.AnonymousAuthenticationProvider{}, kjson.NewJsonParseNodeFactory(), kjson.NewJsonSerializationWriterFactory(), client)
	if err != nil {
		return nil, err
	}
	// The factory is nil because the SDK's own default is wanted, and setting it writes a variable of the whole process.
	adapter.EnableBackingStore(nil)
	adapter.SetBaseUrl(pipeline.base.String())
	return adapter, nil
}

// call is one use of Graph or of the token endpoint, on its way through the SDK in the request's context.
type call struct {
	tenant access.TenantID
	op     string
	write  bool

	// of a Graph call
	tokens  *tokens
	limiter *limiter

	// what came of the last exchange
	status    int
	requestID string
	failure   *Error // of the token endpoint, past azidentity, which would flatten it to text
}

type callKey struct{}

// broken is the kind of a call whose answer was lost or cannot be read.
func (c *call) broken() Kind {
	if c.write {
		return Ambiguous
	}
	return Unavailable
}

func (c *call) unreadable() *Error {
	return &Error{Kind: c.broken(), Op: c.op, Status: c.status, Code: CodeUnreadable, RequestID: c.requestID}
}

// graphPipeline is the one way to Graph: below the SDK, above the connections.
type graphPipeline struct {
	wire *wire
	base *url.URL
}

// RoundTrip only ever returns a successful answer whose body is in memory; everything else, redirects included, is an
// error of this package, so that no answer of Microsoft's is judged by the SDK, which panics on an error without a message.
func (p *graphPipeline) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	c, ok := ctx.Value(callKey{}).(*call)
	if !ok {
		return nil, errors.New("entra: a request without a call was held back (this is a bug)")
	}
	if req.URL.Scheme != "https" || req.URL.Host != p.base.Host || req.URL.User != nil {
		return nil, c.unreadable() // only a nextLink can lead away from the host
	}
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	for mayRenew := true; ; mayRenew = false {
		token, err := c.tokens.get(ctx)
		if err != nil {
			return nil, c.gaveUp(err)
		}
		if err := c.limiter.wait(ctx, loadOf(req.URL.Path, c.write), p.wire.timeout); err != nil {
			p.wire.heldBack(ctx, c, err)
			return nil, c.gaveUp(err)
		}
		response, _, failure := p.wire.exchange(prepare(req, token, body), c, judgeGraph)
		switch {
		case failure == nil:
			return response, nil
		case failure.Status == http.StatusUnauthorized && mayRenew:
			c.tokens.forget(token)
		default:
			c.limiter.refused(loadOf(req.URL.Path, c.write), failure)
			return nil, failure
		}
	}
}

// gaveUp is for errors from before the request was sent: nothing was done, whatever the call is.
func (c *call) gaveUp(err error) error {
	var e *Error
	if errors.As(err, &e) {
		if e.Op == "" {
			e.Op = c.op
		}
		return e
	}
	return &Error{Kind: Unavailable, Op: c.op, cause: err}
}

// readBody takes the body out of the request, so that it can be sent twice and with its length.
func readBody(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	defer req.Body.Close()
	return io.ReadAll(req.Body)
}

func prepare(req *http.Request, t token, body []byte) *http.Request {
	out := req.Clone(req.Context())
	out.Header.Set("Authorization", "Bearer "+t.value)
	out.Header.Set("Client-Request-Id", uuid.NewString())
	out.Header.Set("User-Agent", "Hourglass")
	out.Body, out.GetBody, out.ContentLength = http.NoBody, nil, 0
	if len(body) > 0 {
		out.ContentLength = int64(len(body))
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		out.Body, _ = out.GetBody()
	}
	return out
}

// wire sends single requests for both pipelines.
type wire struct {
	transport http.RoundTripper
	timeout   time.Duration
	log       *slog.Logger
	onCall    func(context.Context, Exchange)
}

func (s settings) wire() *wire {
	return &wire{transport: s.transport, timeout: s.timeout, log: s.logger, onCall: s.onCall}
}

// Exchange is one use of the wire, for those who count and watch. It holds nothing of what was said.
type Exchange struct {
	Tenant access.TenantID // zero where the call is about no tenant yet
	Op     string          // one of this package's fixed words
	Status int             // 0 where there was no answer
	Kind   Kind            // "" for a success
	// HeldBack: our own limiter kept the request from being sent; Kind is Throttled.
	HeldBack  bool
	RequestID string // Microsoft's
	Began     time.Time
	Took      time.Duration
}

// exchange sends one request, reads its answer, both within the timeout, and judges it. Beside a failure there is a
// response only where Microsoft answered.
func (w *wire) exchange(req *http.Request, c *call, judge judge) (*http.Response, []byte, *Error) {
	began := time.Now()
	response, body, failure := w.send(req, c)
	if failure == nil {
		failure = judge(c, response, body)
	}
	seen := Exchange{Tenant: c.tenant, Op: c.op, Status: c.status, RequestID: c.requestID, Began: began, Took: time.Since(began)}
	if failure != nil {
		seen.Kind, seen.RequestID = failure.Kind, failure.RequestID
	}
	w.onCall(req.Context(), seen)
	return response, body, failure
}

// heldBack tells of a request that our own limiter did not let go, unless it was the caller who gave up.
func (w *wire) heldBack(ctx context.Context, c *call, err error) {
	if e, ok := errors.AsType[*Error](err); ok {
		w.onCall(ctx, Exchange{Tenant: c.tenant, Op: c.op, Kind: e.Kind, HeldBack: true, Began: time.Now()})
	}
}

// send fails for the connection or for the answer's size; every status is an answer.
func (w *wire) send(req *http.Request, c *call) (*http.Response, []byte, *Error) {
	ctx, cancel := context.WithTimeout(req.Context(), w.timeout)
	defer cancel()
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})

	start := time.Now()
	c.status, c.requestID = 0, ""
	response, err := w.transport.RoundTrip(req.WithContext(traced))
	var body []byte
	if err == nil {
		c.status, c.requestID = response.StatusCode, requestID(response.Header)
		body, err = readAnswer(response)
	}
	w.log.LogAttrs(ctx, slog.LevelDebug, "microsoft call", slog.String("op", c.op), slog.String("tenant", c.tenant.String()),
		slog.Int("status", c.status), slog.String("request_id", c.requestID),
		slog.String("client_request_id", req.Header.Get("Client-Request-Id")), slog.Duration("took", time.Since(start)))
	switch {
	case err == nil:
		return response, body, nil
	case errors.Is(err, errTooLong):
		return nil, nil, c.unreadable()
	}
	failure := &Error{Kind: Unavailable, Op: c.op, Status: c.status, RequestID: c.requestID, cause: req.Context().Err()}
	if connected.Load() {
		failure.Kind = c.broken()
	}
	return nil, nil, failure
}

var errTooLong = errors.New("answer is too long")

// readAnswer reads the whole body, within its bound, and puts it back.
func readAnswer(response *http.Response) ([]byte, error) {
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer+1))
	if err == nil && len(body) > longestAnswer {
		err = errTooLong
	}
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return body, err
}

// loadOf says which of Microsoft's limits a request counts against.
func loadOf(path string, write bool) load {
	return load{write: write, reports: strings.Contains(path, "/authentication/") || strings.Contains(path, "/auditLogs/")}
}
