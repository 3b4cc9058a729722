-- How customers are connected to their Entra tenants.

-- +goose Up
CREATE TABLE connection_attempts (
    id            TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    customer_id   TEXT NOT NULL REFERENCES customers,
    person_id     TEXT NOT NULL REFERENCES people,
    -- The session that began it. Sessions are deleted at their end, attempts are kept.
    session_id    BLOB NOT NULL CHECK (length(session_id) = 32),
    state_hash    BLOB NOT NULL UNIQUE CHECK (length(state_hash) = 32),
    -- The tenant that is expected to consent.
    tenant_id     TEXT NOT NULL,
    step          TEXT NOT NULL CHECK (step IN ('awaiting_consent', 'awaiting_token', 'awaiting_permissions', 'verifying', 'connected', 'failed')),
    failure       TEXT CHECK ((failure IS NOT NULL) = (step = 'failed')),
    missing       TEXT NOT NULL CHECK (json_type(missing) = 'array'),
    begun_at      TEXT NOT NULL,
    expires_at    TEXT NOT NULL CHECK (expires_at > begun_at),
    state_used_at TEXT,
    consented_at  TEXT,
    -- When the tenant is asked again.
    next_check_at TEXT CHECK ((next_check_at IS NOT NULL) = (step IN ('awaiting_token', 'awaiting_permissions', 'verifying'))),
    ended_at      TEXT CHECK ((ended_at IS NOT NULL) = (step IN ('connected', 'failed'))),
    CONSTRAINT connection_attempts_consent_by_its_state CHECK (consented_at IS NULL OR state_used_at IS NOT NULL),
    CONSTRAINT connection_attempts_nothing_without_consent CHECK (consented_at IS NOT NULL OR step IN ('awaiting_consent', 'failed'))
) STRICT;
CREATE UNIQUE INDEX connection_attempts_one_open ON connection_attempts (customer_id) WHERE ended_at IS NULL;
CREATE INDEX connection_attempts_of_customer ON connection_attempts (customer_id, begun_at);
CREATE INDEX connection_attempts_due ON connection_attempts (next_check_at) WHERE next_check_at IS NOT NULL;

-- What a connected tenant was last seen to have consented to.
CREATE TABLE connections (
    customer_id TEXT PRIMARY KEY NOT NULL REFERENCES customers,
    permissions TEXT NOT NULL CHECK (json_type(permissions) = 'array'),
    verified_at TEXT NOT NULL
) STRICT;
