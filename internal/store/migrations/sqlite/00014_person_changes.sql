-- People change; a new enrolment link voids those before it.

-- +goose Up
-- Counts the changes, so that each has an audit record of its own.
ALTER TABLE people ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE INDEX enrolments_unused ON enrolments (person_id) WHERE used_at IS NULL;
