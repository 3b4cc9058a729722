-- Browsers in which the extension is paired with a person.

-- +goose Up
CREATE TABLE paired_browsers (
    id              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    person_id       TEXT NOT NULL REFERENCES people,
    name            TEXT NOT NULL CHECK (name <> ''),
    extension       TEXT NOT NULL CHECK (extension IN ('chromium', 'firefox')),
    -- SHA-256 thumbprint (RFC 7638) of the key that only this browser can use.
    key_thumbprint  BLOB NOT NULL CHECK (length(key_thumbprint) = 32),
    paired_at       TEXT NOT NULL,
    last_used_at    TEXT,
    -- It is over then unless it is used before.
    ends_at         TEXT NOT NULL,
    removed_at      TEXT,
    removed_because TEXT CHECK (removed_because IN ('removed', 'code_reused', 'refresh_token_reused', 'foreign_key')),
    CHECK ((removed_at IS NULL) = (removed_because IS NULL))
) STRICT;
CREATE INDEX paired_browsers_of_person ON paired_browsers (person_id, paired_at);

-- Kept for a while after their use, so that a second use is recognised.
CREATE TABLE pairing_codes (
    code_hash      BLOB PRIMARY KEY NOT NULL CHECK (length(code_hash) = 32),
    person_id      TEXT NOT NULL REFERENCES people,
    name           TEXT NOT NULL CHECK (name <> ''),
    extension      TEXT NOT NULL CHECK (extension IN ('chromium', 'firefox')),
    redirect_uri   TEXT NOT NULL,
    challenge      BLOB NOT NULL CHECK (length(challenge) = 32),
    key_thumbprint BLOB NOT NULL CHECK (length(key_thumbprint) = 32),
    expires_at     TEXT NOT NULL,
    used_at        TEXT,
    browser_id     TEXT REFERENCES paired_browsers
) STRICT;
CREATE INDEX pairing_codes_expiring ON pairing_codes (expires_at);

-- Used refresh tokens stay until they would have ended, so that a second use is recognised.
CREATE TABLE browser_tokens (
    token_hash BLOB PRIMARY KEY NOT NULL CHECK (length(token_hash) = 32),
    browser_id TEXT NOT NULL REFERENCES paired_browsers,
    kind       TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
    expires_at TEXT NOT NULL,
    used_at    TEXT
) STRICT;
CREATE INDEX browser_tokens_expiring ON browser_tokens (expires_at);

-- Proofs of a key that were accepted, for as long as they could be accepted again.
CREATE TABLE seen_proofs (
    proof_hash BLOB PRIMARY KEY NOT NULL CHECK (length(proof_hash) = 32),
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX seen_proofs_expiring ON seen_proofs (expires_at);
