package entra

import (
	"log/slog"
	"time"

	"hourglass/internal/access"
)

// Config is what every tenant shares.
type Config struct {
	// AuthorityURL is the sign-in host: "https://login.microsoftonline.com".
	AuthorityURL string
	// GraphURL is the base of every Graph call, with its version: "https://graph.microsoft.com/v1.0".
	GraphURL string
	// CAFile is a PEM file whose certificates are trusted beside the system's; "" = the system's only.
	CAFile string
	// ClientID is the app's id.
	ClientID string
	// ClientSecret or ClientCertificateFile, a PEM file with certificate and private key: exactly one of the two.
	ClientSecret          access.Secret
	ClientCertificateFile string
	// Limits hold per tenant; the zero value is what Microsoft publishes.
	Limits Limits
	// Timeout bounds one HTTP exchange; 0 = 30 s.
	Timeout time.Duration
	// Logger hears one debug line per exchange; nil: silent.
	Logger *slog.Logger
	// OnCall is told of every HTTP exchange, with status 0 where there was no answer; nil: nobody is told.
	OnCall func(tenant access.TenantID, op string, status int, took time.Duration)
	// Clock is the time from which role schedules begin and by which kept answers grow old; nil: time.Now.
	Clock func() time.Time
}

// Client is safe for concurrent use.
type Client struct{}

// New reports every mistake in cfg in one error. It does not call Microsoft.
func New(cfg Config) (*Client, error) { return &Client{}, nil }

// Tenant is the view of one tenant. It is cheap: token, limiter and kept answers of a tenant are made once,
// and kept for the tenants that were used last.
func (c *Client) Tenant(id access.TenantID) *Tenant { return &Tenant{id: id} }
