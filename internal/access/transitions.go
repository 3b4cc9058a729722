package access

import (
	"fmt"
	"slices"
)

// Transition is one legal step of a grant.
type Transition struct{ From, To State }

// Transitions is the one table of legal steps. The database holds a copy and refuses every other step too.
//
// Every path that may have touched Microsoft leads through ending. Only a grant that was never
// approved can end without it.
var Transitions = []Transition{
	{Requested, AwaitingApproval},
	{Requested, Provisioning},
	{Requested, Ending},
	{AwaitingApproval, Provisioning},
	{AwaitingApproval, Ended},
	{Provisioning, Active},
	{Provisioning, Ending},
	{Active, Ending},
	{Ending, Ended},
}

// CheckTransition returns ErrIllegalTransition for a step that is not in the table.
func CheckTransition(from, to State) error {
	if !slices.Contains(Transitions, Transition{from, to}) {
		return fmt.Errorf("%w: from %s to %s", ErrIllegalTransition, from, to)
	}
	return nil
}
