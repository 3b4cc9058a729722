package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/store"
)

// person is somebody to add. May lists what they are entitled to, by names; an empty customer means all of them.
type person struct {
	Name, Handle string
	Roles        []access.MSPRole
	May          []struct{ Profile, Customer string }
}

func (s *stage) addPerson(ctx context.Context, in person) (any, error) {
	name, err := access.NewName(in.Name)
	if err != nil {
		return nil, err
	}
	handle, err := access.NewHandle(in.Handle)
	if err != nil {
		return nil, err
	}
	added := store.Person{ID: access.MustID[access.PersonID](uuid.NewString()), Name: name, Handle: handle, Roles: in.Roles}
	if err := s.Store.AddPerson(ctx, added, store.Actor{}); err != nil {
		return nil, err
	}
	for _, may := range in.May {
		if err := s.entitle(ctx, added.ID, may.Profile, may.Customer); err != nil {
			return nil, err
		}
	}
	link, err := s.EnrolmentLink(ctx, added.ID)
	return map[string]string{"link": link}, err
}

func (s *stage) entitle(ctx context.Context, person access.PersonID, profile, customer string) error {
	profiles, err := s.Store.Profiles(ctx)
	if err != nil {
		return err
	}
	customers, err := s.Store.Customers(ctx)
	if err != nil {
		return err
	}
	p := slices.IndexFunc(profiles, func(p access.Profile) bool { return p.Name.String() == profile })
	c := slices.IndexFunc(customers, func(c store.Customer) bool { return c.Name.String() == customer })
	if p < 0 || c < 0 && customer != "" {
		return fmt.Errorf("%w: profile %q at customer %q", access.ErrNotFound, profile, customer)
	}
	e := store.Entitlement{ID: access.MustID[access.EntitlementID](uuid.NewString()), PersonID: person, ProfileID: profiles[p].ID}
	if c >= 0 {
		e.CustomerID = customers[c].ID
	}
	return s.Store.AddEntitlement(ctx, e, store.Actor{})
}

// customer is one to add. Domain is the tenant's.
type customer struct{ Name, Domain string }

func (s *stage) addCustomer(ctx context.Context, in customer) (any, error) {
	name, err := access.NewName(in.Name)
	if err != nil {
		return nil, err
	}
	contoso, err := s.Store.Customer(ctx, onemachine.Contoso)
	if err != nil {
		return nil, err
	}
	tenant := access.MustID[access.TenantID](uuid.NewString())
	err = s.Sim.AddTenant(entrasim.TenantSpec{
		ID: tenant.String(), Name: in.Name, DefaultDomain: in.Domain,
		Settings: entrasim.Settings{Licence: entrasim.Free, TAPPolicy: entrasim.TAPPolicy{Enabled: true, MinMinutes: 10, MaxMinutes: 480}},
	})
	if err != nil {
		return nil, err
	}
	if err := s.Sim.Connect(tenant.String(), entrasim.SampleClientID); err != nil {
		return nil, err
	}
	return map[string]string{"tenant": tenant.String()}, s.Store.AddCustomer(ctx, store.Customer{
		ID: access.MustID[access.CustomerID](uuid.NewString()), Name: name, TenantID: tenant, Connection: access.Connected,
		AccountDomain: in.Domain, Limits: contoso.Limits,
	}, store.Actor{})
}
