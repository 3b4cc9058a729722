package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// BeginConnection opens an attempt, and supersedes one that is open. access.ErrNotFound for an unknown customer, an
// access.ConnectFailure where the tenant cannot become this customer's (right-tenant).
func (s *Store) BeginConnection(ctx context.Context, n NewAttempt, by Actor) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := tieable(tx, n.CustomerID, n.TenantID); err != nil {
			return err
		}
		now := s.now()
		if err := endAttempts(tx, n.CustomerID, access.ConsentSuperseded, instant{now}); err != nil {
			return err
		}
		row := attemptRow{
			ID: n.ID, CustomerID: n.CustomerID, PersonID: by.PersonID, SessionID: n.SessionID, StateHash: n.StateHash, TenantID: n.TenantID,
			Step: string(access.StepConsent), Missing: list{}, BegunAt: instant{now}, ExpiresAt: instant{n.ExpiresAt},
		}
		details := facts{"attempt": n.ID, "tenant_id": n.TenantID, "expires_at": n.ExpiresAt.UTC()}
		if n.App != nil {
			if err := row.bringApp(tx, *n.App); err != nil {
				return err
			}
			details["app"] = facts{"key": n.App.ID, "client_id": n.App.ClientID, "kind": n.App.Kind, "expires_at": n.App.ExpiresAt.UTC()}
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return s.record(tx, entry{
			key: attemptKey(n.ID, "begun"), action: audit.ConnectionBegun, by: by, customer: n.CustomerID, details: details,
		})
	})
}

// bringApp keeps the key that came with an attempt until it is verified. Nobody is sent to Microsoft: that the app and its key
// were handed over stands for the consent, and the tenant can be asked at once. The state was given to nobody.
func (r *attemptRow) bringApp(tx *gorm.DB, app AppKey) error {
	r.AppKeyID, r.Step = app.ID, string(access.StepToken)
	r.StateUsedAt, r.ConsentedAt, r.NextCheckAt = &r.BegunAt, &r.BegunAt, &r.BegunAt
	return tx.Create(&appKeyRow{
		ID: app.ID, CustomerID: r.CustomerID, TenantID: r.TenantID, ClientID: app.ClientID, Kind: string(app.Kind), Sealed: app.Sealed,
		Thumbprint: text(app.Thumbprint), ExpiresAt: instant{app.ExpiresAt}, AddedAt: r.BegunAt,
	}).Error
}

// tieable locks the customer and checks that the tenant may be, or become, this customer's and nobody else's.
func tieable(tx *gorm.DB, id access.CustomerID, tenant access.TenantID) error {
	row, err := lockCustomer(tx, id)
	if err != nil {
		return err
	}
	customer, err := row.customer()
	if err != nil {
		return err
	}
	var others int64
	err = tx.Model(&customerRow{}).Where("tenant_id = ? AND id <> ?", tenant, id).Count(&others).Error
	switch {
	case err != nil:
		return err
	case customer.Connection == access.Disconnecting:
		return access.CustomerDisconnecting
	case !customer.TenantID.IsZero() && customer.TenantID != tenant:
		return access.TenantFixed
	case others > 0:
		return access.TenantTaken
	}
	return nil
}

// TakeConsent uses up the state of a callback: whoever brings it, and whatever comes of it, no other callback with this
// state is accepted. It returns the attempt, which waits for its tenant from now on, or the access.ConnectFailure with
// which the callback was refused.
func (s *Store) TakeConsent(ctx context.Context, c Callback) (Attempt, error) {
	var taken attemptRow
	var failure access.ConnectFailure
	err := s.write(ctx, func(tx *gorm.DB) error {
		var err error
		taken, err = one[attemptRow](tx.Clauses(forUpdate), "state_hash = ?", digest(c.StateHash))
		if errors.Is(err, access.ErrNotFound) {
			failure = access.ConsentUnknown
			return s.record(tx, refusedCallback(c, taken, failure))
		}
		if err != nil {
			return err
		}
		now := instant{s.now()}
		failure = taken.refuses(c, now.Time)
		switch {
		case failure == "":
			taken.Step, taken.StateUsedAt, taken.ConsentedAt, taken.NextCheckAt = string(access.StepToken), &now, &now, &now
			err = changeOne(tx.Model(&attemptRow{}).Where("id = ?", taken.ID), map[string]any{
				"step": taken.Step, "state_used_at": now, "consented_at": now, "next_check_at": now,
			})
			if err != nil {
				return err
			}
			return s.record(tx, entry{
				key: attemptKey(taken.ID, "consented"), action: audit.ConnectionConsented, by: c.By, customer: taken.CustomerID,
				details: facts{"attempt": taken.ID, "tenant_id": taken.TenantID},
			})
		case taken.StateUsedAt == nil && taken.EndedAt == nil:
			columns := failedWith(failure, now)
			columns["state_used_at"] = now
			if err := changeOne(tx.Model(&attemptRow{}).Where("id = ?", taken.ID), columns); err != nil {
				return err
			}
		}
		return s.record(tx, refusedCallback(c, taken, failure))
	})
	if err != nil {
		return Attempt{}, err
	}
	if failure != "" {
		return Attempt{}, failure
	}
	return taken.attempt(s.now())
}

func refusedCallback(c Callback, of attemptRow, failure access.ConnectFailure) entry {
	details := facts{"failure": failure}
	if !of.ID.IsZero() {
		details["attempt"] = of.ID
	}
	return entry{key: "callback/" + c.ID + "/refused", action: audit.ConnectionRefused, by: c.By, customer: of.CustomerID, details: details}
}

// Connection returns what is known of a customer's connection, or access.ErrNotFound.
func (s *Store) Connection(ctx context.Context, id access.CustomerID) (Connection, error) {
	db := s.db.WithContext(ctx)
	customer, err := readCustomer(db, id)
	if err != nil {
		return Connection{}, err
	}
	c := Connection{Customer: customer}
	verified, err := one[connectionRow](db, "customer_id = ?", id)
	switch {
	case err == nil:
		c.Permissions, c.VerifiedAt = verified.Permissions, &verified.VerifiedAt.Time
	case !errors.Is(err, access.ErrNotFound):
		return Connection{}, err
	}
	if c.App, err = appInUse(db, id); err != nil {
		return Connection{}, err
	}
	// An open attempt is the newest, even where two began at the same instant.
	newest, err := one[attemptRow](db.Order("ended_at IS NULL DESC, begun_at DESC, id DESC"), "customer_id = ?", id)
	if errors.Is(err, access.ErrNotFound) {
		return c, nil
	}
	if err != nil {
		return Connection{}, err
	}
	attempt, err := newest.attempt(s.now())
	c.Attempt = &attempt
	return c, err
}

func attemptKey(id access.AttemptID, what string) string {
	return fmt.Sprintf("connection/%s/%s", id, what)
}

// endAttempts ends whatever attempt of the customer is open.
func endAttempts(tx *gorm.DB, id access.CustomerID, failure access.ConnectFailure, now instant) error {
	open := tx.Model(&attemptRow{}).Where("customer_id = ? AND ended_at IS NULL", id)
	if err := open.Updates(failedWith(failure, now)).Error; err != nil {
		return err
	}
	return dropAppKeys(tx, id, false)
}

// failedWith ends an attempt.
func failedWith(failure access.ConnectFailure, now instant) map[string]any {
	return map[string]any{"step": string(access.StepFailed), "failure": string(failure), "ended_at": now, "next_check_at": nil}
}
