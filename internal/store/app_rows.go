package store

import (
	"errors"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

type appKeyRow struct {
	ID         access.AppKeyID `gorm:"primaryKey"`
	CustomerID access.CustomerID
	TenantID   access.TenantID
	ClientID   access.ClientID
	Kind       string
	Sealed     []byte
	Thumbprint text
	ExpiresAt  instant
	WarnedDays int
	InUse      bool
	AddedAt    instant
}

func (appKeyRow) TableName() string { return "app_keys" }

func (r appKeyRow) key() (AppKey, error) {
	kind, err := access.ParseAppKeyKind(r.Kind)
	if err != nil {
		return AppKey{}, unreadable("app key "+r.ID.String(), err)
	}
	return AppKey{
		ID: r.ID, CustomerID: r.CustomerID, TenantID: r.TenantID, ClientID: r.ClientID, Kind: kind,
		Thumbprint: string(r.Thumbprint), ExpiresAt: r.ExpiresAt.Time, Sealed: r.Sealed,
	}, nil
}

type deploymentAppRow struct {
	ID         int `gorm:"primaryKey;autoIncrement:false"`
	ClientID   access.ClientID
	Kind       string
	Thumbprint text
	ExpiresAt  *instant
	WarnedDays int
}

func (deploymentAppRow) TableName() string { return "deployment_app" }

func (r deploymentAppRow) app() (DeploymentApp, error) {
	kind, err := access.ParseAppKeyKind(r.Kind)
	if err != nil {
		return DeploymentApp{}, unreadable("the deployment's app", err)
	}
	return DeploymentApp{ClientID: r.ClientID, Kind: kind, Thumbprint: string(r.Thumbprint), ExpiresAt: r.ExpiresAt.optional()}, nil
}

// appInUse is the app that speaks in a customer's tenant; nil where no worker has said yet which the deployment's is.
func appInUse(db *gorm.DB, id access.CustomerID) (*AppInUse, error) {
	row, err := one[appKeyRow](db, "customer_id = ? AND in_use", id)
	if err == nil {
		return row.inUse()
	}
	if !errors.Is(err, access.ErrNotFound) {
		return nil, err
	}
	deployment, err := one[deploymentAppRow](db, "id = 1")
	if errors.Is(err, access.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	app, err := deployment.app()
	return &AppInUse{DeploymentApp: app}, err
}

func (r appKeyRow) inUse() (*AppInUse, error) {
	key, err := r.key()
	if err != nil {
		return nil, err
	}
	app := DeploymentApp{ClientID: key.ClientID, Kind: key.Kind, Thumbprint: key.Thumbprint, ExpiresAt: &key.ExpiresAt}
	return &AppInUse{DeploymentApp: app, OfCustomer: true}, nil
}

// dropAppKeys deletes the customer's keys that are in use, or those that wait to be verified.
func dropAppKeys(tx *gorm.DB, id access.CustomerID, inUse bool) error {
	return tx.Where("customer_id = ? AND in_use = ?", id, inUse).Delete(&appKeyRow{}).Error
}

// takeUpAppKey puts the key of a verified attempt in use, and drops the former one, also one that a removed customer left in
// this tenant; without a key the deployment's app speaks from now on.
func takeUpAppKey(tx *gorm.DB, attempt attemptRow) error {
	former := tx.Where("in_use AND (customer_id = ? OR tenant_id = ?)", attempt.CustomerID, attempt.TenantID)
	if err := former.Delete(&appKeyRow{}).Error; err != nil || attempt.AppKeyID.IsZero() {
		return err
	}
	return changeOne(tx.Model(&appKeyRow{}).Where("id = ? AND customer_id = ?", attempt.AppKeyID, attempt.CustomerID), map[string]any{"in_use": true})
}
