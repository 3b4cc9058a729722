-- What the audit log is searched by, newest first.

-- +goose Up
CREATE INDEX audit_records_by_actor ON audit_records (actor, seq) WHERE actor IS NOT NULL;
CREATE INDEX audit_records_about_person ON audit_records (person_id, seq) WHERE person_id IS NOT NULL;
CREATE INDEX audit_records_about_customer ON audit_records (customer_id, seq) WHERE customer_id IS NOT NULL;
CREATE INDEX audit_records_by_time ON audit_records (at);
