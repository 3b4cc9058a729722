package onemachine

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"hourglass/api"
	"hourglass/internal/store"
)

// Import brings in a list from the text of a CSV file; unless it is a dry run it needs an admin's fresh assertion.
func (c *Client) Import(ctx context.Context, list store.List, file string, dryRun bool) (report api.ImportReport, err error) {
	err = c.call(ctx, http.MethodPost, fmt.Sprintf("/api/v1/bulk/%s?dry_run=%t", list, dryRun), sheet(file), &report)
	return report, err
}

// Export is a whole list as the text of a CSV file.
func (c *Client) Export(ctx context.Context, list store.List) (string, error) {
	answer, err := c.send(ctx, http.MethodGet, fmt.Sprintf("/api/v1/bulk/%s", list), nil)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	file, err := io.ReadAll(answer.Body)
	return string(file), err
}

// CreateProfile needs an admin's fresh assertion.
func (c *Client) CreateProfile(ctx context.Context, rules api.ProfileRules) (profile api.Profile, err error) {
	err = c.call(ctx, http.MethodPost, "/api/v1/profiles", rules, &profile)
	return profile, err
}

// ProfileTemplates are the ready-made profiles to start from.
func (c *Client) ProfileTemplates(ctx context.Context) ([]api.ProfileRules, error) {
	var answer struct{ Templates []api.ProfileRules }
	err := c.call(ctx, http.MethodGet, "/api/v1/profile-templates", nil, &answer)
	return answer.Templates, err
}

// Customers is the first page of them, by name.
func (c *Client) Customers(ctx context.Context) ([]api.Customer, error) {
	var page api.CustomerPage
	err := c.call(ctx, http.MethodGet, "/api/v1/customers", nil, &page)
	return page.Customers, err
}
