package onemachine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/store"
)

// customerLimits tighten no sample profile.
var customerLimits = must(access.NewLimits(lifetime(4*time.Hour), lifetime(8*time.Hour)))

// addSample adds what an earlier start has not added.
func addSample(ctx context.Context, s *store.Store) error {
	people, err := s.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range samplePeople {
		if slices.ContainsFunc(people, func(known store.Person) bool { return known.ID == p.id }) {
			continue
		}
		person := store.Person{ID: p.id, Name: must(access.NewName(p.name)), Handle: must(access.NewHandle(p.handle)), Roles: p.roles}
		if err := s.AddPerson(ctx, person, store.Actor{}); err != nil {
			return err
		}
	}
	customers, err := s.Customers(ctx)
	if err != nil {
		return err
	}
	for _, c := range sampleCustomers {
		if slices.ContainsFunc(customers, func(known store.Customer) bool { return known.ID == c.id }) {
			continue
		}
		err := s.AddCustomer(ctx, connected(c.id, c.name, c.tenant, c.domain), store.Actor{})
		if err != nil && !errors.Is(err, access.ErrInvalid) { // somebody removed it: its id is used for good
			return err
		}
	}
	if err := addProfiles(ctx, s); err != nil {
		return err
	}
	return addEntitlements(ctx, s)
}

func addProfiles(ctx context.Context, s *store.Store) error {
	profiles, err := s.Profiles(ctx)
	if err != nil {
		return err
	}
	for _, p := range sampleProfiles {
		if slices.ContainsFunc(profiles, func(known access.Profile) bool { return known.ID == p.id }) {
			continue
		}
		err := s.AddProfile(ctx, access.Profile{
			ID: p.id, Name: must(access.NewName(p.name)), Roles: []access.RoleID{access.MustID[access.RoleID](p.role)},
			Credential: p.credential, Limits: must(access.NewLimits(lifetime(p.standard), lifetime(p.maximum))),
			ReasonRequired: p.reason, TicketRequired: p.ticket, ApprovalRequired: p.approval,
		}, store.Actor{})
		if err != nil {
			return err
		}
	}
	return nil
}

func addEntitlements(ctx context.Context, s *store.Store) error {
	for _, e := range sampleEntitlements {
		reaches, err := s.Access(ctx, e.person, time.Now())
		if err != nil {
			return err
		}
		if slices.ContainsFunc(reaches, func(r store.Reach) bool {
			atCustomer := e.customer.IsZero() || e.customer == r.Customer.ID
			return atCustomer && slices.ContainsFunc(r.Profiles, func(p access.Profile) bool { return p.ID == e.profile })
		}) {
			continue
		}
		err = s.AddEntitlement(ctx, store.Entitlement{ID: e.id, PersonID: e.person, ProfileID: e.profile, CustomerID: e.customer}, store.Actor{})
		if err != nil {
			return err
		}
	}
	return nil
}

// AddCustomer adds a further customer with a tenant of its own at the stand-in, onboarded. The name becomes
// part of the tenant's domain: letters and digits only.
func (m *Machine) AddCustomer(ctx context.Context, name string, settings entrasim.Settings) (store.Customer, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return store.Customer{}, err
	}
	domain := strings.ToLower(name) + ".onmicrosoft.com"
	tenant := uuid.NewString()
	if err := m.Sim.AddTenant(entrasim.TenantSpec{ID: tenant, Name: name, DefaultDomain: domain, Settings: settings}); err != nil {
		return store.Customer{}, err
	}
	if err := m.Sim.Connect(tenant, entrasim.SampleClientID); err != nil {
		return store.Customer{}, err
	}
	customer := connected(access.MustID[access.CustomerID](id.String()), name, tenant, domain)
	return customer, m.Store.AddCustomer(ctx, customer, store.Actor{})
}

// AddTechnician adds a further technician, entitled to the profile at every customer.
func (m *Machine) AddTechnician(ctx context.Context, handle string, profile access.ProfileID) (access.PersonID, error) {
	person, err := uuid.NewV7()
	if err != nil {
		return access.PersonID{}, err
	}
	entitlement, err := uuid.NewV7()
	if err != nil {
		return access.PersonID{}, err
	}
	id := access.MustID[access.PersonID](person.String())
	err = m.Store.AddPerson(ctx, store.Person{
		ID: id, Name: must(access.NewName(handle)), Handle: must(access.NewHandle(handle)), Roles: []access.MSPRole{access.Technician},
	}, store.Actor{})
	if err != nil {
		return access.PersonID{}, err
	}
	return id, m.Store.AddEntitlement(ctx, store.Entitlement{
		ID: access.MustID[access.EntitlementID](entitlement.String()), PersonID: id, ProfileID: profile,
	}, store.Actor{})
}

func connected(id access.CustomerID, name, tenant, domain string) store.Customer {
	return store.Customer{
		ID: id, Name: must(access.NewName(name)), TenantID: access.MustID[access.TenantID](tenant), Connection: access.Connected,
		AccountDomain: domain, Limits: customerLimits,
	}
}

func lifetime(d time.Duration) access.Lifetime { return must(access.NewLifetime(d)) }

// must is for values that are written in this package.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
