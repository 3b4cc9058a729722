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
