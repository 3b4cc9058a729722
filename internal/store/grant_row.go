package store

import (
	"gorm.io/gorm"

	"hourglass/internal/access"
)

// grantRow is a row of grants. The first half is fixed at the request; see grants_terms_are_fixed.
type grantRow struct {
	ID             access.GrantID `gorm:"primaryKey"`
	PersonID       access.PersonID
	CustomerID     access.CustomerID
	AccountID      access.AccountID
	IdempotencyKey string
	Fingerprint    digest

	ProfileID        access.ProfileID
	ProfileName      string
	Roles            list
	Credential       string
	LifetimeSeconds  int64
	MaximumSeconds   int64
	ApprovalRequired bool
	Reason, Ticket   string
	RequestedAt      instant

	State                                  string
	Cause, Outcome, EndComment             text
	Revision                               int64
	Deadline, TouchedAt                    instant
	ApprovedBy                             access.PersonID
	ApprovedAt                             *instant
	ActiveAt, ExpiresAt, EndingAt, EndedAt *instant
	AccountAt, CredentialAt, PassEndsAt    *instant
	PassEndsInTime, RolesEndAtMicrosoft    bool

	ProofReadAt            *instant
	ProofObjectID          access.ObjectID
	ProofSessionsRevokedAt *instant
	ProofRemovedRoles      int
	ProofRemovedMethods    int
	ProofRemovedGroups     int
	ProofNoPassword        bool
}

func (grantRow) TableName() string { return "grants" }

// grantView is a grant with the names that people know it by.
type grantView struct {
	// Row is named because gorm does not look into an embedded field that is not exported.
	Row          grantRow `gorm:"embedded"`
	PersonName   string
	CustomerName string
	UserName     text
	ObjectID     access.ObjectID
	TenantID     access.TenantID
}

// grants selects grantViews; g is the grants table.
func grants(db *gorm.DB) *gorm.DB {
	return db.Table("grants AS g").
		Select(columnsOf[grantRow]("g") + ", p.name AS person_name, c.name AS customer_name, a.upn AS user_name, a.object_id AS object_id, c.tenant_id AS tenant_id").
		Joins("JOIN people p ON p.id = g.person_id").
		Joins("JOIN customers c ON c.id = g.customer_id").
		Joins("JOIN accounts a ON a.id = g.account_id")
}

// readGrants returns what it can read also beside an ErrUnreadable.
func readGrants(query *gorm.DB) ([]Grant, error) {
	var rows []grantView
	if err := query.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	return readable(rows, grantView.grant)
}

func readGrant(db *gorm.DB, id access.GrantID) (Grant, error) {
	var row grantView
	if err := grants(db).Where("g.id = ?", id).Take(&row).Error; err != nil {
		return Grant{}, translate(err)
	}
	return row.grant()
}

func (v grantView) grant() (Grant, error) {
	r := v.Row
	var bad error
	g := Grant{
		ID: r.ID, PersonID: r.PersonID, PersonName: v.PersonName, CustomerID: r.CustomerID, CustomerName: v.CustomerName, TenantID: v.TenantID,
		AccountID: r.AccountID, UserName: string(v.UserName), ObjectID: v.ObjectID,
		Terms: access.Terms{
			ProfileID:        r.ProfileID,
			ProfileName:      r.ProfileName,
			Roles:            parsedAll(&bad, access.ParseID[access.RoleID], r.Roles),
			Credential:       parsed(&bad, access.ParseCredentialKind, r.Credential),
			Lifetime:         parsed(&bad, access.LifetimeOfSeconds, r.LifetimeSeconds),
			Maximum:          parsed(&bad, access.LifetimeOfSeconds, r.MaximumSeconds),
			ApprovalRequired: r.ApprovalRequired,
			Reason:           parsed(&bad, access.NewReason, r.Reason),
			Ticket:           parsed(&bad, access.NewTicket, r.Ticket),
		},
		State:        parsed(&bad, access.ParseState, r.State),
		EndComment:   string(r.EndComment),
		Cause:        parsedOrNone(&bad, access.ParseOutcome, r.Cause),
		Outcome:      parsedOrNone(&bad, access.ParseOutcome, r.Outcome),
		RequestedAt:  r.RequestedAt.Time,
		Deadline:     r.Deadline.Time,
		ApprovedAt:   r.ApprovedAt.optional(),
		ActiveAt:     r.ActiveAt.optional(),
		ExpiresAt:    r.ExpiresAt.optional(),
		EndingAt:     r.EndingAt.optional(),
		EndedAt:      r.EndedAt.optional(),
		AccountAt:    r.AccountAt.optional(),
		CredentialAt: r.CredentialAt.optional(),
		PassEndsAt:   r.PassEndsAt.optional(),
		Switches:     Switches{PassEndsInTime: r.PassEndsInTime, RolesEndAtMicrosoft: r.RolesEndAtMicrosoft},
		Proof:        r.proof(),
		Revision:     r.Revision,
	}
	if bad != nil {
		return Grant{}, unreadable("grant "+r.ID.String(), bad)
	}
	return g, nil
}

func (r grantRow) proof() *access.Proof {
	if r.ProofReadAt == nil {
		return nil
	}
	p := access.Proof{
		ReadAt: r.ProofReadAt.Time, ObjectID: r.ProofObjectID,
		RemovedRoles: r.ProofRemovedRoles, RemovedMethods: r.ProofRemovedMethods, RemovedGroups: r.ProofRemovedGroups, NoPassword: r.ProofNoPassword,
	}
	if r.ProofSessionsRevokedAt != nil {
		p.SessionsRevokedAt = r.ProofSessionsRevokedAt.Time
	}
	return &p
}
