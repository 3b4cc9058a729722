package access

import (
	"fmt"
	"slices"
)

// parseWord is how every enumeration of the domain is read: a word it does not know is refused.
func parseWord[W ~string](s, what string, legal ...W) (W, error) {
	if w := W(s); slices.Contains(legal, w) {
		return w, nil
	}
	return "", fmt.Errorf("%w: unknown %s", ErrInvalid, what)
}

// MSPRole is what a person may do in Hourglass itself; one person can hold several.
type MSPRole string

const (
	Admin      MSPRole = "admin"
	Approver   MSPRole = "approver"
	Technician MSPRole = "technician"
	Auditor    MSPRole = "auditor"
)

func ParseMSPRole(s string) (MSPRole, error) {
	return parseWord(s, "MSP role", Admin, Approver, Technician, Auditor)
}

// ConnectionState is whether a customer's Entra tenant can be worked with.
type ConnectionState string

const (
	Unconnected ConnectionState = "unconnected"
	Connected   ConnectionState = "connected"
	// Broken: it was connected, and a check found that it no longer works.
	Broken ConnectionState = "broken"
	// Disconnecting: every grant there is being ended and every account switched off; no new grant may begin.
	Disconnecting ConnectionState = "disconnecting"
)

func ParseConnectionState(s string) (ConnectionState, error) {
	return parseWord(s, "connection state", Unconnected, Connected, Broken, Disconnecting)
}
