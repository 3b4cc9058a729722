package access

import "fmt"

// Profile is a named bundle of Entra directory roles with its rules.
type Profile struct {
	ID   ProfileID
	Name Name
	// Revision rises with every change.
	Revision         int64
	Roles            []RoleID
	Credential       CredentialKind
	Limits           Limits
	ReasonRequired   bool
	TicketRequired   bool
	ApprovalRequired bool
	// Retired: no new grant is given with it. Live grants keep their terms.
	Retired bool
}

// Situation is everything that policy looks at besides the request itself, as it stands now.
type Situation struct {
	PersonSuspended bool
	// Entitled: an entitlement of the person or of one of their teams, for this profile and this
	// customer, is in force at this instant.
	Entitled   bool
	Connection ConnectionState
	// Findings of the pre-flight that are known.
	Findings []Finding
	// CustomerLimits tighten those of the profile.
	CustomerLimits Limits
	Profile        Profile
}

// Request is what a technician asks for. A zero Lifetime asks for the profile's default.
type Request struct {
	Lifetime Lifetime
	Reason   Reason
	Ticket   Ticket
}

// Decide turns a request into the terms of a grant, or into a Refused that names everything that
// stands against it. Somebody who is not entitled learns nothing else.
func Decide(request Request, now Situation) (Terms, error) {
	if now.PersonSuspended {
		return Terms{}, Refused{{RefusedPersonSuspended, "", "Your access to Hourglass is suspended. Ask an admin."}}
	}
	if !now.Entitled {
		return Terms{}, Refused{{RefusedNotEntitled, "", "You are not entitled to this profile at this customer. Ask an admin."}}
	}

	var refused Refused
	refuse := func(code RefusalCode, field, advice string) {
		refused = append(refused, Refusal{code, field, advice})
	}
	if now.Connection != Connected {
		refuse(RefusedCustomerUnavailable, "", "The customer's tenant is not connected. Ask an admin to check the connection.")
	}
	for _, found := range now.Findings {
		// What stands against one profile alone is shown before the request, and may be over: it is not refused here.
		if found.Stops() {
			refuse(RefusedCustomerBlocked, "", found.Sentence+" Ask an admin.")
		}
	}
	if now.Profile.Retired {
		refuse(RefusedProfileUnusable, "", "The profile is retired. Ask an admin for another one.")
	} else if !usable(now.Profile) {
		refuse(RefusedProfileUnusable, "", "The profile is not complete. Ask an admin to check its roles and credential.")
	}

	limits := now.Profile.Limits.Tighten(now.CustomerLimits)
	lifetime := request.Lifetime
	if lifetime.IsZero() {
		lifetime = limits.Default()
	}
	if !limits.Admits(lifetime) {
		refuse(RefusedLifetime, "lifetime_seconds", lifetimeAdvice(limits))
	}
	if now.Profile.ReasonRequired && request.Reason.IsZero() {
		refuse(RefusedReason, "reason", "This profile asks for a reason. Say why you need access.")
	}
	if now.Profile.TicketRequired && request.Ticket.IsZero() {
		refuse(RefusedTicket, "ticket", "This profile asks for a ticket number.")
	}
	if refused != nil {
		return Terms{}, refused
	}
	return Terms{
		ProfileID:        now.Profile.ID,
		ProfileName:      now.Profile.Name.String(),
		Roles:            now.Profile.Roles,
		Credential:       now.Profile.Credential,
		Lifetime:         lifetime,
		Maximum:          limits.Maximum(),
		ApprovalRequired: now.Profile.ApprovalRequired,
		Reason:           request.Reason,
		Ticket:           request.Ticket,
	}, nil
}

func usable(p Profile) bool {
	return len(p.Roles) > 0 && (p.Credential.HasPass() || p.Credential.HasPassword())
}

func lifetimeAdvice(limits Limits) string {
	if limits.Maximum().IsZero() {
		return "No lifetime limit can be read for this profile and customer, so nothing can be granted. Ask an admin."
	}
	return fmt.Sprintf("Ask for at most %d seconds.", limits.Maximum().Seconds())
}
