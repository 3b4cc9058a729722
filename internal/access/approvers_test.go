package access

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhoDecidesAboutARequest(t *testing.T) {
	ada := MustID[PersonID]("0a000000-0000-4000-8000-000000000001")
	grace := MustID[PersonID]("0a000000-0000-4000-8000-000000000002")
	night := MustID[TeamID]("0b000000-0000-4000-8000-000000000001")
	day := MustID[TeamID]("0b000000-0000-4000-8000-000000000002")
	approver := Decider{ID: ada, Roles: []MSPRole{Technician, Approver}, Teams: []TeamID{night}}

	for what, test := range map[string]struct {
		named     Approvers
		change    func(*Decider)
		requester PersonID
		want      error
	}{
		"nobody is named":                {requester: grace},
		"named":                          {named: Approvers{People: []PersonID{grace, ada}}, requester: grace},
		"through a team":                 {named: Approvers{Teams: []TeamID{day, night}}, requester: grace},
		"somebody else is named":         {named: Approvers{People: []PersonID{grace}}, requester: grace, want: ErrNotApprover},
		"another team is named":          {named: Approvers{Teams: []TeamID{day}}, requester: grace, want: ErrNotApprover},
		"their own":                      {requester: ada, want: ErrOwnRequest},
		"their own, named":               {named: Approvers{People: []PersonID{ada}}, requester: ada, want: ErrOwnRequest},
		"named without the role":         {named: Approvers{People: []PersonID{ada}}, change: func(d *Decider) { d.Roles = []MSPRole{Admin} }, requester: grace, want: ErrNotApprover},
		"nobody named, without the role": {change: func(d *Decider) { d.Roles = nil }, requester: grace, want: ErrNotApprover},
		"suspended":                      {change: func(d *Decider) { d.Suspended = true }, requester: grace, want: ErrNotApprover},
	} {
		by := approver
		if test.change != nil {
			test.change(&by)
		}
		assert.Equal(t, test.want, test.named.Admit(by, test.requester), what)
	}
	assert.ErrorIs(t, ErrOwnRequest, ErrInvalid)
	assert.ErrorIs(t, ErrNotApprover, ErrInvalid)
}
