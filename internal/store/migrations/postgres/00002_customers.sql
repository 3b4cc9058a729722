-- Customers, access profiles, and who may use which profile where.

-- +goose Up
CREATE TABLE customers (
    id               uuid PRIMARY KEY,
    name             text NOT NULL CHECK (name <> ''),
    tenant_id        uuid UNIQUE,
    connection       text NOT NULL CHECK (connection IN ('unconnected', 'connected', 'broken', 'disconnecting')),
    account_domain   text NOT NULL,
    -- NULL limits admit nothing.
    default_lifetime_seconds bigint,
    maximum_lifetime_seconds bigint,
    created_at       timestamptz NOT NULL,
    CONSTRAINT customers_connected_to_a_tenant CHECK (connection = 'unconnected' OR tenant_id IS NOT NULL),
    CONSTRAINT customers_limits CHECK (
        (default_lifetime_seconds IS NULL) = (maximum_lifetime_seconds IS NULL)
        AND default_lifetime_seconds BETWEEN 1 AND maximum_lifetime_seconds AND maximum_lifetime_seconds <= 86400)
);

CREATE TABLE profiles (
    id                uuid PRIMARY KEY,
    name              text NOT NULL CHECK (name <> ''),
    roles             jsonb NOT NULL CHECK (jsonb_typeof(roles) = 'array'),
    credential        text NOT NULL CHECK (credential IN ('password', 'pass', 'pass_and_password')),
    default_lifetime_seconds bigint,
    maximum_lifetime_seconds bigint,
    reason_required   boolean NOT NULL,
    ticket_required   boolean NOT NULL,
    approval_required boolean NOT NULL,
    CONSTRAINT profiles_limits CHECK (
        (default_lifetime_seconds IS NULL) = (maximum_lifetime_seconds IS NULL)
        AND default_lifetime_seconds BETWEEN 1 AND maximum_lifetime_seconds AND maximum_lifetime_seconds <= 86400)
);

CREATE TABLE teams (
    id   uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> '')
);

CREATE TABLE team_members (
    person_id uuid NOT NULL REFERENCES people,
    team_id   uuid NOT NULL REFERENCES teams,
    PRIMARY KEY (person_id, team_id)
);
CREATE INDEX team_members_of_team ON team_members (team_id);

CREATE TABLE entitlements (
    id          uuid PRIMARY KEY,
    person_id   uuid REFERENCES people,
    team_id     uuid REFERENCES teams,
    profile_id  uuid NOT NULL REFERENCES profiles,
    -- NULL means all customers.
    customer_id uuid REFERENCES customers,
    ends_at     timestamptz,
    CONSTRAINT entitlements_of_person_or_team CHECK ((person_id IS NULL) <> (team_id IS NULL))
);
CREATE INDEX entitlements_of_person ON entitlements (person_id, profile_id, customer_id) WHERE person_id IS NOT NULL;
CREATE INDEX entitlements_of_team ON entitlements (team_id, profile_id, customer_id) WHERE team_id IS NOT NULL;
