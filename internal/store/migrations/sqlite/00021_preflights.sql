-- What pre-flight knows of the tenant of a customer, and when it looks again.

-- +goose Up
CREATE TABLE preflights (
    customer_id     TEXT PRIMARY KEY NOT NULL REFERENCES customers,
    -- The tenant that everything below is about.
    tenant_id       TEXT NOT NULL,
    -- Counts the checks: each has audit records of its own, and one that another worker has taken over is not written down.
    run             INTEGER NOT NULL DEFAULT 0,
    due_at          TEXT NOT NULL,
    -- Somebody asked for a check, which then goes before those of the day.
    requested_at    TEXT,
    -- A worker is at it until then; whoever finds it later takes over.
    leased_until    TEXT,
    -- When a check last came to its end.
    checked_at      TEXT,
    facts           TEXT NOT NULL DEFAULT '{}' CHECK (json_type(facts) = 'object'),
    -- The findings that the audit log has as appeared and not yet as mended.
    standing        TEXT NOT NULL DEFAULT '[]' CHECK (json_type(standing) = 'array'),
    -- Whether Hourglass may take User Administrator for its own app, and whether it did.
    may_take_role   INTEGER NOT NULL DEFAULT 0 CHECK (may_take_role IN (0, 1)),
    role_taken      INTEGER NOT NULL DEFAULT 0 CHECK (role_taken IN (0, 1)),
    -- The account on which password resets are tried. The marker is chosen before the account is made.
    probe_marker    TEXT,
    probe_object_id TEXT CHECK (probe_object_id IS NULL OR probe_marker IS NOT NULL),
    probed_at       TEXT
) STRICT;
CREATE INDEX preflights_due ON preflights (due_at);

INSERT INTO preflights (customer_id, tenant_id, due_at)
SELECT id, tenant_id, created_at FROM customers WHERE connection = 'connected';
