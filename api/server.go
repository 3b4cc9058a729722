package api

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"hourglass/internal/access"
	"hourglass/internal/bulk"
	"hourglass/internal/pairing"
	"hourglass/internal/passkey"
	"hourglass/internal/seal"
)

// Check is one thing that the process needs, for /readyz. It returns nil while it answers.
type Check func(context.Context) error

// Config is everything the API needs. OnRequest, Tracer, Log, Clock, Random and Base may be left out.
type Config struct {
	Store    Store
	Engine   Engine
	Passkeys *passkey.Service
	Pairings *pairing.Service
	Vault    *seal.Vault
	// Microsoft is asked where consent is given, and for Permissions.
	Microsoft   SignInHost
	Permissions []access.Permission
	// Codec opens what Temporal stores, for Temporal's web UI, whose origin is TemporalUI: "" where there is none.
	Codec      Decoder
	TemporalUI string
	// Origin is the address under which people reach Hourglass, such as https://hourglass.msp.example.
	Origin string
	// AdminCentre is the address of Microsoft's admin centre, without a slash at its end.
	AdminCentre string
	// TrustedProxies are the addresses or networks (CIDR) whose X-Forwarded-For is believed. None by default.
	TrustedProxies []string
	// Waiting is the approval window and the provisioning budget together: how long a grant may take to
	// become active. It counts towards the first deadline of each grant.
	Waiting time.Duration
	// Ready are the checks of /readyz by name.
	Ready map[string]Check
	// OnRequest is told of every answer: the pattern of the route, "" where there is none, and how long it took.
	OnRequest func(method, route string, status int, took time.Duration)
	// Tracer makes the span of each request.
	Tracer trace.Tracer
	// Base ends the live updates when it ends, so that a server can shut down.
	Base   context.Context
	Log    *slog.Logger
	Clock  func() time.Time
	Random io.Reader
}

// server implements the generated StrictServerInterface.
type server struct {
	store       Store
	engine      Engine
	passkeys    *passkey.Service
	pairings    *pairing.Service
	vault       *seal.Vault
	microsoft   SignInHost
	permissions []access.Permission
	codec       Decoder
	temporalUI  string
	origin      *url.URL
	adminCentre string
	waiting     time.Duration
	ready       map[string]Check
	onRequest   func(method, route string, status int, took time.Duration)
	tracer      trace.Tracer
	base        context.Context
	log         *slog.Logger
	now         func() time.Time
	random      io.Reader

	bulk       *bulk.Service
	operations map[string]operation
	attempts   *attempts
	tokens     *attempts // to refresh them
	asked      *attempts // of paired browsers
	feed       *feed
	// heartbeat is how often a stream says that it is there, after a look whether it may still be. Whoever lets us wait longer for
	// a body is looked at again, too.
	heartbeat time.Duration
	// longestWait is how long the extension waits for news.
	longestWait time.Duration
}

var _ StrictServerInterface = (*server)(nil)

//go:embed openapi.yaml
var document []byte

// New makes the handler. It refuses, with access.ErrInvalid, a configuration that lacks something, and a
// document of which an operation has no row in the table of who may do what.
//
// The http.Server around it sets the timeouts: ReadHeaderTimeout, ReadTimeout and IdleTimeout as usual; a
// WriteTimeout does no harm, because live updates extend it as they write.
func New(c Config) (http.Handler, error) {
	s, err := newServer(c)
	if err != nil {
		return nil, err
	}
	return s.handler(c.TrustedProxies)
}

func newServer(c Config) (*server, error) {
	if c.Store == nil || c.Engine == nil || c.Passkeys == nil || c.Pairings == nil || c.Vault == nil || c.Microsoft == nil || c.Codec == nil || c.Waiting <= 0 {
		return nil, fmt.Errorf("%w: the API needs a store, an engine, passkeys, pairings, a vault, a codec, Microsoft's sign-in host and a waiting time", access.ErrInvalid)
	}
	origin, err := url.Parse(c.Origin)
	if err != nil || origin.Host == "" || origin.Scheme != "https" && origin.Scheme != "http" {
		return nil, fmt.Errorf("%w: the origin has the form https://host[:port]", access.ErrInvalid)
	}
	if err := errors.Join(CheckTemporalUI(c.TemporalUI), CheckAdminCentre(c.AdminCentre)); err != nil {
		return nil, err
	}
	operations, err := readDocument(document)
	if err != nil {
		return nil, err
	}
	s := &server{
		store: c.Store, engine: c.Engine, passkeys: c.Passkeys, pairings: c.Pairings, vault: c.Vault, microsoft: c.Microsoft, permissions: c.Permissions,
		codec: c.Codec, temporalUI: c.TemporalUI,
		origin: origin, adminCentre: c.AdminCentre, waiting: c.Waiting, ready: c.Ready,
		onRequest: c.OnRequest, tracer: c.Tracer, base: c.Base, log: c.Log, now: c.Clock, random: c.Random,
		operations: operations,
		attempts:   newAttempts(attemptEvery, attemptBurst),
		tokens:     newAttempts(tokensEvery, tokensBurst),
		asked:      newAttempts(askedEvery, askedBurst),
		heartbeat:  time.Second,

		longestWait: longestWait,
	}
	if s.onRequest == nil {
		s.onRequest = func(string, string, int, time.Duration) {}
	}
	if s.tracer == nil {
		s.tracer = noop.NewTracerProvider().Tracer("")
	}
	if s.base == nil {
		s.base = context.Background()
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	s.bulk = &bulk.Service{
		Store: s.store, Invite: s.passkeys.DrawEnrolment, NewID: func() string { return newID(s.random) }, Clock: s.now,
	}
	s.feed = newFeed(s.store, s.log, lookEvery)
	return s, nil
}

func (s *server) handler(trustedProxies []string) (http.Handler, error) {
	engine, err := router(trustedProxies)
	if err != nil {
		return nil, err
	}
	engine.ContextWithFallback = true
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	engine.NoMethod(func(c *gin.Context) { fail(c, &failure{kind: methodNotAllowed}) })

	refuseCrossOrigin, err := s.crossOrigin()
	if err != nil {
		return nil, err
	}
	engine.Use(s.identify, s.follow, s.accessLog, s.recovery, s.securityHeaders, s.welcomeTemporalUI, s.limits, refuseCrossOrigin)
	if err := s.servePortal(engine); err != nil {
		return nil, err
	}

	api := engine.Group("", s.slowDown, s.authenticate, s.admit, s.validate)
	answerTo := func(c *gin.Context, err error) { fail(c, err) }
	RegisterHandlersWithOptions(api, NewStrictHandlerWithOptions(s, nil, StrictGinServerOptions{
		RequestErrorHandlerFunc:  func(c *gin.Context, err error) { fail(c, unreadable(err)) },
		HandlerErrorFunc:         answerTo,
		ResponseErrorHandlerFunc: answerTo,
	}), GinServerOptions{
		ErrorHandler: func(c *gin.Context, err error, _ int) { fail(c, unreadable(err)) },
	})
	return engine, nil
}

// publicAddress is the origin under which people reach Hourglass.
func (s *server) publicAddress() string { return s.origin.Scheme + "://" + s.origin.Host }

// unreadable is a request that passed the document and still does not fit the types: the document is at fault.
func unreadable(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &failure{kind: bodyTooLarge}
	}
	return &failure{kind: invalidRequest}
}
