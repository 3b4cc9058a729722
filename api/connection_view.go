package api

import (
	"slices"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// connectionView shows a connection with everything that is asked for, held or not.
func (s *server) connectionView(c store.Connection) Connection {
	view := Connection{
		Customer:      Named{Id: c.Customer.ID.String(), Name: c.Customer.Name.String()},
		State:         c.Customer.Connection,
		TenantId:      c.Customer.TenantID,
		AccountDomain: c.Customer.AccountDomain,
		VerifiedAt:    instant(c.VerifiedAt),
		Permissions:   make([]ConnectionPermission, len(s.permissions)),
	}
	for i, p := range s.permissions {
		view.Permissions[i] = ConnectionPermission{Id: p.ID, Name: p.Name, Why: p.Why, Held: slices.Contains(c.Permissions, p.Name)}
	}
	if c.App != nil {
		view.App = appView(*c.App, s.now())
	}
	if c.Attempt != nil {
		view.Attempt = attemptView(*c.Attempt)
	}
	return view
}

func attemptView(a store.Attempt) ConnectionAttempt {
	view := ConnectionAttempt{
		OwnApp:      !a.AppKeyID.IsZero(),
		Step:        a.Step,
		TenantId:    a.TenantID,
		Missing:     append([]string{}, a.Missing...),
		BegunAt:     a.BegunAt.UTC(),
		ExpiresAt:   a.ExpiresAt.UTC(),
		ConsentedAt: instant(a.ConsentedAt),
		EndedAt:     instant(a.EndedAt),
	}
	if a.Step == access.StepFailed {
		k := connectionProblems[a.Failure]
		view.Failure = ConnectionFailure{Type: "/problems/" + k.name, Title: k.title, Detail: k.detail}
	}
	return view
}
