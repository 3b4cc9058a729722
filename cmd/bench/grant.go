package main

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/store"
)

// request asks for access as a browser does.
func (t *technician) request(ctx context.Context, at store.Customer, profile access.ProfileID, lifetime time.Duration) (api.Grant, error) {
	return t.client.Request(ctx, uuid.NewString(), api.GrantRequest{
		CustomerId: at.ID, ProfileId: profile, LifetimeSeconds: int64(lifetime / time.Second),
	})
}

// active asks for access and waits for it, by live updates.
func (t *technician) active(ctx context.Context, at store.Customer, lifetime time.Duration) (api.Grant, error) {
	g, err := t.request(ctx, at, benchProfile, lifetime)
	if err != nil {
		return g, err
	}
	return t.client.Await(ctx, g.Id, access.Active)
}

// whole is one grant from the request to the proof, seen by live updates.
func (t *technician) whole(ctx context.Context, at store.Customer, profile access.ProfileID) (api.Grant, error) {
	g, err := t.request(ctx, at, profile, shortest)
	if err != nil {
		return g, err
	}
	return t.client.Await(ctx, g.Id, access.Ended)
}

const (
	// shortest is the shortest lifetime of a grant, and of a bare workflow's timer.
	shortest = time.Second
	// long is longer than anything here takes.
	long = time.Hour
)

// requestsOfGrants are the calls to a tenant, or to all (""), without what workers ask every tenant once a day.
func requestsOfGrants(sim *entrasim.Sim, tenant string) []entrasim.Request {
	return slices.DeleteFunc(sim.Requests(tenant), func(r entrasim.Request) bool {
		return r.Template == "/roleManagement/directory/roleDefinitions"
	})
}
