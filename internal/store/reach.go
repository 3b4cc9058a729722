package store

import (
	"context"
	"time"

	"hourglass/internal/access"
)

// Access returns the customers that a person's entitlements reach at an instant, sorted by name,
// whatever the state of their connection.
func (s *Store) Access(ctx context.Context, p access.PersonID, at time.Time) ([]Reach, error) {
	db := s.db.WithContext(ctx)
	teams, err := teamsOf(db, p)
	if err != nil {
		return nil, translate(err)
	}
	var entitlements []entitlementRow
	if err := inForce(db, p, teams, at).Find(&entitlements).Error; err != nil {
		return nil, translate(err)
	}
	if len(entitlements) == 0 {
		return nil, nil
	}
	var profileIDs []access.ProfileID
	var customerIDs []access.CustomerID
	everywhere := false
	for _, e := range entitlements {
		profileIDs = append(profileIDs, e.ProfileID)
		customerIDs = append(customerIDs, e.CustomerID)
		everywhere = everywhere || e.CustomerID.IsZero()
	}
	profiles, err := readProfiles(db.Where("id IN ? AND retired_at IS NULL", profileIDs))
	if err != nil {
		return nil, err
	}
	customers, err := readCustomers(db.Where("? OR id IN ?", everywhere, customerIDs))
	if err != nil {
		return nil, err
	}
	live, err := readGrants(grants(db).Where("g.person_id = ? AND g.state <> 'ended'", p))
	if err != nil {
		return nil, err
	}
	if err := tellApprovers(db, live); err != nil {
		return nil, err
	}
	return reach(entitlements, customers, profiles, live), nil
}

// reach combines; customers and profiles are sorted, and stay so.
func reach(entitlements []entitlementRow, customers []Customer, profiles []access.Profile, live []Grant) []Reach {
	type use struct {
		customer access.CustomerID
		profile  access.ProfileID
	}
	allowed := make(map[use]bool, len(entitlements))
	for _, e := range entitlements {
		allowed[use{e.CustomerID, e.ProfileID}] = true
	}
	liveAt := make(map[access.CustomerID]*Grant, len(live))
	for i, g := range live {
		liveAt[g.CustomerID] = &live[i]
	}
	everywhere := access.CustomerID{}
	var reaches []Reach
	for _, c := range customers {
		var usable []access.Profile
		for _, p := range profiles {
			if allowed[use{c.ID, p.ID}] || allowed[use{everywhere, p.ID}] {
				usable = append(usable, p)
			}
		}
		if usable != nil {
			reaches = append(reaches, Reach{Customer: c, Profiles: usable, Live: liveAt[c.ID]})
		}
	}
	return reaches
}
