-- Drills: a canary account gets the strongest profile of a customer, is switched off and proven off.

-- +goose Up
-- Accounts of no person. One that could be deleted is never used again.
CREATE TABLE canaries (
    id               TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    customer_id      TEXT NOT NULL REFERENCES customers,
    marker           TEXT NOT NULL UNIQUE CHECK (marker <> ''),
    object_id        TEXT,
    upn              TEXT,
    create_attempted INTEGER NOT NULL CHECK (create_attempted IN (0, 1)),
    provisioned_at   TEXT CHECK ((provisioned_at IS NULL) = (object_id IS NULL)),
    deleted_at       TEXT
) STRICT;
CREATE UNIQUE INDEX canaries_one_of_customer ON canaries (customer_id) WHERE deleted_at IS NULL;

CREATE TABLE drills (
    id           TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    customer_id  TEXT NOT NULL REFERENCES customers,
    canary_id    TEXT NOT NULL REFERENCES canaries,
    -- NULL where the schedule began it.
    person_id    TEXT REFERENCES people,
    -- The profile as it was at the beginning.
    profile_id   TEXT NOT NULL REFERENCES profiles,
    profile_name TEXT NOT NULL,
    roles        TEXT NOT NULL CHECK (json_array_length(roles) > 0),
    credential   TEXT NOT NULL,
    begun_at     TEXT NOT NULL,
    armed_at     TEXT,
    ending_at    TEXT,
    off_at       TEXT CHECK (off_at IS NULL OR proof IS NOT NULL),
    ended_at     TEXT CHECK (ended_at IS NULL OR off_at IS NOT NULL),
    -- The kind of what went wrong, and in which step; an ended drill has passed where both are NULL.
    failure      TEXT,
    reason       TEXT,
    proof        TEXT CHECK (json_valid(proof)),
    steps        TEXT CHECK (json_valid(steps)),
    deletion     TEXT CHECK (deletion IN ('deleted', 'refused'))
) STRICT;
CREATE UNIQUE INDEX drills_one_running ON drills (customer_id) WHERE ended_at IS NULL;
CREATE INDEX drills_running ON drills (begun_at) WHERE ended_at IS NULL;
CREATE INDEX drills_of_customer ON drills (customer_id, begun_at);

CREATE TABLE drill_schedules (
    customer_id TEXT PRIMARY KEY NOT NULL REFERENCES customers,
    every       TEXT NOT NULL CHECK (every IN ('never', 'weekly', 'monthly')),
    -- NULL where none is due.
    due_at      TEXT CHECK ((due_at IS NULL) = (every = 'never')),
    revision    INTEGER NOT NULL
) STRICT;
CREATE INDEX drill_schedules_due ON drill_schedules (due_at) WHERE due_at IS NOT NULL;
