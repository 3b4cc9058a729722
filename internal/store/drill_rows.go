package store

import (
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

type canaryRow struct {
	ID              access.AccountID `gorm:"primaryKey"`
	CustomerID      access.CustomerID
	Marker          string
	ObjectID        access.ObjectID
	UPN             text `gorm:"column:upn"`
	CreateAttempted bool
	ProvisionedAt   *instant
	DeletedAt       *instant
}

func (canaryRow) TableName() string { return "canaries" }

// asAccount is the canary as an account of nobody.
func (r canaryRow) asAccount() accountRow {
	return accountRow{
		ID: r.ID, CustomerID: r.CustomerID, Marker: r.Marker, ObjectID: r.ObjectID, UPN: r.UPN,
		CreateAttempted: r.CreateAttempted, ProvisionedAt: r.ProvisionedAt,
	}
}

type drillRow struct {
	ID          access.DrillID `gorm:"primaryKey"`
	CustomerID  access.CustomerID
	CanaryID    access.AccountID
	PersonID    access.PersonID
	ProfileID   access.ProfileID
	ProfileName string
	Roles       list
	Credential  string
	BegunAt     instant
	ArmedAt     *instant
	EndingAt    *instant
	OffAt       *instant
	EndedAt     *instant
	Failure     text
	Reason      text
	Proof       structured[access.Proof]
	Steps       structured[[]access.DrillStep]
	Deletion    text
}

func (drillRow) TableName() string { return "drills" }

// drillView is a drill with its canary and who began it.
type drillView struct {
	Row    drillRow  `gorm:"embedded"`
	Canary canaryRow `gorm:"embedded;embeddedPrefix:canary_account_"`
	ByName text
}

// drillViews selects drillViews; d is the drills table.
func drillViews(db *gorm.DB) *gorm.DB {
	return db.Table("drills AS d").
		Select(columnsOf[drillRow]("d") + `, p.name AS by_name, k.id AS canary_account_id, k.customer_id AS canary_account_customer_id,
			k.marker AS canary_account_marker, k.object_id AS canary_account_object_id, k.upn AS canary_account_upn,
			k.create_attempted AS canary_account_create_attempted, k.provisioned_at AS canary_account_provisioned_at`).
		Joins("JOIN canaries k ON k.id = d.canary_id").
		Joins("LEFT JOIN people p ON p.id = d.person_id")
}

func (v drillView) drill() (Drill, error) {
	var bad error
	r := v.Row
	canary, err := v.Canary.asAccount().account()
	d := Drill{
		ID: r.ID, CustomerID: r.CustomerID, Canary: canary, By: r.PersonID, ByName: string(v.ByName),
		ProfileID: r.ProfileID, ProfileName: r.ProfileName, Roles: parsedAll(&bad, access.ParseID[access.RoleID], r.Roles),
		Credential: parsed(&bad, access.ParseCredentialKind, r.Credential),
		BegunAt:    r.BegunAt.Time, ArmedAt: r.ArmedAt.optional(), EndingAt: r.EndingAt.optional(), OffAt: r.OffAt.optional(), EndedAt: r.EndedAt.optional(),
		Failure: string(r.Failure), Reason: string(r.Reason), Proof: r.Proof.value,
		Deletion: parsedOrNone(&bad, access.ParseDeletion, r.Deletion),
	}
	if r.Steps.value != nil {
		d.Steps = *r.Steps.value
	}
	if bad = errors.Join(bad, err); bad != nil {
		return Drill{}, unreadable("drill "+r.ID.String(), bad)
	}
	return d, nil
}

func readDrill(db *gorm.DB, query string, args ...any) (Drill, error) {
	var view drillView
	if err := drillViews(db).Where(query, args...).Take(&view).Error; err != nil {
		return Drill{}, translate(err)
	}
	return view.drill()
}

// readDrills returns what it can read also beside an ErrUnreadable.
func readDrills(query *gorm.DB) ([]Drill, error) {
	var views []drillView
	if err := query.Find(&views).Error; err != nil {
		return nil, translate(err)
	}
	return readable(views, drillView.drill)
}

// withSteps puts the steps of a phase behind those of other phases, in the place of what the phase walked before.
func (r drillRow) withSteps(phase access.DrillPhase, walked []access.DrillStep) structured[[]access.DrillStep] {
	var steps []access.DrillStep
	if r.Steps.value != nil {
		steps = slices.DeleteFunc(slices.Clone(*r.Steps.value), func(s access.DrillStep) bool { return s.Phase == phase })
	}
	steps = append(steps, walked...)
	return structured[[]access.DrillStep]{&steps}
}

// entry is a record about the drill.
func (r drillRow) entry(action audit.Action, what string, by Actor, more facts) entry {
	more["drill"], more["canary"] = r.ID, r.CanaryID
	return entry{key: "drill/" + r.ID.String() + "/" + what, action: action, by: by, customer: r.CustomerID, details: more}
}

// inTime reports whether an end at an instant is soon enough for the drill to pass.
func (r drillRow) inTime(off time.Time) bool {
	return r.EndingAt != nil && off.Sub(r.EndingAt.Time) <= access.DrillPatience
}
