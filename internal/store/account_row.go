package store

import (
	"context"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

type accountRow struct {
	ID              access.AccountID `gorm:"primaryKey"`
	PersonID        access.PersonID
	CustomerID      access.CustomerID
	Marker          string
	ObjectID        access.ObjectID
	UPN             text `gorm:"column:upn"`
	CreateAttempted bool
	ProvisionedAt   *instant
}

func (accountRow) TableName() string { return "accounts" }

func (r accountRow) account() (Account, error) {
	var bad error
	a := Account{
		ID: r.ID, Marker: parsed(&bad, access.ParseMarker, r.Marker),
		ObjectID: r.ObjectID, UPN: string(r.UPN), CreateAttempted: r.CreateAttempted,
	}
	if r.ProvisionedAt != nil {
		a.ProvisionedAt = r.ProvisionedAt.Time
	}
	if bad != nil {
		return Account{}, unreadable("account "+r.ID.String(), bad)
	}
	return a, nil
}

// accountFor returns the id of the person's account at the customer, made from n where there is none.
// The caller holds the person's row.
func accountFor(tx *gorm.DB, n NewGrant) (access.AccountID, error) {
	var found []accountRow
	err := tx.Where("person_id = ? AND customer_id = ?", n.PersonID, n.CustomerID).Find(&found).Error
	if err != nil {
		return access.AccountID{}, err
	}
	if len(found) > 0 {
		return found[0].ID, nil
	}
	made := accountRow{ID: n.AccountID, PersonID: n.PersonID, CustomerID: n.CustomerID, Marker: n.Marker.String()}
	return made.ID, tx.Create(&made).Error
}

// AccountNames returns the user names of the accounts that exist, or were tried, at a customer.
func (s *Store) AccountNames(ctx context.Context, c access.CustomerID) (map[access.PersonID]string, error) {
	var rows []accountRow
	err := s.db.WithContext(ctx).Select("person_id", "upn").Where("customer_id = ? AND upn IS NOT NULL", c).Find(&rows).Error
	names := make(map[access.PersonID]string, len(rows))
	for _, row := range rows {
		names[row.PersonID] = string(row.UPN)
	}
	return names, translate(err)
}
