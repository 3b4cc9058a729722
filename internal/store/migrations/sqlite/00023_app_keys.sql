-- The app registrations by which Hourglass speaks to Microsoft, and when their secrets and certificates end.

-- +goose Up
-- Those of customers' own. One that waits is verified before it takes the place of the one in use; what is dropped is deleted.
CREATE TABLE app_keys (
    id          TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    customer_id TEXT NOT NULL REFERENCES customers,
    tenant_id   TEXT NOT NULL,
    client_id   TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('secret', 'certificate')),
    -- Under the vault's keyset, bound to customer, tenant and kind (two-keys).
    sealed      BLOB NOT NULL CHECK (length(sealed) > 0),
    thumbprint  TEXT CHECK ((thumbprint IS NOT NULL) = (kind = 'certificate')),
    expires_at  TEXT NOT NULL,
    -- The last of 60, 30 and 7 days that was warned about, 0 for none.
    warned_days INTEGER NOT NULL DEFAULT 0,
    in_use      INTEGER NOT NULL CHECK (in_use IN (0, 1)),
    added_at    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX app_keys_one_in_use ON app_keys (customer_id) WHERE in_use;
CREATE UNIQUE INDEX app_keys_one_waiting ON app_keys (customer_id) WHERE NOT in_use;
CREATE UNIQUE INDEX app_keys_of_tenant ON app_keys (tenant_id) WHERE in_use;
CREATE INDEX app_keys_by_end ON app_keys (expires_at) WHERE in_use;

-- The deployment's own, as the worker that started last has it; its key is not here.
CREATE TABLE deployment_app (
    id          INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    client_id   TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('secret', 'certificate')),
    thumbprint  TEXT,
    expires_at  TEXT,
    warned_days INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The key that an attempt verifies, NULL where it rests on consent to the deployment's app. No reference: a dropped key is
-- deleted, an attempt is kept.
ALTER TABLE connection_attempts ADD COLUMN app_key_id TEXT;
