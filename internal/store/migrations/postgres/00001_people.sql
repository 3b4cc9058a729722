-- People, and how they sign in.

-- +goose Up
CREATE TABLE people (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    handle     text NOT NULL UNIQUE CHECK (handle <> ''),
    roles      jsonb NOT NULL CHECK (jsonb_typeof(roles) = 'array'),
    suspended  boolean NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE enrolments (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    person_id  uuid NOT NULL REFERENCES people,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

CREATE TABLE passkeys (
    credential_id bytea PRIMARY KEY CHECK (octet_length(credential_id) > 0),
    person_id     uuid NOT NULL REFERENCES people,
    name          text NOT NULL,
    credential    jsonb NOT NULL,
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz
);
CREATE INDEX passkeys_of_person ON passkeys (person_id, created_at);

CREATE TABLE ceremonies (
    id         bytea PRIMARY KEY CHECK (octet_length(id) = 32),
    kind       text NOT NULL CHECK (kind <> ''),
    person_id  uuid REFERENCES people,
    data       bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ceremonies_expiring ON ceremonies (expires_at);

CREATE TABLE sessions (
    id           bytea PRIMARY KEY CHECK (octet_length(id) = 32),
    person_id    uuid NOT NULL REFERENCES people,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    asserted_at  timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    user_agent   text NOT NULL
);
CREATE INDEX sessions_of_person ON sessions (person_id);
CREATE INDEX sessions_expiring ON sessions (expires_at);
