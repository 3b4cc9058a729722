-- An import appends thousands of records at once.

-- +goose Up
DROP TRIGGER audit_head_moves_by_one;
-- One record at a time is the common case and costs nothing more than before.
-- +goose StatementBegin
CREATE TRIGGER audit_head_moves_over_records BEFORE UPDATE ON audit_head
WHEN NEW.seq <> OLD.seq + 1 AND (
    NEW.seq <= OLD.seq
    OR (SELECT count(*) FROM audit_records WHERE seq > OLD.seq AND seq <= NEW.seq) <> NEW.seq - OLD.seq
    OR NOT EXISTS (SELECT 1 FROM audit_records WHERE seq = NEW.seq AND hash = NEW.hash))
BEGIN SELECT RAISE(ABORT, 'the head of the audit log passes over records that are there'); END;
-- +goose StatementEnd
