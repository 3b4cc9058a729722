-- What pre-flight knows of the tenant of a customer, and when it looks again.

-- +goose Up
CREATE TABLE preflights (
    customer_id     uuid PRIMARY KEY REFERENCES customers,
    -- The tenant that everything below is about.
    tenant_id       uuid NOT NULL,
    -- Counts the checks: each has audit records of its own, and one that another worker has taken over is not written down.
    run             bigint NOT NULL DEFAULT 0,
    due_at          timestamptz NOT NULL,
    -- Somebody asked for a check, which then goes before those of the day.
    requested_at    timestamptz,
    -- A worker is at it until then; whoever finds it later takes over.
    leased_until    timestamptz,
    -- When a check last came to its end.
    checked_at      timestamptz,
    facts           jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(facts) = 'object'),
    -- The findings that the audit log has as appeared and not yet as mended.
    standing        jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(standing) = 'array'),
    -- Whether Hourglass may take User Administrator for its own app, and whether it did.
    may_take_role   boolean NOT NULL DEFAULT false,
    role_taken      boolean NOT NULL DEFAULT false,
    -- The account on which password resets are tried. The marker is chosen before the account is made.
    probe_marker    text,
    probe_object_id uuid CHECK (probe_object_id IS NULL OR probe_marker IS NOT NULL),
    probed_at       timestamptz
);
CREATE INDEX preflights_due ON preflights (due_at);

INSERT INTO preflights (customer_id, tenant_id, due_at)
SELECT id, tenant_id, created_at FROM customers WHERE connection = 'connected';
