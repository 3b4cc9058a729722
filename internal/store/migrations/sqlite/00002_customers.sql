-- Customers, access profiles, and who may use which profile where.

-- +goose Up
CREATE TABLE customers (
    id             TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    name           TEXT NOT NULL CHECK (name <> ''),
    tenant_id      TEXT UNIQUE,
    connection     TEXT NOT NULL CHECK (connection IN ('unconnected', 'connected', 'broken', 'disconnecting')),
    account_domain TEXT NOT NULL,
    -- NULL limits admit nothing.
    default_lifetime_seconds INTEGER,
    maximum_lifetime_seconds INTEGER,
    created_at               TEXT NOT NULL,
    CONSTRAINT customers_connected_to_a_tenant CHECK (connection = 'unconnected' OR tenant_id IS NOT NULL),
    CONSTRAINT customers_limits CHECK (
        (default_lifetime_seconds IS NULL) = (maximum_lifetime_seconds IS NULL)
        AND default_lifetime_seconds BETWEEN 1 AND maximum_lifetime_seconds AND maximum_lifetime_seconds <= 86400)
) STRICT;

CREATE TABLE profiles (
    id                       TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    name                     TEXT NOT NULL CHECK (name <> ''),
    roles                    TEXT NOT NULL CHECK (json_type(roles) = 'array'),
    credential               TEXT NOT NULL CHECK (credential IN ('password', 'pass', 'pass_and_password')),
    default_lifetime_seconds INTEGER,
    maximum_lifetime_seconds INTEGER,
    reason_required          INTEGER NOT NULL CHECK (reason_required IN (0, 1)),
    ticket_required          INTEGER NOT NULL CHECK (ticket_required IN (0, 1)),
    approval_required        INTEGER NOT NULL CHECK (approval_required IN (0, 1)),
    CONSTRAINT profiles_limits CHECK (
        (default_lifetime_seconds IS NULL) = (maximum_lifetime_seconds IS NULL)
        AND default_lifetime_seconds BETWEEN 1 AND maximum_lifetime_seconds AND maximum_lifetime_seconds <= 86400)
) STRICT;

CREATE TABLE teams (
    id   TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    name TEXT NOT NULL CHECK (name <> '')
) STRICT;

CREATE TABLE team_members (
    person_id TEXT NOT NULL REFERENCES people,
    team_id   TEXT NOT NULL REFERENCES teams,
    PRIMARY KEY (person_id, team_id)
) STRICT;
CREATE INDEX team_members_of_team ON team_members (team_id);

CREATE TABLE entitlements (
    id         TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    person_id  TEXT REFERENCES people,
    team_id    TEXT REFERENCES teams,
    profile_id TEXT NOT NULL REFERENCES profiles,
    -- NULL means all customers.
    customer_id TEXT REFERENCES customers,
    ends_at     TEXT,
    CONSTRAINT entitlements_of_person_or_team CHECK ((person_id IS NULL) <> (team_id IS NULL))
) STRICT;
CREATE INDEX entitlements_of_person ON entitlements (person_id, profile_id, customer_id) WHERE person_id IS NOT NULL;
CREATE INDEX entitlements_of_team ON entitlements (team_id, profile_id, customer_id) WHERE team_id IS NOT NULL;
