package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// Teams returns all teams with their members, sorted by name.
func (s *Store) Teams(ctx context.Context) ([]Team, error) {
	return readTeams(s.db.WithContext(ctx))
}

// Team returns a team with its members, or access.ErrNotFound.
func (s *Store) Team(ctx context.Context, id access.TeamID) (Team, error) {
	teams, err := readTeams(s.db.WithContext(ctx).Where("t.id = ?", id))
	if err == nil && len(teams) == 0 {
		err = access.ErrNotFound
	}
	if err != nil {
		return Team{}, err
	}
	return teams[0], nil
}

// readTeams reads one row per member, and one for a team without any.
func readTeams(query *gorm.DB) ([]Team, error) {
	var rows []struct {
		ID       access.TeamID
		Name     string
		Revision int64
		PersonID access.PersonID
		Member   text
	}
	err := query.Table("teams AS t").Select("t.id, t.name, t.revision, p.id AS person_id, p.name AS member").
		Joins("LEFT JOIN team_members m ON m.team_id = t.id").Joins("LEFT JOIN people p ON p.id = m.person_id").
		Order("t.id, p.name, p.id").Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	var teams []Team
	for _, row := range rows {
		if len(teams) == 0 || teams[len(teams)-1].ID != row.ID {
			name, err := access.NewName(row.Name)
			if err != nil {
				return nil, unreadable("team "+row.ID.String(), err)
			}
			teams = append(teams, Team{ID: row.ID, Name: name, Revision: row.Revision})
		}
		if team := &teams[len(teams)-1]; !row.PersonID.IsZero() {
			team.Members = append(team.Members, Member{ID: row.PersonID, Name: string(row.Member)})
		}
	}
	sortByName(teams, func(t Team) (access.Name, string) { return t.Name, t.ID.String() })
	return teams, nil
}

// ChangeTeam gives a team a name and exactly these members, at a revision (see unchangedSince). What is so already changes
// nothing. Grants of those who leave are Uncovered unless something else covers them. access.ErrNotFound also for a member
// who does not exist.
func (s *Store) ChangeTeam(ctx context.Context, id access.TeamID, revision int64, name access.Name, members []access.PersonID, by Actor) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		entries, err := changeTeam(tx, id, revision, name, members, by)
		if err != nil {
			return err
		}
		return s.record(tx, entries...)
	})
}

// changeTeam returns no entry where it is so already.
func changeTeam(tx *gorm.DB, id access.TeamID, revision int64, name access.Name, members []access.PersonID, by Actor) ([]entry, error) {
	row, err := one[teamRow](tx.Clauses(forItself), "id = ?", id)
	if err != nil {
		return nil, err
	}
	var held []access.PersonID
	if err := tx.Model(&teamMemberRow{}).Where("team_id = ?", id).Pluck("person_id", &held).Error; err != nil {
		return nil, err
	}
	joined, left := without(members, held), without(held, members)
	if row.Name == name.String() && len(joined)+len(left) == 0 {
		return nil, nil
	}
	if err := unchangedSince(row.Revision, revision); err != nil {
		return nil, err
	}
	for some := range slices.Chunk(left, together) {
		if err := tx.Where("team_id = ? AND person_id IN ?", id, some).Delete(&teamMemberRow{}).Error; err != nil {
			return nil, err
		}
	}
	if err := join(tx, id, joined); err != nil {
		return nil, err
	}
	row.Name, row.Revision = name.String(), row.Revision+1
	return []entry{{
		key: fmt.Sprintf("team/%s/changed/%d", id, row.Revision), action: audit.TeamChanged, by: by,
		details: facts{"team_id": id, "name": row.Name, "joined": joined, "left": left},
	}}, tx.Save(&row).Error
}

// without are those of a that are not in b.
func without(a, b []access.PersonID) []access.PersonID {
	in := make(map[access.PersonID]bool, len(b))
	for _, p := range b {
		in[p] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(p access.PersonID) bool { return in[p] })
}

// RemoveTeam removes a team that no entitlement names and no customer as its approvers (otherwise access.ErrInUse: taking
// access away is said by itself, one entitlement at a time, and without its approvers everybody with the role would be one).
func (s *Store) RemoveTeam(ctx context.Context, id access.TeamID, by Actor) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row, err := one[teamRow](tx.Clauses(forUpdate), "id = ?", id)
		if err != nil {
			return err
		}
		for _, rests := range []any{&entitlementRow{}, &approverRow{}} {
			var named int64
			if err := tx.Model(rests).Where("team_id = ?", id).Count(&named).Error; err != nil {
				return err
			}
			if named > 0 {
				return fmt.Errorf("%w: entitlements or customers name the team", access.ErrInUse)
			}
		}
		if err := tx.Where("team_id = ?", id).Delete(&teamMemberRow{}).Error; err != nil {
			return err
		}
		if err := tx.Delete(&row).Error; err != nil {
			return err
		}
		return s.record(tx, entry{
			key: "team/" + id.String() + "/removed", action: audit.TeamRemoved, by: by, details: facts{"team_id": id, "name": row.Name},
		})
	})
}
