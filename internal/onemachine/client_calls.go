package onemachine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"hourglass/api"
	"hourglass/internal/access"
)

// Enrol opens a one-time link, makes the passkey and is signed in afterwards.
func (c *Client) Enrol(ctx context.Context, link string) error {
	_, token, found := strings.Cut(link, "#")
	if !found {
		return fmt.Errorf("%w: an enrolment link has a token behind #", access.ErrInvalid)
	}
	var options json.RawMessage
	if err := c.call(ctx, http.MethodPost, "/api/v1/enrolment/begin", api.EnrolmentBegin{Token: token}, &options); err != nil {
		return err
	}
	credential, err := c.device.create(options)
	if err != nil {
		return err
	}
	finish := api.EnrolmentFinish{Token: token, Name: "Software key", Credential: credential}
	return c.call(ctx, http.MethodPost, "/api/v1/enrolment/finish", finish, nil)
}

// SignIn opens a new session with the passkey.
func (c *Client) SignIn(ctx context.Context) error { return c.ceremony(ctx, "/api/v1/sign-in") }

// Assert makes a fresh assertion in the session.
func (c *Client) Assert(ctx context.Context) error { return c.ceremony(ctx, "/api/v1/assertion") }

func (c *Client) ceremony(ctx context.Context, path string) error {
	var options json.RawMessage
	if err := c.call(ctx, http.MethodPost, path+"/begin", nil, &options); err != nil {
		return err
	}
	credential, err := c.device.sign(options)
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, path+"/finish", api.CeremonyAnswer{Credential: credential}, nil)
}

// SignOut ends the session.
func (c *Client) SignOut(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/api/v1/sign-out", nil, nil)
}

// Me is who is signed in.
func (c *Client) Me(ctx context.Context) (me api.Me, err error) {
	err = c.call(ctx, http.MethodGet, "/api/v1/me", nil, &me)
	return me, err
}

// Access is what the technician may reach.
func (c *Client) Access(ctx context.Context) (list api.AccessList, err error) {
	err = c.call(ctx, http.MethodGet, "/api/v1/access", nil, &list)
	return list, err
}

// Request asks for access. The same key with the same request gives the same grant.
func (c *Client) Request(ctx context.Context, key string, request api.GrantRequest) (grant api.Grant, err error) {
	err = c.call(ctx, http.MethodPost, "/api/v1/grants", request, &grant, "Idempotency-Key", key)
	return grant, err
}

// Grant reads one grant.
func (c *Client) Grant(ctx context.Context, id access.GrantID) (grant api.Grant, err error) {
	err = c.call(ctx, http.MethodGet, grantPath(id, ""), nil, &grant)
	return grant, err
}

// Credential reveals the credential of an active grant; it needs a fresh assertion.
func (c *Client) Credential(ctx context.Context, id access.GrantID) (credential api.Credential, err error) {
	err = c.call(ctx, http.MethodPost, grantPath(id, "/credential"), nil, &credential)
	return credential, err
}

// Return ends the technician's own grant.
func (c *Client) Return(ctx context.Context, id access.GrantID) (grant api.Grant, err error) {
	err = c.call(ctx, http.MethodPost, grantPath(id, "/return"), nil, &grant)
	return grant, err
}

// Revoke ends anybody's grant.
func (c *Client) Revoke(ctx context.Context, id access.GrantID, comment string) (grant api.Grant, err error) {
	err = c.call(ctx, http.MethodPost, grantPath(id, "/revoke"), api.Comment{Comment: comment}, &grant)
	return grant, err
}

// Approve decides for somebody else's request.
func (c *Client) Approve(ctx context.Context, id access.GrantID, comment string) (grant api.Grant, err error) {
	err = c.call(ctx, http.MethodPost, grantPath(id, "/approve"), api.Comment{Comment: comment}, &grant)
	return grant, err
}

// Extend lets a grant end later.
func (c *Client) Extend(ctx context.Context, id access.GrantID, key string, until time.Time) (grant api.Grant, err error) {
	err = c.call(ctx, http.MethodPost, grantPath(id, "/extend"), api.Extension{ExpiresAt: until}, &grant, "Idempotency-Key", key)
	return grant, err
}

func grantPath(id access.GrantID, action string) string {
	return "/api/v1/grants/" + id.String() + action
}

// RemoveEntitlement needs an admin's fresh assertion.
func (c *Client) RemoveEntitlement(ctx context.Context, id access.EntitlementID) error {
	return c.call(ctx, http.MethodDelete, "/api/v1/entitlements/"+id.String(), nil, nil)
}
