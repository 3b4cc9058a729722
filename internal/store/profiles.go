package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

type profileRow struct {
	ID                     access.ProfileID `gorm:"primaryKey"`
	Name                   string
	Roles                  list
	Credential             string
	DefaultLifetimeSeconds *int64
	MaximumLifetimeSeconds *int64
	ReasonRequired         bool
	TicketRequired         bool
	ApprovalRequired       bool
	RetiredAt              *instant
	Revision               int64
}

func (profileRow) TableName() string { return "profiles" }

func (r profileRow) profile() (access.Profile, error) {
	var bad error
	p := access.Profile{
		ID:               r.ID,
		Name:             parsed(&bad, access.NewName, r.Name),
		Revision:         r.Revision,
		Roles:            parsedAll(&bad, access.ParseID[access.RoleID], r.Roles),
		Credential:       parsed(&bad, access.ParseCredentialKind, r.Credential),
		Limits:           limits(r.DefaultLifetimeSeconds, r.MaximumLifetimeSeconds),
		ReasonRequired:   r.ReasonRequired,
		TicketRequired:   r.TicketRequired,
		ApprovalRequired: r.ApprovalRequired,
		Retired:          r.RetiredAt != nil,
	}
	if bad != nil {
		return access.Profile{}, unreadable("profile "+r.ID.String(), bad)
	}
	return p, nil
}

// AddProfile adds an access profile; access.ErrInvalid where the id is taken.
func (s *Store) AddProfile(ctx context.Context, p access.Profile, by Actor, once ...Intent) error {
	return s.make(ctx, p.ID.String(), by, once, func(tx *gorm.DB) ([]entry, error) {
		row := profileRow{Revision: 1}
		row.set(p)
		return []entry{row.entry("added", audit.ProfileAdded, by)}, tx.Create(&row).Error
	})
}

// set writes what an admin says of a profile into its row.
func (r *profileRow) set(p access.Profile) {
	r.ID, r.Name, r.Credential = p.ID, p.Name.String(), string(p.Credential)
	r.Roles = listOf(p.Roles, access.RoleID.String)
	r.DefaultLifetimeSeconds, r.MaximumLifetimeSeconds = limitColumns(p.Limits)
	r.ReasonRequired, r.TicketRequired, r.ApprovalRequired = p.ReasonRequired, p.TicketRequired, p.ApprovalRequired
}

// entry is a record about the profile as it is in the row.
func (r *profileRow) entry(what string, action audit.Action, by Actor) entry {
	return entry{
		key: "profile/" + r.ID.String() + "/" + what, action: action, by: by,
		details: facts{
			"profile_id": r.ID, "name": r.Name, "roles": r.Roles, "credential": r.Credential,
			"default_lifetime_seconds": r.DefaultLifetimeSeconds, "maximum_lifetime_seconds": r.MaximumLifetimeSeconds,
			"reason_required": r.ReasonRequired, "ticket_required": r.TicketRequired, "approval_required": r.ApprovalRequired,
		},
	}
}

// Profiles returns all access profiles, sorted by name.
func (s *Store) Profiles(ctx context.Context) ([]access.Profile, error) {
	return readProfiles(s.db.WithContext(ctx))
}

// readProfiles returns what it can read also beside an ErrUnreadable.
func readProfiles(query *gorm.DB) ([]access.Profile, error) {
	var rows []profileRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	profiles, err := readable(rows, profileRow.profile)
	sortByName(profiles, func(p access.Profile) (access.Name, string) { return p.Name, p.ID.String() })
	return profiles, err
}

// sortByName sorts for people, without regard to case; it is done here because the two databases
// collate differently.
func sortByName[T any](items []T, key func(T) (name access.Name, id string)) {
	slices.SortFunc(items, func(a, b T) int {
		nameA, idA := key(a)
		nameB, idB := key(b)
		return cmp.Or(cmp.Compare(strings.ToLower(nameA.String()), strings.ToLower(nameB.String())), cmp.Compare(idA, idB))
	})
}
