package entra

import (
	"container/list"
	"context"
	"log/slog"
	"sync"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"

	"hourglass/internal/access"
	"hourglass/internal/appreg"
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
	// Apps finds the app registrations of customers' own; nil: the app above speaks in every tenant.
	Apps Apps
	// Limits hold per tenant; the zero value is what Microsoft publishes.
	Limits Limits
	// Timeout bounds one HTTP exchange; 0 = 30 s.
	Timeout time.Duration
	// Logger hears one debug line per exchange; nil: silent.
	Logger *slog.Logger
	// OnCall is told of every HTTP exchange, with the context of whoever asked for it; nil: nobody is told.
	OnCall func(context.Context, Exchange)
	// Clock is the time from which role schedules begin and by which kept answers grow old; nil: time.Now.
	Clock func() time.Time
}

// Apps knows the app registrations of customers' own.
type Apps interface {
	// AppOf returns the app that speaks in the tenant instead of the deployment's, the zero App where there is none.
	AppOf(ctx context.Context, tenant access.TenantID) (appreg.App, error)
}

// appKept is how long a worker goes on with the app that it found last.
const appKept = 2 * time.Second

// keptTenants bounds the memory of a Client. A tenant that falls out costs one new token when it is used again.
const keptTenants = 2000

// Client is safe for concurrent use.
type Client struct {
	adapter       abs.RequestAdapter
	app           appreg.App
	apps          Apps
	newCredential credentialMaker
	limits        Limits
	clock         func() time.Time

	mu      sync.Mutex
	tenants map[access.TenantID]*list.Element // of *Tenant
	recent  *list.List                        // the one used last in front
}

// New reports every mistake in cfg in one error. It does not call Microsoft.
func New(cfg Config) (*Client, error) {
	s, err := cfg.parse()
	if err != nil {
		return nil, err
	}
	wire := s.wire()
	adapter, err := newAdapter(&graphPipeline{wire: wire, base: s.graph})
	if err != nil {
		return nil, err
	}
	return &Client{
		adapter:       adapter,
		app:           s.app,
		apps:          s.apps,
		newCredential: s.credentials(&authorityPipeline{wire: wire, host: s.authority.Host}),
		limits:        s.limits,
		clock:         s.clock,
		tenants:       map[access.TenantID]*list.Element{},
		recent:        list.New(),
	}, nil
}

// Tenant is the view of one tenant. It is cheap: token, limiter and kept answers of a tenant are made once,
// and kept for the tenants that were used last.
func (c *Client) Tenant(id access.TenantID) *Tenant {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, known := c.tenants[id]; known {
		c.recent.MoveToFront(element)
		return element.Value.(*Tenant)
	}
	t := c.tenant(id, c.appOf(id))
	c.tenants[id] = c.recent.PushFront(t)
	if c.recent.Len() > keptTenants {
		oldest := c.recent.Remove(c.recent.Back()).(*Tenant)
		delete(c.tenants, oldest.id)
	}
	return t
}

// TenantBy is the view of a tenant through an app that is not in use there yet; the zero App is the deployment's. Nothing
// of it is kept.
func (c *Client) TenantBy(app appreg.App, id access.TenantID) *Tenant {
	if app.ClientID.IsZero() {
		app = c.app
	}
	return c.tenant(id, func(context.Context) (appreg.App, error) { return app, nil })
}

// Deployment is the app of the deployment's own.
func (c *Client) Deployment() appreg.App { return c.app }

func (c *Client) tenant(id access.TenantID, app appFinder) *Tenant {
	return &Tenant{
		id: id, adapter: c.adapter, clock: c.clock,
		limiter: newLimiter(c.limits), tokens: newTokens(id, app, c.newCredential),
	}
}

// appOf finds the app that is in use in a tenant. What it found is used again for appKept, so that every worker goes over to
// another app, or to another key, within that time.
func (c *Client) appOf(id access.TenantID) appFinder {
	if c.apps == nil {
		return func(context.Context) (appreg.App, error) { return c.app, nil }
	}
	var inUse kept[appreg.App]
	return func(ctx context.Context) (appreg.App, error) {
		return inUse.get(c.clock(), appKept, func() (appreg.App, error) {
			app, err := c.apps.AppOf(ctx, id)
			switch {
			case err != nil && ctx.Err() != nil:
				return appreg.App{}, ctx.Err()
			case err != nil:
				return appreg.App{}, &Error{Kind: Unavailable, Op: opToken, Code: CodeNoApp}
			case app.ClientID.IsZero():
				return c.app, nil
			}
			return app, nil
		})
	}
}
