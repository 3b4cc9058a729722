-- Operators watch drills that fail.

-- +goose Up
CREATE INDEX drills_failed ON drills (customer_id, begun_at) WHERE failure IS NOT NULL;
