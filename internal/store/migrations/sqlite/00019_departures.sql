-- Customers leave: every account that was made there is switched off and proven off.

-- +goose Up
-- A removed customer is in no list any more. Its grants and records stay.
ALTER TABLE customers ADD COLUMN removed_at TEXT;

CREATE TABLE departures (
    id               TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    customer_id      TEXT NOT NULL REFERENCES customers,
    -- Where its accounts are; NULL where the customer had no tenant.
    tenant_id        TEXT,
    person_id        TEXT NOT NULL REFERENCES people,
    removes          INTEGER NOT NULL CHECK (removes IN (0, 1)),
    deletes_accounts INTEGER NOT NULL CHECK (deletes_accounts IN (0, 1)),
    begun_at         TEXT NOT NULL,
    ended_at         TEXT,
    -- Who acknowledged that accounts may still be on.
    abandoned_by     TEXT REFERENCES people,
    CONSTRAINT departures_abandoned_at_the_end CHECK (abandoned_by IS NULL OR ended_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX departures_one_open ON departures (customer_id) WHERE ended_at IS NULL;
CREATE INDEX departures_open ON departures (begun_at) WHERE ended_at IS NULL;
CREATE INDEX departures_of_customer ON departures (customer_id, begun_at);

CREATE TABLE departure_accounts (
    departure_id TEXT NOT NULL REFERENCES departures,
    account_id   TEXT NOT NULL CHECK (length(account_id) = 36),
    tried_at     TEXT,
    -- The kind of what went wrong at the last try.
    failure      TEXT,
    proof        TEXT CHECK (json_valid(proof)),
    deletion     TEXT CHECK (deletion IN ('deleted', 'refused')),
    PRIMARY KEY (departure_id, account_id),
    CONSTRAINT departure_accounts_off_before_deletion CHECK (deletion IS NULL OR proof IS NOT NULL)
) STRICT;

-- proof-of-off
-- +goose StatementBegin
CREATE TRIGGER departures_end_proven BEFORE UPDATE OF ended_at ON departures
WHEN NEW.ended_at IS NOT NULL AND NEW.abandoned_by IS NULL AND EXISTS (
    SELECT 1 FROM departure_accounts WHERE departure_id = NEW.id AND proof IS NULL)
BEGIN SELECT RAISE(ABORT, 'a departure ends with every account proven off'); END;
-- +goose StatementEnd
