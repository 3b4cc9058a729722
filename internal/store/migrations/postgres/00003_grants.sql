-- Accounts, grants, and the data keys of their credentials.

-- +goose Up
CREATE TABLE accounts (
    id               uuid PRIMARY KEY,
    person_id        uuid NOT NULL REFERENCES people,
    customer_id      uuid NOT NULL REFERENCES customers,
    marker           text NOT NULL UNIQUE CHECK (marker <> ''),
    object_id        uuid,
    upn              text,
    create_attempted boolean NOT NULL,
    -- When this object_id was recorded.
    provisioned_at   timestamptz CHECK ((provisioned_at IS NULL) = (object_id IS NULL)),
    UNIQUE (person_id, customer_id),
    UNIQUE (customer_id, object_id)
);

-- A copy of access.Transitions.
CREATE TABLE grant_transitions (
    from_state text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
INSERT INTO grant_transitions (from_state, to_state) VALUES
    ('requested', 'awaiting_approval'),
    ('requested', 'provisioning'),
    ('requested', 'ending'),
    ('awaiting_approval', 'provisioning'),
    ('awaiting_approval', 'ended'),
    ('provisioning', 'active'),
    ('provisioning', 'ending'),
    ('active', 'ending'),
    ('ending', 'ended');

CREATE TABLE grants (
    id                uuid PRIMARY KEY,
    person_id         uuid NOT NULL REFERENCES people,
    customer_id       uuid NOT NULL REFERENCES customers,
    account_id        uuid NOT NULL REFERENCES accounts,
    idempotency_key   text NOT NULL CHECK (idempotency_key <> ''),
    fingerprint       bytea NOT NULL CHECK (octet_length(fingerprint) = 32),

    -- The terms, as they were at the request (least-power).
    profile_id        uuid NOT NULL REFERENCES profiles,
    profile_name      text NOT NULL CHECK (profile_name <> ''),
    roles             jsonb NOT NULL CHECK (jsonb_array_length(roles) > 0),
    credential        text NOT NULL CHECK (credential IN ('password', 'pass', 'pass_and_password')),
    lifetime_seconds  bigint NOT NULL,
    maximum_seconds   bigint NOT NULL CHECK (maximum_seconds <= 86400),
    approval_required boolean NOT NULL,
    reason            text NOT NULL,
    ticket            text NOT NULL,
    requested_at      timestamptz NOT NULL,

    state             text NOT NULL CHECK (state IN ('requested', 'awaiting_approval', 'provisioning', 'active', 'ending', 'ended')),
    cause             text CHECK (cause IN ('expired', 'returned', 'revoked', 'denied', 'withdrawn', 'failed')),
    outcome           text CHECK (outcome IN ('expired', 'returned', 'revoked', 'denied', 'withdrawn', 'failed')),
    revision          bigint NOT NULL CHECK (revision > 0),
    deadline          timestamptz NOT NULL CHECK (deadline > requested_at),
    touched_at        timestamptz NOT NULL,
    approved_by       uuid REFERENCES people,
    approved_at       timestamptz,
    active_at         timestamptz,
    expires_at        timestamptz,
    ending_at         timestamptz,
    ended_at          timestamptz,
    pass_ends_at      timestamptz,
    pass_ends_in_time      boolean NOT NULL,
    roles_end_at_microsoft boolean NOT NULL,

    proof_read_at             timestamptz,
    proof_object_id           uuid,
    proof_sessions_revoked_at timestamptz,
    proof_removed_roles       bigint NOT NULL CHECK (proof_removed_roles >= 0),
    proof_removed_methods     bigint NOT NULL CHECK (proof_removed_methods >= 0),
    proof_removed_groups      bigint NOT NULL CHECK (proof_removed_groups >= 0),

    UNIQUE (person_id, idempotency_key),
    CONSTRAINT grants_lifetime CHECK (lifetime_seconds BETWEEN 1 AND maximum_seconds),
    CONSTRAINT grants_outcome_iff_ended CHECK ((outcome IS NOT NULL) = (state = 'ended') AND (ended_at IS NOT NULL) = (state = 'ended')),
    CONSTRAINT grants_cause_iff_ending CHECK ((cause IS NOT NULL) = (state IN ('ending', 'ended'))),
    CONSTRAINT grants_ending_has_instant CHECK (state <> 'ending' OR ending_at IS NOT NULL),
    CONSTRAINT grants_active_expires CHECK ((state <> 'active' OR active_at IS NOT NULL) AND (active_at IS NULL) = (expires_at IS NULL)),
    CONSTRAINT grants_within_maximum CHECK (expires_at > active_at AND expires_at <= active_at + maximum_seconds * interval '1 second'),
    CONSTRAINT grants_nobody_approves_themselves CHECK (approved_by <> person_id AND (approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT grants_approved_before_access CHECK (
        NOT approval_required OR approved_by IS NOT NULL OR (state NOT IN ('provisioning', 'active') AND active_at IS NULL)),
    CONSTRAINT grants_proof_of_off CHECK (state <> 'ended' OR ending_at IS NULL OR proof_read_at IS NOT NULL)
);
-- one-live-grant
CREATE UNIQUE INDEX grants_one_live ON grants (person_id, customer_id) WHERE state <> 'ended';
CREATE INDEX grants_newest ON grants (requested_at DESC, id DESC);
CREATE INDEX grants_newest_of_person ON grants (person_id, requested_at DESC, id DESC);
CREATE INDEX grants_newest_of_customer ON grants (customer_id, requested_at DESC, id DESC);
CREATE INDEX grants_live ON grants (deadline, id) WHERE state <> 'ended';

CREATE TABLE data_keys (
    grant_id     uuid PRIMARY KEY REFERENCES grants,
    wrapped      bytea,
    destroyed_at timestamptz,
    CONSTRAINT data_keys_present_or_destroyed CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
