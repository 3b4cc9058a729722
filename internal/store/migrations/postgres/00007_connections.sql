-- How customers are connected to their Entra tenants.

-- +goose Up
CREATE TABLE connection_attempts (
    id            uuid PRIMARY KEY,
    customer_id   uuid NOT NULL REFERENCES customers,
    person_id     uuid NOT NULL REFERENCES people,
    -- The session that began it. Sessions are deleted at their end, attempts are kept.
    session_id    bytea NOT NULL CHECK (octet_length(session_id) = 32),
    state_hash    bytea NOT NULL UNIQUE CHECK (octet_length(state_hash) = 32),
    -- The tenant that is expected to consent.
    tenant_id     uuid NOT NULL,
    step          text NOT NULL CHECK (step IN ('awaiting_consent', 'awaiting_token', 'awaiting_permissions', 'verifying', 'connected', 'failed')),
    failure       text CHECK ((failure IS NOT NULL) = (step = 'failed')),
    missing       jsonb NOT NULL CHECK (jsonb_typeof(missing) = 'array'),
    begun_at      timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL CHECK (expires_at > begun_at),
    state_used_at timestamptz,
    consented_at  timestamptz,
    -- When the tenant is asked again.
    next_check_at timestamptz CHECK ((next_check_at IS NOT NULL) = (step IN ('awaiting_token', 'awaiting_permissions', 'verifying'))),
    ended_at      timestamptz CHECK ((ended_at IS NOT NULL) = (step IN ('connected', 'failed'))),
    CONSTRAINT connection_attempts_consent_by_its_state CHECK (consented_at IS NULL OR state_used_at IS NOT NULL),
    CONSTRAINT connection_attempts_nothing_without_consent CHECK (consented_at IS NOT NULL OR step IN ('awaiting_consent', 'failed'))
);
CREATE UNIQUE INDEX connection_attempts_one_open ON connection_attempts (customer_id) WHERE ended_at IS NULL;
CREATE INDEX connection_attempts_of_customer ON connection_attempts (customer_id, begun_at);
CREATE INDEX connection_attempts_due ON connection_attempts (next_check_at) WHERE next_check_at IS NOT NULL;

-- What a connected tenant was last seen to have consented to.
CREATE TABLE connections (
    customer_id uuid PRIMARY KEY REFERENCES customers,
    permissions jsonb NOT NULL CHECK (jsonb_typeof(permissions) = 'array'),
    verified_at timestamptz NOT NULL
);
