-- +goose Up

-- Sessions that people can list and end. key, subject and sid are digests, record is encrypted. Neither signed nor part of
-- the chain.
CREATE TABLE sessions (
	key     TEXT PRIMARY KEY,
	subject TEXT NOT NULL,
	sid     TEXT NOT NULL,
	record  TEXT NOT NULL,
	until   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
