-- +goose Up

-- When the check of all rows of a draft began: no row was checked longer ago. Microseconds since 1970, 0 for a draft that was
-- checked before this column was there.
ALTER TABLE batches ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;
