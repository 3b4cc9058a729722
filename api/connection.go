package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// SignInHost is what the API asks of Microsoft's sign-in host: nothing that needs a secret of ours.
type SignInHost interface {
	ConsentURL(tenant access.TenantID, state string) string
	// TenantOf returns access.TenantUnknown where there is no such tenant; any other error is Microsoft's trouble.
	TenantOf(ctx context.Context, name access.TenantName) (access.TenantID, error)
}

// connections is what the store does for connecting customers.
type connections interface {
	Connection(ctx context.Context, id access.CustomerID) (store.Connection, error)
	BeginConnection(ctx context.Context, n store.NewAttempt, by store.Actor) error
	TakeConsent(ctx context.Context, c store.Callback) (store.Attempt, error)
}

// consentWithin is how long an administrator may take on Microsoft's page.
const consentWithin = 15 * time.Minute

func (s *server) GetConnection(ctx context.Context, request GetConnectionRequestObject) (GetConnectionResponseObject, error) {
	ctx, _ = begin(ctx)
	c, err := s.store.Connection(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	return GetConnection200JSONResponse(s.connectionView(c)), nil
}

// BeginConnection settles which tenant is expected before anybody is sent to Microsoft: what comes back with the
// browser can be forged, so that it can only confirm an expectation (right-tenant).
func (s *server) BeginConnection(ctx context.Context, request BeginConnectionRequestObject) (BeginConnectionResponseObject, error) {
	ctx, by := begin(ctx)
	c, err := s.store.Connection(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	tenant, err := s.expectedTenant(ctx, c.Customer, request.Body.Tenant)
	if err != nil {
		return nil, err
	}
	state, hash, err := newState(s.random, request.Id)
	if err != nil {
		return nil, err
	}
	attempt := store.NewAttempt{
		ID:         access.MustID[access.AttemptID](newID(s.random)),
		CustomerID: request.Id,
		TenantID:   tenant,
		StateHash:  hash,
		SessionID:  by.session.ID,
		ExpiresAt:  s.now().Add(consentWithin),
	}
	if err := s.store.BeginConnection(ctx, attempt, store.Actor{PersonID: by.person.ID}); err != nil {
		return nil, err
	}
	return BeginConnection201JSONResponse{
		ConsentUrl: s.microsoft.ConsentURL(tenant, state), TenantId: tenant, ExpiresAt: attempt.ExpiresAt.UTC(),
	}, nil
}

// expectedTenant is the tenant that the admin names, or the one that the customer has.
func (s *server) expectedTenant(ctx context.Context, customer store.Customer, named string) (access.TenantID, error) {
	if named == "" {
		if customer.TenantID.IsZero() {
			return access.TenantID{}, access.TenantRequired
		}
		return customer.TenantID, nil
	}
	name, err := access.ParseTenantName(named)
	if err != nil {
		return access.TenantID{}, &failure{kind: invalidRequest, errors: []ProblemError{{Code: "invalid", Field: "tenant", Advice: "Send the tenant's id, or one of its domains in ASCII."}}}
	}
	tenant, err := s.microsoft.TenantOf(ctx, name)
	if _, known := errors.AsType[access.ConnectFailure](err); err != nil && !known {
		return access.TenantID{}, &failure{kind: microsoftUnavailable, cause: err}
	}
	return tenant, err
}

// ConnectionCallback hands on what the redirect said. The address is the browser's word and no more: its state says which
// attempt is meant, its tenant is compared, and whether consent was really given is asked of the tenant itself.
func (s *server) ConnectionCallback(ctx context.Context, request ConnectionCallbackRequestObject) (ConnectionCallbackResponseObject, error) {
	ctx, by := begin(ctx)
	said := request.Body
	callback := store.Callback{
		ID: newID(s.random), SessionID: by.session.ID, By: store.Actor{PersonID: by.person.ID}, Failure: consentFailure(said.Error),
	}
	callback.CustomerID, callback.StateHash = parseState(said.State)
	if tenant, err := access.ParseID[access.TenantID](said.Tenant); err == nil {
		callback.TenantID = tenant
	}
	attempt, err := s.store.TakeConsent(ctx, callback)
	if _, refused := errors.AsType[access.ConnectFailure](err); refused && callback.Failure != "" {
		err = callback.Failure // whatever else is wrong with it, no consent was given
	}
	if err != nil {
		return nil, err
	}
	c, err := s.store.Connection(ctx, attempt.CustomerID)
	if err != nil {
		return nil, err
	}
	return ConnectionCallback202JSONResponse(s.connectionView(c)), nil
}

// cancelled are the errors with which Microsoft says that the administrator declined; v2 says admin_consent=True beside
// them (microsoft-graph.md, section 3).
var cancelled = map[string]bool{"consent_required": true, "access_denied": true, "permission_denied": true}

func consentFailure(said string) access.ConnectFailure {
	switch {
	case said == "":
		return ""
	case cancelled[said]:
		return access.ConsentCancelled
	}
	return access.ConsentRefused
}

// newState draws the state of an attempt. It names the customer, so that nothing but its own attempt can be meant.
func newState(random io.Reader, customer access.CustomerID) (state string, hash [32]byte, err error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(random, secret); err != nil {
		return "", hash, fmt.Errorf("drawing a state: %w", err)
	}
	return customer.String() + "." + base64.RawURLEncoding.EncodeToString(secret), sha256.Sum256(secret), nil
}

// parseState reads what newState wrote. Anything else becomes what no attempt has.
func parseState(state string) (access.CustomerID, [32]byte) {
	named, encoded, _ := strings.Cut(state, ".")
	customer, err := access.ParseID[access.CustomerID](named)
	secret, malformed := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || malformed != nil || len(secret) != 32 {
		return access.CustomerID{}, [32]byte{}
	}
	return customer, sha256.Sum256(secret)
}
