package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/appreg"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

// ConnectWithOwnApp takes an app registration of the customer's own, to connect the customer or to replace a key that comes
// to its end. The key is sealed before it is stored, never returned, and nothing is connected or replaced before a worker
// has verified it as it verifies a consent (right-tenant).
func (s *server) ConnectWithOwnApp(ctx context.Context, request ConnectWithOwnAppRequestObject) (ConnectWithOwnAppResponseObject, error) {
	ctx, by := begin(ctx)
	c, err := s.store.Connection(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	app, key, err := s.parseApp(*request.Body)
	if err != nil {
		return nil, err
	}
	if app.TenantID, err = s.expectedTenant(ctx, c.Customer, request.Body.Tenant); err != nil {
		return nil, err
	}
	app.CustomerID = request.Id
	if app.Sealed, err = s.sealApp(app, key); err != nil {
		return nil, err
	}
	attempt := store.NewAttempt{
		ID: access.MustID[access.AttemptID](newID(s.random)), CustomerID: request.Id, TenantID: app.TenantID,
		SessionID: by.session.ID, ExpiresAt: s.now().Add(consentWithin), App: &app,
	}
	if _, err := io.ReadFull(s.random, attempt.StateHash[:]); err != nil {
		return nil, fmt.Errorf("drawing a state: %w", err)
	}
	if err := s.store.BeginConnection(ctx, attempt, by.actor()); err != nil {
		return nil, err
	}
	c, err = s.store.Connection(ctx, request.Id)
	return ConnectWithOwnApp202JSONResponse(s.connectionView(c)), err
}

// parseApp reads what was sent. What is wrong with it is said without repeating it.
func (s *server) parseApp(body OwnApp) (store.AppKey, appreg.Key, error) {
	app := store.AppKey{ID: access.MustID[access.AppKeyID](newID(s.random)), ClientID: body.ClientId}
	var key appreg.Key
	var field string
	var err error
	switch hasSecret, hasCertificate := body.ClientSecret != "", body.Certificate != ""; {
	case hasSecret == hasCertificate:
		return app, key, wrongFields(ProblemError{Code: "required", Field: "client_secret", Advice: "Send either a client_secret or a certificate."})
	case hasSecret:
		field = "client_secret"
		key, err = appreg.NewSecret(body.ClientSecret)
		app.ExpiresAt = body.SecretExpiresOn.UTC()
	default:
		field = "certificate"
		if key, err = appreg.NewCertificate([]byte(body.Certificate)); err == nil {
			err = key.Usable(s.now())
		}
		app.ExpiresAt, app.Thumbprint = key.Expires(), key.Thumbprint()
	}
	if mistake, ok := errors.AsType[appreg.Mistake](err); ok {
		return app, key, wrongFields(ProblemError{Code: "invalid", Field: field, Advice: string(mistake)})
	}
	if err != nil {
		return app, key, err
	}
	app.Kind = key.Kind()
	switch given := !body.SecretExpiresOn.IsZero(); {
	case app.Kind == access.AppCertificate && given:
		return app, key, wrongFields(ProblemError{Code: "invalid", Field: "secret_expires_on", Advice: "Leave it out: a certificate says itself when it ends."})
	case app.Kind == access.AppSecret && !given:
		return app, key, wrongFields(ProblemError{Code: "required", Field: "secret_expires_on", Advice: "Send the day on which the secret expires, as Microsoft shows it."})
	case app.Kind == access.AppSecret && !s.now().Before(app.ExpiresAt):
		return app, key, wrongFields(ProblemError{Code: "invalid", Field: "secret_expires_on", Advice: "The secret has expired. Make a new one in the app registration and send that."})
	}
	return app, key, nil
}

func (s *server) sealApp(app store.AppKey, key appreg.Key) ([]byte, error) {
	text, err := key.Text()
	if err != nil {
		return nil, err
	}
	defer clear(text)
	return s.vault.SealAppKey(seal.AppKeyPlace{Customer: app.CustomerID, Tenant: app.TenantID, Kind: app.Kind}, text)
}

func appView(a store.AppInUse, now time.Time) ConnectionApp {
	return ConnectionApp{
		ClientId: a.ClientID, OfCustomer: a.OfCustomer, Kind: a.Kind, Thumbprint: a.Thumbprint,
		ExpiresAt: instant(a.ExpiresAt), ExpiresWithinDays: a.Warning(now), Expired: a.ExpiresAt != nil && !now.Before(*a.ExpiresAt),
	}
}
