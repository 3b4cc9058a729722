package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"hourglass/api"
	"hourglass/internal/catalogue"
	"hourglass/internal/entra"
	"hourglass/internal/pairing"
	"hourglass/internal/passkey"
	"hourglass/internal/preflight"
	"hourglass/internal/store"
	"hourglass/workflows"
)

type (
	serveCommand  struct{}
	apiCommand    struct{}
	workerCommand struct{}
)

func (serveCommand) Run(ctx context.Context) error  { return runProcesses(ctx, true, true) }
func (apiCommand) Run(ctx context.Context) error    { return runProcesses(ctx, true, false) }
func (workerCommand) Run(ctx context.Context) error { return runProcesses(ctx, false, true) }

// runProcesses runs the API, the worker or both until ctx ends or one of them fails.
func runProcesses(ctx context.Context, withAPI, withWorker bool) error {
	var m mistakes
	r := openRooms(ctx, readSettings(&m), &m)
	defer r.close()
	m.note(upToDate(ctx, r.store))
	var microsoft *entra.Client
	if withWorker {
		microsoft = r.connectMicrosoft(&m)
	}
	var passkeys *passkey.Service
	var host *entra.SignInHost
	if withAPI {
		passkeys = newPasskeys(r.settings, r.store, &m)
		r.settings.checkAPI(&m)
		var err error
		if host, err = r.signInHost(); !withWorker {
			m.note(named("ENTRA_…", err)) // the worker notes the same and more
		}
	}
	if err := m.err(); err != nil {
		return err
	}

	running, ctx := errgroup.WithContext(ctx)
	if withAPI {
		handler, err := r.newAPI(ctx, passkeys, host)
		if err != nil {
			return err
		}
		running.Go(func() error { return serve(ctx, r.log, "LISTEN", r.settings.Listen, handler) })
	}
	if withWorker {
		running.Go(func() error { return r.newWorker(microsoft).Run(ctx) })
		connector := r.newConnector(microsoft)
		connector.OnRound(r.metrics.Round)
		running.Go(func() error { connector.Run(ctx); return nil })
		reader := catalogue.New(r.store, microsoft, nil, r.log)
		reader.OnRound(r.metrics.Round)
		running.Go(func() error { reader.Run(ctx); return nil })
		checker := preflight.New(r.store, microsoft, nil, r.log)
		checker.OnRound(r.metrics.Round)
		running.Go(func() error { checker.Run(ctx); return nil })
	}
	if r.settings.MetricsListen != "" {
		running.Go(func() error { return serve(ctx, r.log, "METRICS_LISTEN", r.settings.MetricsListen, r.operations()) })
	}
	return running.Wait()
}

// checkAPI notes what is wrong with the settings that the API alone reads, but for PUBLIC_URL.
func (s settings) checkAPI(m *mistakes) {
	m.note(named("LISTEN", checkAddress(s.Listen)))
	m.note(named("EXTENSION_IDS", pairing.CheckExtensions(s.ExtensionIDs)))
	m.note(named("TEMPORAL_UI_ORIGIN", api.CheckTemporalUI(s.TemporalUI)))
	m.note(named("TRUSTED_PROXIES", api.CheckTrustedProxies(s.TrustedProxies)))
	m.note(named("ENTRA_ADMIN_CENTRE_URL", api.CheckAdminCentre(s.Entra.AdminCentreURL)))
}

// checkAddress looks at the form alone: whether the address is this machine's, and free, shows when it is listened on.
func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	return err
}

func newPasskeys(s settings, people *store.Store, m *mistakes) *passkey.Service {
	party, origins, err := passkey.RelyingParty(s.PublicURL)
	if !m.note(named("PUBLIC_URL", err)) {
		return nil
	}
	service, err := passkey.New(passkey.Config{RPID: party, Origins: origins}, people)
	m.note(named("PUBLIC_URL", err))
	return service
}

func (r *rooms) newAPI(ctx context.Context, passkeys *passkey.Service, host *entra.SignInHost) (http.Handler, error) {
	pairings, err := pairing.New(pairing.Config{PublicURL: r.settings.PublicURL, Extensions: r.settings.ExtensionIDs}, r.store)
	if err != nil {
		return nil, err
	}
	return api.New(api.Config{
		Store:          r.store,
		Engine:         r.engine,
		Passkeys:       passkeys,
		Pairings:       pairings,
		Vault:          r.vault,
		Microsoft:      host,
		Permissions:    entra.Permissions,
		Codec:          r.codec,
		TemporalUI:     r.settings.TemporalUI,
		Origin:         r.settings.PublicURL,
		AdminCentre:    r.settings.Entra.AdminCentreURL,
		TrustedProxies: r.settings.TrustedProxies,
		Waiting:        workflows.Waiting,
		Ready:          r.ready(),
		OnRequest:      r.metrics.Request,
		Tracer:         r.tracing.Tracer(),
		Base:           ctx,
		Log:            r.log,
	})
}

// ready are the checks of /readyz.
func (r *rooms) ready() map[string]api.Check {
	return map[string]api.Check{
		"database":   r.store.Ping,
		"migrations": func(ctx context.Context) error { return upToDate(ctx, r.store) },
		"temporal":   r.temporalAnswers,
	}
}

func (r *rooms) temporalAnswers(ctx context.Context) error {
	_, err := r.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	return err
}

// Limits of the HTTP server. Live updates extend their write deadline as they write.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 16 << 10
	// shutdownGrace is how long requests that are being answered may take when the process stops.
	shutdownGrace = 15 * time.Second
)

// serve answers until ctx ends, and then finishes what it is answering. setting names where the address comes from.
func serve(ctx context.Context, log *slog.Logger, setting, address string, handler http.Handler) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return named(setting, err)
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
	}
	log.InfoContext(ctx, "listening", "setting", prefix+setting, "address", listener.Addr().String())
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	return end(context.WithoutCancel(ctx), log, server, shutdownGrace)
}

// end finishes what the server is answering. Whoever takes longer than the grace, such as a slow download, is broken off: that
// is no failure of the process.
func end(ctx context.Context, log *slog.Logger, server *http.Server, grace time.Duration) error {
	within, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	err := server.Shutdown(within)
	if errors.Is(err, context.DeadlineExceeded) {
		log.WarnContext(ctx, "answers were broken off that took too long to finish", "grace", grace.String())
		return server.Close()
	}
	return err
}
