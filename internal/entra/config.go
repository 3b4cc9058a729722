package entra

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/appreg"
	"hourglass/internal/secretfile"
)

const (
	defaultTimeout = 30 * time.Second
	// longestCertificateFile is some times more than a chain of certificates with a large key.
	longestCertificateFile = 256 << 10
)

// settings is a Config that was read: every value is usable.
type settings struct {
	authority, graph *url.URL
	clientID         string
	app              appreg.App // the deployment's
	apps             Apps
	transport        *http.Transport
	limits           Limits
	timeout          time.Duration
	logger           *slog.Logger
	onCall           func(context.Context, Exchange)
	clock            func() time.Time
}

func (cfg Config) parse() (settings, error) {
	s, mistakes := cfg.parseHost()
	check := func(err error) {
		if err != nil {
			mistakes = append(mistakes, err)
		}
	}
	var err error
	s.graph, err = parseHTTPS("Graph URL", cfg.GraphURL)
	check(err)
	if err == nil && s.graph.Path != "/v1.0" {
		check(errors.New("Graph URL: must end in /v1.0"))
	}
	s.app.Key, err = cfg.key()
	check(err)
	// parseHost has read it, and noted what is wrong with it.
	s.app.ClientID, _ = access.ParseID[access.ClientID](cfg.ClientID)
	s.apps = cfg.Apps
	s.limits, err = cfg.Limits.orPublished()
	check(err)
	if s.clock = cfg.Clock; s.clock == nil {
		s.clock = time.Now
	}
	return s, wrong(mistakes)
}

// parseHost reads what is needed to speak to the sign-in host alone.
func (cfg Config) parseHost() (s settings, mistakes []error) {
	s = settings{clientID: cfg.ClientID, timeout: cfg.Timeout, logger: cfg.Logger, onCall: cfg.OnCall}
	check := func(err error) {
		if err != nil {
			mistakes = append(mistakes, err)
		}
	}
	var err error
	s.authority, err = parseHTTPS("authority URL", cfg.AuthorityURL)
	check(err)
	if err == nil && s.authority.Path != "" {
		check(errors.New("authority URL: must not have a path"))
	}
	if _, err := access.ParseID[access.ClientID](cfg.ClientID); err != nil {
		check(fmt.Errorf("client id: %w", err))
	}
	s.transport, err = newTransport(cfg.CAFile)
	check(err)
	switch {
	case cfg.Timeout < 0:
		check(errors.New("timeout: must not be negative"))
	case cfg.Timeout == 0:
		s.timeout = defaultTimeout
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	if s.onCall == nil {
		s.onCall = func(context.Context, Exchange) {}
	}
	return s, mistakes
}

// wrong is one error for all mistakes, nil for none.
func wrong(mistakes []error) error {
	if mistakes == nil {
		return nil
	}
	return fmt.Errorf("entra: configuration: %w", errors.Join(mistakes...))
}

// parseHTTPS also refuses what could hide in a URL: credentials, a query, a fragment. MSAL accepts no authority without TLS,
// not even on this machine.
func parseHTTPS(what, raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(raw, "/"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: not a URL", what)
	case u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("%s: must begin with https:// and name a host", what)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s: must be host and path only", what)
	}
	return u, nil
}

// key reads how the deployment's app proves itself: with a secret, or with a certificate.
func (cfg Config) key() (appreg.Key, error) {
	switch hasSecret, hasFile := !cfg.ClientSecret.IsZero(), cfg.ClientCertificateFile != ""; {
	case hasSecret == hasFile:
		return appreg.Key{}, errors.New("client: give either a secret or a certificate file")
	case hasSecret:
		key, err := appreg.NewSecret(cfg.ClientSecret.Reveal())
		return key, about("client secret", err)
	}
	text, err := secretfile.Read(cfg.ClientCertificateFile, longestCertificateFile)
	if err != nil {
		return appreg.Key{}, fmt.Errorf("client certificate: %w", err)
	}
	defer clear(text)
	key, err := appreg.NewCertificate(text)
	return key, about("client certificate", err)
}

func about(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// newTransport makes the one pool of connections. Compression stays off: answers are small, and a bomb could hide in one.
func newTransport(caFile string) (*http.Transport, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("system certificates: %w", err)
	}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("CA file: %w", err)
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, errors.New("CA file: holds no certificate in PEM")
		}
	}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSClientConfig:        &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
		MaxIdleConns:           200,
		MaxIdleConnsPerHost:    100,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
	}, nil
}
