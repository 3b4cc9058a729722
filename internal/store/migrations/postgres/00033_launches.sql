-- Sign-ins that a paired browser begins, and the tickets for which it gets a credential.

-- +goose Up
CREATE TABLE launches (
    id          uuid PRIMARY KEY,
    browser_id  uuid NOT NULL REFERENCES paired_browsers,
    grant_id    uuid NOT NULL REFERENCES grants,
    destination text NOT NULL CHECK (destination <> ''),
    launched_at timestamptz NOT NULL,
    -- How many reports about it are in the audit log.
    reports     integer NOT NULL DEFAULT 0
);
CREATE INDEX launches_by_time ON launches (launched_at);

-- Kept with their launch, so that a second use is recognised.
CREATE TABLE fill_tickets (
    ticket_hash bytea PRIMARY KEY CHECK (octet_length(ticket_hash) = 32),
    launch_id   uuid NOT NULL REFERENCES launches ON DELETE CASCADE,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE INDEX fill_tickets_of_launch ON fill_tickets (launch_id);
