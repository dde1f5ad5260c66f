-- +goose Up

-- Until when a batch sends nothing because the API asked to wait; microseconds since 1970, 0 for none.
ALTER TABLE batches ADD COLUMN waits BIGINT NOT NULL DEFAULT 0;

-- When a person's sheet last had the column: retention removes what was not used for as long.
ALTER TABLE batch_columns ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
UPDATE batch_columns SET used = CAST(extract(epoch FROM now()) * 1000000 AS BIGINT);
