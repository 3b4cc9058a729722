-- Who may reach a customer is asked as often as what a person may reach.

-- +goose Up
CREATE INDEX entitlements_of_customer ON entitlements (customer_id);
CREATE INDEX entitlements_of_profile ON entitlements (profile_id);
