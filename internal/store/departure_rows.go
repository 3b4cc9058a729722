package store

import (
	"errors"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

type departureRow struct {
	ID              access.DepartureID `gorm:"primaryKey"`
	CustomerID      access.CustomerID
	TenantID        access.TenantID
	PersonID        access.PersonID
	Removes         bool
	DeletesAccounts bool
	BegunAt         instant
	EndedAt         *instant
	AbandonedBy     access.PersonID
}

func (departureRow) TableName() string { return "departures" }

type departureAccountRow struct {
	DepartureID access.DepartureID `gorm:"primaryKey"`
	AccountID   access.AccountID   `gorm:"primaryKey"`
	TriedAt     *instant
	Failure     text
	Proof       structured[access.Proof]
	Deletion    text
}

func (departureAccountRow) TableName() string { return "departure_accounts" }

// departingView is a departing account with the account itself and its person's name.
type departingView struct {
	Row     departureAccountRow `gorm:"embedded"`
	Account accountRow          `gorm:"embedded;embeddedPrefix:account_"`
	Holder  string
	Canary  bool
	InUse   bool
}

// departing selects departingViews, by the name of the person; the canary of the drills comes last.
func departing(db *gorm.DB, id access.DepartureID) *gorm.DB {
	return db.Table("departure_accounts AS d").
		Select(`d.departure_id, d.account_id, d.tried_at, d.failure, d.proof, d.deletion, COALESCE(p.name, 'Drill') AS holder, k.id IS NOT NULL AS canary,
			d.account_id AS account_id, a.person_id AS account_person_id, COALESCE(a.customer_id, k.customer_id) AS account_customer_id,
			COALESCE(a.marker, k.marker) AS account_marker, COALESCE(a.object_id, k.object_id) AS account_object_id,
			COALESCE(a.upn, k.upn) AS account_upn, COALESCE(a.create_attempted, k.create_attempted) AS account_create_attempted,
			COALESCE(a.provisioned_at, k.provisioned_at) AS account_provisioned_at,
			EXISTS (SELECT 1 FROM grants g WHERE g.person_id = a.person_id AND g.customer_id = a.customer_id AND g.state <> 'ended')
			OR EXISTS (SELECT 1 FROM drills r WHERE r.canary_id = k.id AND r.ended_at IS NULL) AS in_use`).
		Joins("LEFT JOIN accounts a ON a.id = d.account_id").
		Joins("LEFT JOIN people p ON p.id = a.person_id").
		Joins("LEFT JOIN canaries k ON k.id = d.account_id").
		Where("d.departure_id = ?", id).Order("p.name IS NULL, p.name, d.account_id")
}

func (v departingView) account() (DepartingAccount, error) {
	var bad error
	account, err := v.Account.account()
	a := DepartingAccount{
		Account: account, Holder: v.Holder, Canary: v.Canary, InUse: v.InUse, TriedAt: v.Row.TriedAt.optional(), Failure: string(v.Row.Failure),
		Proof: v.Row.Proof.value, Deletion: parsedOrNone(&bad, access.ParseDeletion, v.Row.Deletion),
	}
	if bad != nil {
		return DepartingAccount{}, unreadable("departing account "+v.Row.AccountID.String(), bad)
	}
	return a, err
}

// departure reads the rest of what a departure is.
func (r departureRow) departure(db *gorm.DB) (Departure, error) {
	d := Departure{
		NewDeparture: NewDeparture{ID: r.ID, CustomerID: r.CustomerID, Removes: r.Removes, DeletesAccounts: r.DeletesAccounts},
		TenantID:     r.TenantID, By: r.PersonID, BegunAt: r.BegunAt.Time, EndedAt: r.EndedAt.optional(), AbandonedBy: r.AbandonedBy,
	}
	var names struct{ Customer, Person string }
	err := db.Raw("SELECT c.name AS customer, p.name AS person FROM customers c, people p WHERE c.id = ? AND p.id = ?", r.CustomerID, r.PersonID).
		Scan(&names).Error
	if err != nil {
		return Departure{}, translate(err)
	}
	d.CustomerName, d.ByName = names.Customer, names.Person
	if d.LiveGrants, err = liveGrants(db, r.CustomerID); err != nil {
		return Departure{}, err
	}
	var views []departingView
	if err := departing(db, r.ID).Find(&views).Error; err != nil {
		return Departure{}, translate(err)
	}
	d.Accounts, err = all(views, departingView.account)
	return d, err
}

// liveGrants counts the grants at a customer that have not ended.
func liveGrants(db *gorm.DB, id access.CustomerID) (int, error) {
	var n int64
	err := db.Model(&grantRow{}).Where("customer_id = ? AND state <> 'ended'", id).Count(&n).Error
	return int(n), translate(err)
}

// openDeparture locks and returns the departure that has not ended; nil where there is none. The caller holds the
// customer.
func openDeparture(tx *gorm.DB, id access.CustomerID) (*departureRow, error) {
	row, err := one[departureRow](tx.Clauses(forUpdate), "customer_id = ? AND ended_at IS NULL", id)
	if errors.Is(err, access.ErrNotFound) {
		return nil, nil
	}
	return &row, err
}

// lastDeparture is the newest of a customer; access.ErrNotFound where there is none.
func lastDeparture(db *gorm.DB, id access.CustomerID) (departureRow, error) {
	return one[departureRow](db.Order("ended_at IS NULL DESC, begun_at DESC, id DESC"), "customer_id = ?", id)
}
