package access

import (
	"fmt"
	"slices"
)

// Approvers are the people and the teams who decide about requests at a customer. Where neither is named, everybody who
// holds the role does.
type Approvers struct {
	People []PersonID
	Teams  []TeamID
}

// Decider is somebody who wants to decide, as they stand now.
type Decider struct {
	ID        PersonID
	Roles     []MSPRole
	Suspended bool
	Teams     []TeamID
}

var (
	// ErrOwnRequest: nobody decides on their own request.
	ErrOwnRequest = fmt.Errorf("%w: the request is their own", ErrInvalid)
	// ErrNotApprover: others decide about requests at this customer.
	ErrNotApprover = fmt.Errorf("%w: not an approver at this customer", ErrInvalid)
)

// Admit is nil where by may decide about the request of requester, otherwise ErrOwnRequest or ErrNotApprover. Naming
// somebody does not give them the role.
func (a Approvers) Admit(by Decider, requester PersonID) error {
	named := slices.Contains(a.People, by.ID) ||
		slices.ContainsFunc(a.Teams, func(t TeamID) bool { return slices.Contains(by.Teams, t) })
	switch {
	case by.ID == requester:
		return ErrOwnRequest
	case by.Suspended || !slices.Contains(by.Roles, Approver):
		return ErrNotApprover
	case named || len(a.People)+len(a.Teams) == 0:
		return nil
	}
	return ErrNotApprover
}
