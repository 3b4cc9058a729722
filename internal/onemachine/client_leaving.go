package onemachine

import (
	"context"
	"net/http"

	"hourglass/api"
	"hourglass/internal/access"
)

// Disconnect lets a customer leave; it needs an admin's fresh assertion.
func (c *Client) Disconnect(ctx context.Context, id access.CustomerID) (leaving api.Leaving, err error) {
	err = c.call(ctx, http.MethodPost, customerPath(id, "/disconnect"), nil, &leaving)
	return leaving, err
}

// RemoveCustomer lets a customer leave and disappear; it needs an admin's fresh assertion.
func (c *Client) RemoveCustomer(ctx context.Context, id access.CustomerID) (leaving api.Leaving, err error) {
	err = c.call(ctx, http.MethodDelete, customerPath(id, ""), nil, &leaving)
	return leaving, err
}

// Leaving is how far a customer that leaves has come.
func (c *Client) Leaving(ctx context.Context, id access.CustomerID) (leaving api.Leaving, err error) {
	err = c.call(ctx, http.MethodGet, customerPath(id, "/leaving"), nil, &leaving)
	return leaving, err
}

func customerPath(id access.CustomerID, rest string) string {
	return "/api/v1/customers/" + id.String() + rest
}

// ScheduleDrills says how often a customer is drilled by itself; it needs an admin's fresh assertion.
func (c *Client) ScheduleDrills(ctx context.Context, id access.CustomerID, every access.DrillInterval) error {
	return c.call(ctx, http.MethodPut, customerPath(id, "/drill-schedule"), api.NewDrillSchedule{Every: every}, nil)
}

// Drills are the drills of a customer, newest first.
func (c *Client) Drills(ctx context.Context, id access.CustomerID) (list api.DrillList, err error) {
	err = c.call(ctx, http.MethodGet, customerPath(id, "/drills"), nil, &list)
	return list, err
}
