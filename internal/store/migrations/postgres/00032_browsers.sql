-- Browsers in which the extension is paired with a person.

-- +goose Up
CREATE TABLE paired_browsers (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL REFERENCES people,
    name            text NOT NULL CHECK (name <> ''),
    extension       text NOT NULL CHECK (extension IN ('chromium', 'firefox')),
    -- SHA-256 thumbprint (RFC 7638) of the key that only this browser can use.
    key_thumbprint  bytea NOT NULL CHECK (octet_length(key_thumbprint) = 32),
    paired_at       timestamptz NOT NULL,
    last_used_at    timestamptz,
    -- It is over then unless it is used before.
    ends_at         timestamptz NOT NULL,
    removed_at      timestamptz,
    removed_because text CHECK (removed_because IN ('removed', 'code_reused', 'refresh_token_reused', 'foreign_key')),
    CHECK ((removed_at IS NULL) = (removed_because IS NULL))
);
CREATE INDEX paired_browsers_of_person ON paired_browsers (person_id, paired_at);

-- Kept for a while after their use, so that a second use is recognised.
CREATE TABLE pairing_codes (
    code_hash      bytea PRIMARY KEY CHECK (octet_length(code_hash) = 32),
    person_id      uuid NOT NULL REFERENCES people,
    name           text NOT NULL CHECK (name <> ''),
    extension      text NOT NULL CHECK (extension IN ('chromium', 'firefox')),
    redirect_uri   text NOT NULL,
    challenge      bytea NOT NULL CHECK (octet_length(challenge) = 32),
    key_thumbprint bytea NOT NULL CHECK (octet_length(key_thumbprint) = 32),
    expires_at     timestamptz NOT NULL,
    used_at        timestamptz,
    browser_id     uuid REFERENCES paired_browsers
);
CREATE INDEX pairing_codes_expiring ON pairing_codes (expires_at);

-- Used refresh tokens stay until they would have ended, so that a second use is recognised.
CREATE TABLE browser_tokens (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    browser_id uuid NOT NULL REFERENCES paired_browsers,
    kind       text NOT NULL CHECK (kind IN ('access', 'refresh')),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX browser_tokens_expiring ON browser_tokens (expires_at);

-- Proofs of a key that were accepted, for as long as they could be accepted again.
CREATE TABLE seen_proofs (
    proof_hash bytea PRIMARY KEY CHECK (octet_length(proof_hash) = 32),
    expires_at timestamptz NOT NULL
);
CREATE INDEX seen_proofs_expiring ON seen_proofs (expires_at);
