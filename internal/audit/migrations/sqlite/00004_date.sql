-- +goose Up

-- The date of the record that a change is about, yyyy-mm-dd; empty where the record has none, for changes that were logged
-- before this column was there, and once retention has removed it.
ALTER TABLE changes ADD COLUMN date TEXT NOT NULL DEFAULT '';
CREATE INDEX changes_date ON changes (date, person) WHERE date <> '';
