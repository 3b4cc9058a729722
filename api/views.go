package api

import (
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// viewOf is a grant as the API shows it. It holds nothing that an auditor may not see.
func viewOf(g store.Grant) Grant {
	view := Grant{
		Id:               g.ID,
		Person:           Named{Id: g.PersonID.String(), Name: g.PersonName},
		Customer:         Named{Id: g.CustomerID.String(), Name: g.CustomerName},
		Profile:          Named{Id: g.Terms.ProfileID.String(), Name: g.Terms.ProfileName},
		Roles:            g.Terms.Roles,
		Credential:       g.Terms.Credential,
		UserName:         g.UserName,
		TenantId:         g.TenantID,
		LifetimeSeconds:  g.Terms.Lifetime.Seconds(),
		MaximumSeconds:   g.Terms.Maximum.Seconds(),
		ApprovalRequired: g.Terms.ApprovalRequired,
		Reason:           g.Terms.Reason.String(),
		Ticket:           g.Terms.Ticket.String(),
		State:            g.State,
		Cause:            g.Cause,
		Outcome:          g.Outcome,
		Comment:          commentOf(g),
		Failure:          failureOf(g),
		RequestedAt:      g.RequestedAt.UTC(),
		Deadline:         g.Deadline.UTC(),
		AccountAt:        instant(g.AccountAt),
		CredentialAt:     instant(g.CredentialAt),
		ActiveAt:         instant(g.ActiveAt),
		ExpiresAt:        instant(g.ExpiresAt),
		EndingAt:         instant(g.EndingAt),
		EndedAt:          instant(g.EndedAt),
		PassEndsAt:       instant(g.PassEndsAt),
		Switches:         Switches{PassEndsInTime: g.Switches.PassEndsInTime, RolesEndAtMicrosoft: g.Switches.RolesEndAtMicrosoft},
		Proof:            proofView(g.Proof),
		Revision:         g.Revision,
	}
	if g.Approvers != nil {
		view.Approvers = membersView(g.Approvers)
	}
	return view
}

func viewsOf(grants []store.Grant) []Grant {
	views := make([]Grant, len(grants))
	for i, g := range grants {
		views[i] = viewOf(g)
	}
	return views
}

func proofView(p *access.Proof) Proof {
	if p == nil {
		return Proof{}
	}
	return Proof{
		ReadAt:            p.ReadAt.UTC(),
		ObjectId:          p.ObjectID,
		SessionsRevokedAt: p.SessionsRevokedAt.UTC(),
		RemovedRoles:      p.RemovedRoles,
		RemovedMethods:    p.RemovedMethods,
		RemovedGroups:     p.RemovedGroups,
		NoPassword:        p.NoPassword,
	}
}

// reachView shows what a technician may use at one customer; limits are those of profile and customer together.
func reachView(r store.Reach) ReachableCustomer {
	view := ReachableCustomer{
		Id:        r.Customer.ID,
		Name:      r.Customer.Name.String(),
		Available: r.Customer.Connection == access.Connected,
		Profiles:  make([]ReachableProfile, len(r.Profiles)),
	}
	for i, p := range r.Profiles {
		limits := p.Limits.Tighten(r.Customer.Limits)
		view.Profiles[i] = ReachableProfile{
			Id:               p.ID,
			Name:             p.Name.String(),
			Roles:            p.Roles,
			Credential:       p.Credential,
			DefaultSeconds:   limits.Default().Seconds(),
			MaximumSeconds:   limits.Maximum().Seconds(),
			ReasonRequired:   p.ReasonRequired,
			TicketRequired:   p.TicketRequired,
			ApprovalRequired: p.ApprovalRequired,
		}
		view.Profiles[i].Blocked, view.Profiles[i].Findings = beforeRequest(r.Findings, p.ID)
	}
	if r.Live != nil {
		view.Live = viewOf(*r.Live)
	}
	if r.Last != nil {
		view.Last = LastRequest{ProfileId: r.Last.ProfileID, RequestedAt: r.Last.At.UTC()}
	}
	return view
}

// instant is the zero time, which is left out of the answer, for an instant that has not come.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
