-- Why a grant ends is told to the technician too, not to the audit log alone.

-- +goose Up
-- The words of whoever ended the grant, or the kind of the failure that did.
ALTER TABLE grants ADD COLUMN end_comment text;
