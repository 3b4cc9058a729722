package connect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/store"
)

// waiting is how far a tenant has come that is not ready yet.
type waiting struct {
	step    access.ConnectStep
	missing []string
	// pause is what Microsoft asks for; 0 where it does not say.
	pause time.Duration
}

var errNotReady = errors.New("permissions are missing")

// verify asks the tenant of the attempt for everything that a connection rests on. An access.ConnectFailure is final;
// any other error is worth asking again, and comes with how far the tenant is.
func (c *Connector) verify(ctx context.Context, a store.Attempt) (store.Verified, waiting, error) {
	app, err := c.apps.candidate(ctx, a)
	if err != nil {
		return store.Verified{}, waiting{step: access.StepToken}, err
	}
	// Not the app that is in use, and nothing that is kept: older tokens have the permissions of their own time.
	tenant := c.entra.TenantBy(app, a.TenantID)
	held, err := tenant.Permissions(ctx)
	if err != nil {
		return store.Verified{}, waiting{step: access.StepToken, pause: pauseOf(err)}, tokenFailure(err, !a.AppKeyID.IsZero())
	}
	if missing := missingIn(held); missing != nil {
		return store.Verified{}, waiting{step: access.StepPermissions, missing: missing}, errNotReady
	}
	organization, err := tenant.Organization(ctx)
	if err != nil {
		return store.Verified{}, waiting{step: access.StepVerify, pause: pauseOf(err)}, wrongTenant(err)
	}
	customer, err := c.store.Customer(ctx, a.CustomerID)
	if err != nil {
		return store.Verified{}, waiting{step: access.StepVerify}, err
	}
	domain, err := accountDomain(organization.Domains, customer)
	return store.Verified{TenantID: organization.TenantID, Permissions: held, AccountDomain: domain, Revision: customer.Revision}, waiting{}, err
}

// missingIn lists, by name, what is asked for and not held.
func missingIn(held []string) (missing []string) {
	for _, p := range entra.Permissions {
		if !slices.Contains(held, p.Name) {
			missing = append(missing, p.Name)
		}
	}
	return missing
}

// hopeless are refusals of the token endpoint that are about our own secret or certificate, whatever the tenant does
// (microsoft-graph.md, section 3), with what to tell the admin who has just given one.
var hopeless = map[string]access.ConnectFailure{
	"AADSTS7000215":    access.SecretWrong,
	"AADSTS7000222":    access.SecretExpired,
	"AADSTS700027":     access.CertificateRefused, // not registered, or expired
	"AADSTS7000218":    access.AppRefused,
	"AADSTS700024":     access.AppRefused, // our clock is wrong
	entra.CodeWrongApp: access.AppRefused,
}

// tokenFailure tells a tenant that does not know the app yet from a token that we shall never get. The key of the
// deployment's app is the operator's business; one that the customer brought is told more exactly.
func tokenFailure(err error, own bool) error {
	var e *entra.Error
	if !errors.As(err, &e) {
		return err
	}
	failure, final := hopeless[e.Code]
	switch {
	case own && e.ConsentMissing():
		failure, final = access.AppNotFound, true // nobody is about to consent
	case !own:
		failure = access.AppRefused
	}
	if final {
		return fmt.Errorf("%w: %w", failure, err)
	}
	return wrongTenant(err)
}

// wrongTenant gives an answer of another tenant its name.
func wrongTenant(err error) error {
	var e *entra.Error
	if errors.As(err, &e) && e.Code == entra.CodeWrongTenant {
		return fmt.Errorf("%w: %w", access.WrongTenant, err)
	}
	return err
}

func pauseOf(err error) time.Duration {
	var e *entra.Error
	if errors.As(err, &e) {
		return e.After
	}
	return 0
}

// accountDomain chooses where accounts are made: in the domain that the customer has, if it still can be; otherwise in
// the initial one, which can never be federated; otherwise in the default one, or any managed one. A customer that is connected
// keeps a federated one too (docs/decisions/0038): its consent or its key is renewed, and an admin chose the domain since.
func accountDomain(domains []entra.Domain, customer store.Customer) (string, error) {
	present := customer.AccountDomain
	var legal []entra.Domain // what is no domain name could hold no account
	for _, d := range domains {
		name, err := access.ParseDomain(d.Name)
		if err != nil {
			continue
		}
		if d.Name = name; name == present && customer.Connection == access.Connected {
			return present, nil
		}
		legal = append(legal, d)
	}
	preferences := []func(entra.Domain) bool{
		func(d entra.Domain) bool { return d.Name == present },
		func(d entra.Domain) bool { return d.Initial },
		func(d entra.Domain) bool { return d.Default },
		func(entra.Domain) bool { return true },
	}
	for _, prefers := range preferences {
		for _, d := range legal {
			if d.Managed && prefers(d) {
				return d.Name, nil
			}
		}
	}
	return "", access.NoManagedDomain
}
