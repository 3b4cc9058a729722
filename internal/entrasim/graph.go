package entrasim

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

const maxBody = 1 << 20

// call is one request to Graph on its way through the stand-in.
type call struct {
	sim     *Sim
	route   *route
	request *http.Request
	query   url.Values
	raw     []byte // the request body, decompressed
	body    object // the same without annotations
	claims  *appClaims
	now     time.Time

	// set while the tenant is locked
	*directory
}

// answer is what a route gives back. A nil body is no content.
type answer struct {
	status int
	body   object
	header http.Header
}

// by is the caller as the audit log names it.
func (c *call) by() initiator {
	by := initiator{AppID: c.claims.AppID, PrincipalID: c.claims.ObjectID}
	if sp, ok := c.Principals[c.claims.AppID]; ok {
		by.Name = sp.Name
	}
	return by
}

// functionKey is OData's other spelling of a key: /users('ada@...').
var functionKey = regexp.MustCompile(`^(/v1\.0/users)\('([^/]+)'\)`)

func (s *Sim) graphHandler() http.Handler {
	mux := http.NewServeMux()
	for i := range routes {
		mux.HandleFunc(routes[i].pattern(), func(w http.ResponseWriter, r *http.Request) { s.serveGraph(w, r, &routes[i]) })
	}
	known := http.NewServeMux() // the same paths for any method: tells a wrong method from a wrong path
	seen := map[string]bool{}
	for i := range routes {
		if _, path, _ := strings.Cut(routes[i].pattern(), " "); !seen[path] {
			seen[path] = true
			known.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { s.serveGraph(w, r, wrongMethod) })
		}
	}
	known.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.serveGraph(w, r, wrongPath) })
	mux.Handle("/", known)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if m := functionKey.FindStringSubmatch(r.URL.EscapedPath()); m != nil {
			raw := functionKey.ReplaceAllString(r.URL.EscapedPath(), "$1/$2")
			if path, err := url.PathUnescape(raw); err == nil {
				r.URL.Path, r.URL.RawPath = path, raw
			}
		}
		mux.ServeHTTP(w, r)
	})
}

var (
	wrongMethod = &route{template: "(wrong method)", run: func(*call) (answer, error) {
		return answer{}, refuse(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}}
	wrongPath = &route{template: "(unknown)", run: func(c *call) (answer, error) {
		parts := strings.Split(strings.TrimPrefix(c.request.URL.Path, "/v1.0/"), "/")
		return answer{}, badQuery("Resource not found for the segment '" + parts[len(parts)-1] + "'.")
	}}
)

// serveGraph takes one request through token, faults, gate and route, and writes the answer.
func (s *Sim) serveGraph(w http.ResponseWriter, r *http.Request, rt *route) {
	began := time.Now()
	c := &call{sim: s, route: rt, request: r, query: r.URL.Query(), now: s.now()}
	requestID := uuid.NewString()
	result, err := s.perform(c)
	if errors.Is(err, errDropped) {
		s.recorder.record(c, 0, nil, time.Since(began), s.now())
		panic(http.ErrAbortHandler) // closes the connection (HTTP/2: the stream) without an answer
	}
	if err != nil {
		result = c.failure(err, requestID)
	}
	var raw []byte
	if result.body != nil {
		if raw, err = json.Marshal(result.body); err != nil {
			s.log.Error("answer was not encoded", "route", rt.template, "error", err)
		}
	}
	s.recorder.record(c, result.status, raw, time.Since(began), s.now())
	h := w.Header()
	h.Set("request-id", requestID)
	h.Set("client-request-id", c.clientRequestID(requestID))
	h.Set("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"Stand-in","Slice":"E","Ring":"1","ScaleUnit":"000","RoleInstance":"LOCAL"}}`)
	h.Set("x-ms-resource-unit", "1")
	h.Set("OData-Version", "4.0")
	h.Set("Cache-Control", "no-cache")
	for name, values := range result.header {
		h[name] = values
	}
	if raw != nil {
		h.Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(raw)))
	}
	w.WriteHeader(result.status)
	_, _ = w.Write(raw) // a client that went away has had its answer
}

func (c *call) clientRequestID(otherwise string) string {
	if id := c.request.Header.Get("client-request-id"); id != "" {
		return id
	}
	return otherwise
}

