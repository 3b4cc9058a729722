-- Accounts, grants, and the data keys of their credentials.

-- +goose Up
CREATE TABLE accounts (
    id               TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    person_id        TEXT NOT NULL REFERENCES people,
    customer_id      TEXT NOT NULL REFERENCES customers,
    marker           TEXT NOT NULL UNIQUE CHECK (marker <> ''),
    object_id        TEXT,
    upn              TEXT,
    create_attempted INTEGER NOT NULL CHECK (create_attempted IN (0, 1)),
    -- When this object_id was recorded.
    provisioned_at   TEXT CHECK ((provisioned_at IS NULL) = (object_id IS NULL)),
    UNIQUE (person_id, customer_id),
    UNIQUE (customer_id, object_id)
) STRICT;

-- A copy of access.Transitions.
CREATE TABLE grant_transitions (
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    PRIMARY KEY (from_state, to_state)
) STRICT;
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
    id              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    person_id       TEXT NOT NULL REFERENCES people,
    customer_id     TEXT NOT NULL REFERENCES customers,
    account_id      TEXT NOT NULL REFERENCES accounts,
    idempotency_key TEXT NOT NULL CHECK (idempotency_key <> ''),
    fingerprint     BLOB NOT NULL CHECK (length(fingerprint) = 32),

    -- The terms, as they were at the request (least-power).
    profile_id        TEXT NOT NULL REFERENCES profiles,
    profile_name      TEXT NOT NULL CHECK (profile_name <> ''),
    roles             TEXT NOT NULL CHECK (json_array_length(roles) > 0),
    credential        TEXT NOT NULL CHECK (credential IN ('password', 'pass', 'pass_and_password')),
    lifetime_seconds  INTEGER NOT NULL,
    maximum_seconds   INTEGER NOT NULL CHECK (maximum_seconds <= 86400),
    approval_required INTEGER NOT NULL CHECK (approval_required IN (0, 1)),
    reason            TEXT NOT NULL,
    ticket            TEXT NOT NULL,
    requested_at      TEXT NOT NULL,

    state                  TEXT NOT NULL CHECK (state IN ('requested', 'awaiting_approval', 'provisioning', 'active', 'ending', 'ended')),
    cause                  TEXT CHECK (cause IN ('expired', 'returned', 'revoked', 'denied', 'withdrawn', 'failed')),
    outcome                TEXT CHECK (outcome IN ('expired', 'returned', 'revoked', 'denied', 'withdrawn', 'failed')),
    revision               INTEGER NOT NULL CHECK (revision > 0),
    deadline               TEXT NOT NULL CHECK (deadline > requested_at),
    touched_at             TEXT NOT NULL,
    approved_by            TEXT REFERENCES people,
    approved_at            TEXT,
    active_at              TEXT,
    expires_at             TEXT,
    ending_at              TEXT,
    ended_at               TEXT,
    pass_ends_at           TEXT,
    pass_ends_in_time      INTEGER NOT NULL CHECK (pass_ends_in_time IN (0, 1)),
    roles_end_at_microsoft INTEGER NOT NULL CHECK (roles_end_at_microsoft IN (0, 1)),

    proof_read_at             TEXT,
    proof_object_id           TEXT,
    proof_sessions_revoked_at TEXT,
    proof_removed_roles       INTEGER NOT NULL CHECK (proof_removed_roles >= 0),
    proof_removed_methods     INTEGER NOT NULL CHECK (proof_removed_methods >= 0),
    proof_removed_groups      INTEGER NOT NULL CHECK (proof_removed_groups >= 0),

    UNIQUE (person_id, idempotency_key),
    CONSTRAINT grants_lifetime CHECK (lifetime_seconds BETWEEN 1 AND maximum_seconds),
    CONSTRAINT grants_outcome_iff_ended CHECK ((outcome IS NOT NULL) = (state = 'ended') AND (ended_at IS NOT NULL) = (state = 'ended')),
    CONSTRAINT grants_cause_iff_ending CHECK ((cause IS NOT NULL) = (state IN ('ending', 'ended'))),
    CONSTRAINT grants_ending_has_instant CHECK (state <> 'ending' OR ending_at IS NOT NULL),
    CONSTRAINT grants_active_expires CHECK ((state <> 'active' OR active_at IS NOT NULL) AND (active_at IS NULL) = (expires_at IS NULL)),
    CONSTRAINT grants_within_maximum CHECK (expires_at > active_at AND unixepoch(expires_at) - unixepoch(active_at) <= maximum_seconds),
    CONSTRAINT grants_nobody_approves_themselves CHECK (approved_by <> person_id AND (approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT grants_approved_before_access CHECK (
        NOT approval_required OR approved_by IS NOT NULL OR (state NOT IN ('provisioning', 'active') AND active_at IS NULL)),
    CONSTRAINT grants_proof_of_off CHECK (state <> 'ended' OR ending_at IS NULL OR proof_read_at IS NOT NULL)
) STRICT;
-- one-live-grant
CREATE UNIQUE INDEX grants_one_live ON grants (person_id, customer_id) WHERE state <> 'ended';
CREATE INDEX grants_newest ON grants (requested_at DESC, id DESC);
CREATE INDEX grants_newest_of_person ON grants (person_id, requested_at DESC, id DESC);
CREATE INDEX grants_newest_of_customer ON grants (customer_id, requested_at DESC, id DESC);
CREATE INDEX grants_live ON grants (deadline, id) WHERE state <> 'ended';

CREATE TABLE data_keys (
    grant_id     TEXT PRIMARY KEY NOT NULL REFERENCES grants,
    wrapped      BLOB,
    destroyed_at TEXT,
    CONSTRAINT data_keys_present_or_destroyed CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
) STRICT;
