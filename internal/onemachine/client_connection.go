package onemachine

import (
	"context"
	"net/http"
	"net/url"

	"hourglass/api"
	"hourglass/internal/access"
)

// BeginConnection asks where consent is given for a customer; it needs a fresh assertion.
func (c *Client) BeginConnection(ctx context.Context, id access.CustomerID, tenant string) (page api.ConsentPage, err error) {
	err = c.call(ctx, http.MethodPost, connectionPath(id), api.ConnectionRequest{Tenant: tenant}, &page)
	return page, err
}

// ComeBack does what the page at /connect does with the address that Microsoft led back to.
func (c *Client) ComeBack(ctx context.Context, back *url.URL) (connection api.Connection, err error) {
	query := back.Query()
	said := api.ConnectionCallback{State: query.Get("state"), Tenant: query.Get("tenant"), Error: query.Get("error")}
	err = c.call(ctx, http.MethodPost, "/api/v1/connection/callback", said, &connection)
	return connection, err
}

// Connection is how far a customer is connected.
func (c *Client) Connection(ctx context.Context, id access.CustomerID) (connection api.Connection, err error) {
	err = c.call(ctx, http.MethodGet, connectionPath(id), nil, &connection)
	return connection, err
}

func connectionPath(id access.CustomerID) string {
	return "/api/v1/customers/" + id.String() + "/connection"
}

// BringApp gives a customer an app registration of its own; it needs a fresh assertion.
func (c *Client) BringApp(ctx context.Context, id access.CustomerID, app api.OwnApp) (connection api.Connection, err error) {
	err = c.call(ctx, http.MethodPost, connectionPath(id)+"/app", app, &connection)
	return connection, err
}