// perform is the way of a request in the order in which Microsoft refuses: token, throttling, body, permission, content.
func (s *Sim) perform(c *call) (answer, error) {
	bearer, ok := strings.CutPrefix(c.request.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return answer{}, unauthorized("Access token is empty.")
	}
	var err error
	if c.claims, err = s.verify(bearer, c.now); err != nil {
		return answer{}, err
	}
	t, ok := s.tenantOf(c.claims.TenantID)
	if !ok {
		return answer{}, unauthorized("Access token validation failure.")
	}
	fault := s.faults.take("graph", t, c.request.Method, strings.TrimPrefix(c.request.URL.Path, "/v1.0"))
	if err := s.before(c.request.Context(), fault); err != nil {
		return answer{}, err
	}
	if err := s.throttle.admit(c, c.now); err != nil {
		return answer{}, err
	}
	if err := c.readBody(); err != nil {
		return answer{}, err
	}
	c.now = s.now()
	result, err := c.inTenant(t)
	if fault.dropsAfter() {
		return answer{}, errDropped
	}
	return result, err
}

// inTenant runs gate and route with the tenant locked.
func (c *call) inTenant(t *directory) (answer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c.directory = t
	if err := c.gate(); err != nil {
		return answer{}, err
	}
	if err := c.checkOptions(); err != nil {
		return answer{}, err
	}
	if c.route.accepts != nil {
		if err := c.route.accepts.check(c.body); err != nil {
			return answer{}, err
		}
	}
	result, err := c.route.run(c)
	if err == nil && c.request.Method != http.MethodGet {
		c.changed()
	}
	return result, err
}

// readBody decompresses and parses. A gzip header over a plain body is the defect of kiota's retried writes: 400.
func (c *call) readBody() error {
	malformed := refuse(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	raw, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody+1))
	if err != nil || len(raw) > maxBody {
		return malformed
	}
	switch c.request.Header.Get("Content-Encoding") {
	case "":
	case "gzip":
		zipped, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return malformed
		}
		if raw, err = io.ReadAll(io.LimitReader(zipped, maxBody)); err != nil {
			return malformed
		}
	default:
		return refuse(http.StatusUnsupportedMediaType, "UnsupportedMediaType", "The content encoding is not supported.")
	}
	c.raw = raw
	if c.route.accepts == nil {
		return nil
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		if c.route.accepts.optional {
			c.body = object{}
			return nil
		}
		return malformed
	}
	if kind, _, err := mime.ParseMediaType(c.request.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return malformed
	}
	if err := json.Unmarshal(raw, &c.body); err != nil || c.body == nil {
		return malformed
	}
	dropAnnotations(c.body)
	return nil
}

// dropAnnotations removes "@odata.type" and "name@odata.type" everywhere: a client may send them, they mean nothing here.
func dropAnnotations(v any) {
	switch v := v.(type) {
	case object:
		for name, inner := range v {
			if strings.Contains(name, "@") {
				delete(v, name)
				continue
			}
			dropAnnotations(inner)
		}
	case []any:
		for _, inner := range v {
			dropAnnotations(inner)
		}
	}
}

// failure gives an error Graph's shape.
func (c *call) failure(err error, requestID string) answer {
	var e *graphError
	if !errors.As(err, &e) {
		c.sim.log.Error("request failed", "route", c.route.template, "error", err)
		e = refuse(http.StatusInternalServerError, "InternalServerError", "An internal error occurred.")
	}
	inner := object{
		"date": c.now.Format("2006-01-02T15:04:05"), "request-id": requestID, "client-request-id": c.clientRequestID(requestID),
	}
	code := e.code
	ofMethods := c.route.workload == methodsWorkload || strings.Contains(c.request.URL.Path, "/authentication/")
	if lower, ok := lowerCaseCodes[code]; ok && ofMethods {
		code = lower
		inner["message"] = e.message
	}
	if e.status == http.StatusTooManyRequests {
		inner["code"], inner["status"], inner["message"] = "429", "429", "Please retry after"
	}
	body := object{"code": code, "message": e.message, "innerError": inner}
	if e.details != nil {
		body["details"] = e.details
	}
	return answer{status: e.status, body: object{"error": body}, header: e.header}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away has had its answer
}
