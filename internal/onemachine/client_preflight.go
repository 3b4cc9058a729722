package onemachine

import (
	"context"
	"net/http"

	"hourglass/api"
	"hourglass/internal/access"
)

// Preflight is what is known of a customer's tenant.
func (c *Client) Preflight(ctx context.Context, id access.CustomerID) (p api.Preflight, err error) {
	err = c.call(ctx, http.MethodGet, preflightPath(id), nil, &p)
	return p, err
}

// RunPreflight has a customer's tenant checked; Preflight tells when that is over.
func (c *Client) RunPreflight(ctx context.Context, id access.CustomerID) (p api.Preflight, err error) {
	err = c.call(ctx, http.MethodPost, preflightPath(id), nil, &p)
	return p, err
}

// AllowUserAdministrator lets the app take the role for itself at a customer, or forbids it; it needs a fresh assertion.
func (c *Client) AllowUserAdministrator(ctx context.Context, id access.CustomerID, allowed bool) (p api.Preflight, err error) {
	err = c.call(ctx, http.MethodPut, preflightPath(id), api.PreflightSettings{MayTakeUserAdministrator: allowed}, &p)
	return p, err
}

func preflightPath(id access.CustomerID) string {
	return "/api/v1/customers/" + id.String() + "/preflight"
}
