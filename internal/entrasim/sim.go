package entrasim

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config says where the stand-in listens and what it keeps.
type Config struct {
	// LoginAddr, GraphAddr, AdminAddr and ControlAddr are "host:port"; empty means a free port on 127.0.0.1.
	LoginAddr, GraphAddr, AdminAddr, ControlAddr string
	// Dir keeps the certificate authority, the token signing key and every tenant between runs; empty: memory only.
	Dir string
	// Clock is the stand-in's idea of now (tokens, passes, schedules, delays); nil: time.Now.
	Clock func() time.Time
	// Logger hears of listener and persistence failures; nil: silent.
	Logger *slog.Logger
}

// Sim is a running stand-in. All methods are safe for concurrent use.
type Sim struct {
	clock   func() time.Time
	log     *slog.Logger
	pki     *pki
	signing *rsa.PrivateKey
	store   *stateDir

	mu      sync.RWMutex
	tenants map[string]*directory // by id
	domains map[string]*directory // by lower-case domain name
	apps    map[string]*app       // by client id

	tokens   *tokenCache
	replays  *onceSet // client assertions that were used
	flows    *flows   // sign-ins under way, one-time codes
	faults   faultList
	throttle throttle
	recorder recorder
	pageSize pageSize

	servers                               []*http.Server
	loginURL, graphURL, adminURL, ctrlURL string
}

// Start opens the four listeners and serves until Close. With Config.Dir it first loads what an earlier run kept there.
func Start(cfg Config) (*Sim, error) {
	s := &Sim{
		clock: cfg.Clock, log: cfg.Logger,
		tenants: map[string]*directory{}, domains: map[string]*directory{}, apps: map[string]*app{},
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	s.tokens, s.replays, s.flows = newTokenCache(), newOnceSet(), newFlows()
	var err error
	if s.store, err = openStateDir(cfg.Dir, s.log); err != nil {
		return nil, err
	}
	if s.pki, err = s.store.authority(); err != nil {
		return nil, err
	}
	if s.signing, err = s.store.signingKey(); err != nil {
		return nil, err
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	if err := s.listen(cfg); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.store.start()
	return s, nil
}

func (s *Sim) listen(cfg Config) error {
	for _, l := range []struct {
		name, addr, path string
		handler          func() http.Handler
		plain            bool
		url              *string
	}{
		{name: "login", addr: cfg.LoginAddr, handler: s.loginHandler, url: &s.loginURL},
		{name: "graph", addr: cfg.GraphAddr, handler: s.graphHandler, path: "/v1.0", url: &s.graphURL},
		{name: "admin", addr: cfg.AdminAddr, handler: s.adminHandler, url: &s.adminURL},
		{name: "control", addr: cfg.ControlAddr, handler: s.controlHandler, plain: true, url: &s.ctrlURL},
	} {
		addr := l.addr
		if addr == "" {
			addr = "127.0.0.1:0"
		}
		listener, err := net.Listen("tcp", addr)
		if err != nil {
			return fmt.Errorf("entrasim: %s listener: %w", l.name, err)
		}
		scheme := "https"
		if l.plain {
			scheme = "http"
			if host, _, _ := net.SplitHostPort(listener.Addr().String()); !net.ParseIP(host).IsLoopback() {
				return errors.Join(fmt.Errorf("entrasim: the control listener must stay on loopback, not %s", host), listener.Close())
			}
		}
		*l.url = scheme + "://" + publicHost(listener.Addr()) + l.path
		server := &http.Server{
			Handler: l.handler(), ReadHeaderTimeout: 10 * time.Second,
			ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug), TLSConfig: s.pki.serverConfig(),
		}
		s.servers = append(s.servers, server)
		go func() {
			serve := func() error { return server.ServeTLS(listener, "", "") }
			if l.plain {
				serve = func() error { return server.Serve(listener) }
			}
			if err := serve(); err != nil && !errors.Is(err, http.ErrServerClosed) {
				s.log.Error("listener ended", "listener", l.name, "error", err)
			}
		}()
	}
	return nil
}

// publicHost is how a client on this machine reaches a listener that may be bound to every interface.
func publicHost(addr net.Addr) string {
	host, port, _ := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// Close stops the listeners and writes what is still unwritten to Config.Dir.
func (s *Sim) Close() error {
	// Idle HTTP/2 connections make Shutdown wait for a second and more; a quarter is enough for answers under way.
	ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond)
	defer cancel()
	var errs []error
	for _, server := range s.servers {
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, server.Close())
		}
	}
	return errors.Join(append(errs, s.store.close())...)
}

// LoginURL is the sign-in host, "https://host:port": the authority host for token clients is LoginURL()+"/".
func (s *Sim) LoginURL() string { return s.loginURL }

// GraphURL is the base of every Graph call: "https://host:port/v1.0", without a trailing slash.
func (s *Sim) GraphURL() string { return s.graphURL }

// AdminURL is the admin centre, "https://host:port".
func (s *Sim) AdminURL() string { return s.adminURL }

// ControlURL is the control listener, "http://host:port".
func (s *Sim) ControlURL() string { return s.ctrlURL }

// CAPEM is the certificate authority that a client must trust, PEM-encoded.
func (s *Sim) CAPEM() []byte { return s.pki.caPEM }

// CAFile is a file that holds CAPEM: in Config.Dir, or in a temporary directory that Close removes.
func (s *Sim) CAFile() string { return s.store.path(caFileName) }

func (s *Sim) now() time.Time { return s.clock().UTC() }

// tenantOf finds a tenant by its id or by one of its domains.
func (s *Sim) tenantOf(key string) (*directory, bool) {
	key = strings.ToLower(key)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if t, ok := s.tenants[key]; ok {
		return t, true
	}
	t, ok := s.domains[key]
	return t, ok
}
