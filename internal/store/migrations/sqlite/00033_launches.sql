-- Sign-ins that a paired browser begins, and the tickets for which it gets a credential.

-- +goose Up
CREATE TABLE launches (
    id          TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    browser_id  TEXT NOT NULL REFERENCES paired_browsers,
    grant_id    TEXT NOT NULL REFERENCES grants,
    destination TEXT NOT NULL CHECK (destination <> ''),
    launched_at TEXT NOT NULL,
    -- How many reports about it are in the audit log.
    reports     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX launches_by_time ON launches (launched_at);

-- Kept with their launch, so that a second use is recognised.
CREATE TABLE fill_tickets (
    ticket_hash BLOB PRIMARY KEY NOT NULL CHECK (length(ticket_hash) = 32),
    launch_id   TEXT NOT NULL REFERENCES launches ON DELETE CASCADE,
    expires_at  TEXT NOT NULL,
    used_at     TEXT
) STRICT;
CREATE INDEX fill_tickets_of_launch ON fill_tickets (launch_id);
