-- Drills: a canary account gets the strongest profile of a customer, is switched off and proven off.

-- +goose Up
-- Accounts of no person. One that could be deleted is never used again.
CREATE TABLE canaries (
    id               uuid PRIMARY KEY,
    customer_id      uuid NOT NULL REFERENCES customers,
    marker           text NOT NULL UNIQUE CHECK (marker <> ''),
    object_id        uuid,
    upn              text,
    create_attempted boolean NOT NULL,
    provisioned_at   timestamptz CHECK ((provisioned_at IS NULL) = (object_id IS NULL)),
    deleted_at       timestamptz
);
CREATE UNIQUE INDEX canaries_one_of_customer ON canaries (customer_id) WHERE deleted_at IS NULL;

CREATE TABLE drills (
    id           uuid PRIMARY KEY,
    customer_id  uuid NOT NULL REFERENCES customers,
    canary_id    uuid NOT NULL REFERENCES canaries,
    -- NULL where the schedule began it.
    person_id    uuid REFERENCES people,
    -- The profile as it was at the beginning.
    profile_id   uuid NOT NULL REFERENCES profiles,
    profile_name text NOT NULL,
    roles        jsonb NOT NULL CHECK (jsonb_array_length(roles) > 0),
    credential   text NOT NULL,
    begun_at     timestamptz NOT NULL,
    armed_at     timestamptz,
    ending_at    timestamptz,
    off_at       timestamptz CHECK (off_at IS NULL OR proof IS NOT NULL),
    ended_at     timestamptz CHECK (ended_at IS NULL OR off_at IS NOT NULL),
    -- The kind of what went wrong, and in which step; an ended drill has passed where both are NULL.
    failure      text,
    reason       text,
    proof        jsonb,
    steps        jsonb,
    deletion     text CHECK (deletion IN ('deleted', 'refused'))
);
CREATE UNIQUE INDEX drills_one_running ON drills (customer_id) WHERE ended_at IS NULL;
CREATE INDEX drills_running ON drills (begun_at) WHERE ended_at IS NULL;
CREATE INDEX drills_of_customer ON drills (customer_id, begun_at);

CREATE TABLE drill_schedules (
    customer_id uuid PRIMARY KEY REFERENCES customers,
    every       text NOT NULL CHECK (every IN ('never', 'weekly', 'monthly')),
    -- NULL where none is due.
    due_at      timestamptz CHECK ((due_at IS NULL) = (every = 'never')),
    revision    bigint NOT NULL
);
CREATE INDEX drill_schedules_due ON drill_schedules (due_at) WHERE due_at IS NOT NULL;
