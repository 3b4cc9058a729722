-- People, and how they sign in.
-- Times are UTC text "2006-01-02 15:04:05.000000Z", so that their order is that of the text.

-- +goose Up
CREATE TABLE people (
    id         TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    name       TEXT NOT NULL CHECK (name <> ''),
    handle     TEXT NOT NULL UNIQUE CHECK (handle <> ''),
    roles      TEXT NOT NULL CHECK (json_type(roles) = 'array'),
    suspended  INTEGER NOT NULL CHECK (suspended IN (0, 1)),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE enrolments (
    token_hash BLOB PRIMARY KEY NOT NULL CHECK (length(token_hash) = 32),
    person_id  TEXT NOT NULL REFERENCES people,
    expires_at TEXT NOT NULL,
    used_at    TEXT
) STRICT;

CREATE TABLE passkeys (
    credential_id BLOB PRIMARY KEY NOT NULL CHECK (length(credential_id) > 0),
    person_id     TEXT NOT NULL REFERENCES people,
    name          TEXT NOT NULL,
    credential    TEXT NOT NULL CHECK (json_valid(credential)),
    created_at    TEXT NOT NULL,
    last_used_at  TEXT
) STRICT;
CREATE INDEX passkeys_of_person ON passkeys (person_id, created_at);

CREATE TABLE ceremonies (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 32),
    kind       TEXT NOT NULL CHECK (kind <> ''),
    person_id  TEXT REFERENCES people,
    data       BLOB NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX ceremonies_expiring ON ceremonies (expires_at);

CREATE TABLE sessions (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 32),
    person_id    TEXT NOT NULL REFERENCES people,
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    asserted_at  TEXT NOT NULL,
    expires_at   TEXT NOT NULL,
    user_agent   TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_of_person ON sessions (person_id);
CREATE INDEX sessions_expiring ON sessions (expires_at);
