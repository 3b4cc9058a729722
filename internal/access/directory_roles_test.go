package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDirectoryRolesAreSortedAndKnownOnce(t *testing.T) {
	assert.True(t, slices.IsSortedFunc(DirectoryRoles, func(a, b DirectoryRole) int { return strings.Compare(a.Name, b.Name) }))
	known := map[RoleID]bool{}
	for _, r := range DirectoryRoles {
		assert.False(t, known[r.ID], r.Name)
		known[r.ID] = true
		assert.Equal(t, r, DirectoryRoleOf(r.ID))
	}
	stranger := MustID[RoleID]("00000000-0000-4000-8000-000000000000")
	assert.Equal(t, DirectoryRole{ID: stranger, Privileged: true}, DirectoryRoleOf(stranger), "what is not known is not harmless")
}

func TestProfileTemplatesCanBeUsedAsTheyAre(t *testing.T) {
	for _, p := range ProfileTemplates {
		_, err := NewName(p.Name.String())
		assert.NoError(t, err)
		_, err = NewLimits(p.Limits.Default(), p.Limits.Maximum())
		assert.NoError(t, err, p.Name)
		assert.True(t, usable(p), p.Name)
		for _, role := range p.Roles {
			r := DirectoryRoleOf(role)
			assert.NotEmpty(t, r.Name)
			assert.True(t, r.Name != "Global Administrator" || p.ApprovalRequired)
		}
	}
}
