-- +goose Up

-- Addresses of lists that people have given a name. Neither signed nor part of the chain.
CREATE TABLE saved_views (
	issuer  TEXT NOT NULL,
	subject TEXT NOT NULL,
	name    TEXT NOT NULL,
	path    TEXT NOT NULL,
	PRIMARY KEY (issuer, subject, name)
) STRICT, WITHOUT ROWID;
