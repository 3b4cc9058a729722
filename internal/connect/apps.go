package connect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"hourglass/internal/access"
	"hourglass/internal/appreg"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

// Apps opens the keys of customers' own apps (two-keys): what lies sealed in the database, with the vault's keyset.
type Apps struct {
	Store *store.Store
	Vault *seal.Vault
	Log   *slog.Logger
}

// AppOf returns the app of the customer's own that speaks in a tenant, the zero App where the deployment's does.
func (a Apps) AppOf(ctx context.Context, tenant access.TenantID) (appreg.App, error) {
	key, err := a.Store.AppKeyInUse(ctx, tenant)
	if errors.Is(err, access.ErrNotFound) {
		return appreg.App{}, nil
	}
	var app appreg.App
	if err == nil {
		app, err = a.open(key)
	}
	if err != nil && ctx.Err() == nil {
		a.Log.ErrorContext(ctx, "the app of a tenant cannot be used", "tenant", tenant.String(), "error", err)
	}
	return app, err
}

// candidate is the app of an attempt that is not verified yet.
func (a Apps) candidate(ctx context.Context, attempt store.Attempt) (appreg.App, error) {
	if attempt.AppKeyID.IsZero() {
		return appreg.App{}, nil
	}
	key, err := a.Store.AppKey(ctx, attempt.AppKeyID)
	if err != nil {
		return appreg.App{}, err
	}
	return a.open(key)
}

func (a Apps) open(key store.AppKey) (appreg.App, error) {
	text, err := a.Vault.OpenAppKey(seal.AppKeyPlace{Customer: key.CustomerID, Tenant: key.TenantID, Kind: key.Kind}, key.Sealed)
	if err != nil {
		return appreg.App{}, fmt.Errorf("app key %s: %w", key.ID, err)
	}
	defer clear(text)
	opened, err := appreg.Read(key.Kind, text)
	if err != nil {
		return appreg.App{}, fmt.Errorf("app key %s: %w", key.ID, err)
	}
	return appreg.App{KeyID: key.ID, ClientID: key.ClientID, Key: opened}, nil
}
