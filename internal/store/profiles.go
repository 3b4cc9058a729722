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
}

func (profileRow) TableName() string { return "profiles" }

func (r profileRow) profile() (access.Profile, error) {
	var bad error
	p := access.Profile{
		ID:               r.ID,
		Name:             parsed(&bad, access.NewName, r.Name),
		Roles:            parsedAll(&bad, access.ParseID[access.RoleID], r.Roles),
		Credential:       parsed(&bad, access.ParseCredentialKind, r.Credential),
		Limits:           limits(r.DefaultLifetimeSeconds, r.MaximumLifetimeSeconds),
		ReasonRequired:   r.ReasonRequired,
		TicketRequired:   r.TicketRequired,
		ApprovalRequired: r.ApprovalRequired,
	}
	if bad != nil {
		return access.Profile{}, unreadable("profile "+r.ID.String(), bad)
	}
	return p, nil
}

// AddProfile adds an access profile; access.ErrInvalid where the id is taken.
func (s *Store) AddProfile(ctx context.Context, p access.Profile, by Actor) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		standard, maximum := limitColumns(p.Limits)
		roles := listOf(p.Roles, access.RoleID.String)
		err := tx.Create(&profileRow{
			ID: p.ID, Name: p.Name.String(), Roles: roles, Credential: string(p.Credential),
			DefaultLifetimeSeconds: standard, MaximumLifetimeSeconds: maximum,
			ReasonRequired: p.ReasonRequired, TicketRequired: p.TicketRequired, ApprovalRequired: p.ApprovalRequired,
		}).Error
		if err != nil {
			return err
		}
		return s.record(tx, entry{
			key: "profile/" + p.ID.String() + "/added", action: audit.ProfileAdded, by: by,
			details: facts{
				"profile_id": p.ID, "name": p.Name.String(), "roles": roles, "credential": p.Credential,
				"default_lifetime_seconds": standard, "maximum_lifetime_seconds": maximum,
				"reason_required": p.ReasonRequired, "ticket_required": p.TicketRequired, "approval_required": p.ApprovalRequired,
			},
		})
	})
}

// Profiles returns all access profiles, sorted by name.
func (s *Store) Profiles(ctx context.Context) ([]access.Profile, error) {
	return readProfiles(s.db.WithContext(ctx))
}

func readProfiles(query *gorm.DB) ([]access.Profile, error) {
	var rows []profileRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	profiles, err := all(rows, profileRow.profile)
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
