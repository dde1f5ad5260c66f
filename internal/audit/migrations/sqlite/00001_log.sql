-- +goose Up

-- One fact about a change: append-only, chained. document is JSON without personal data; personal is JSON too, and
-- enters the chain as a salted digest, so that retention can remove it together with its salt.
CREATE TABLE events (
	sequence  INTEGER PRIMARY KEY,
	change_id TEXT NOT NULL,
	document  TEXT NOT NULL,
	digest    BLOB NOT NULL,
	hash      BLOB NOT NULL,
	salt      BLOB,
	personal  TEXT,
	CHECK ((salt IS NULL) = (personal IS NULL))
) STRICT;
CREATE INDEX events_change ON events (change_id, sequence);

-- +goose StatementBegin
CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN
	SELECT RAISE(ABORT, 'events are never deleted');
END;
-- +goose StatementEnd

-- Retention may do one thing to an event: take its personal data and the salt away, both at once.
-- +goose StatementBegin
CREATE TRIGGER events_unchanged BEFORE UPDATE ON events
WHEN NEW.salt IS NOT NULL OR NEW.sequence IS NOT OLD.sequence OR NEW.change_id IS NOT OLD.change_id
	OR NEW.document IS NOT OLD.document OR NEW.digest IS NOT OLD.digest OR NEW.hash IS NOT OLD.hash
BEGIN
	SELECT RAISE(ABORT, 'events are never changed');
END;
-- +goose StatementEnd

-- The end of the chain: what is next, and the note that signs it. Its row is what serialises writers.
CREATE TABLE head (
	one         INTEGER PRIMARY KEY CHECK (one = 1),
	sequence    INTEGER NOT NULL,
	hash        BLOB NOT NULL,
	at          INTEGER NOT NULL,
	erased      INTEGER NOT NULL,
	revocations BLOB NOT NULL,
	note        TEXT NOT NULL
) STRICT;
INSERT INTO head (one, sequence, hash, at, erased, revocations, note) VALUES (1, 0, zeroblob(32), 0, 0, x'', '');

-- What pages find changes by, computed from the events and written with them. It can be made anew at any time.
CREATE TABLE changes (
	sequence   INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	last       INTEGER NOT NULL,
	at         INTEGER NOT NULL,
	instance   TEXT NOT NULL,
	state      TEXT NOT NULL,
	collection TEXT NOT NULL,
	path       TEXT NOT NULL,
	verb       TEXT NOT NULL,
	subject    TEXT NOT NULL,
	person     TEXT NOT NULL,
	reason     TEXT NOT NULL,
	undoes     TEXT NOT NULL
) STRICT;
CREATE INDEX changes_at ON changes (at, sequence);
CREATE INDEX changes_state ON changes (state, sequence);
CREATE INDEX changes_collection ON changes (collection, sequence);
CREATE INDEX changes_path ON changes (path, sequence);
CREATE INDEX changes_verb ON changes (verb, sequence);
CREATE INDEX changes_subject ON changes (subject, sequence);
CREATE INDEX changes_person ON changes (person, sequence);
CREATE INDEX changes_reason ON changes (sequence, reason) WHERE reason <> '';
CREATE INDEX changes_undoes ON changes (undoes, sequence) WHERE undoes <> '';

-- Who made changes, to find a subject by a part of a name, and the last change of each; computed from the events too.
CREATE TABLE actors (
	subject TEXT NOT NULL,
	issuer  TEXT NOT NULL,
	name    TEXT NOT NULL,
	email   TEXT NOT NULL,
	search  TEXT NOT NULL,
	last    INTEGER NOT NULL,
	PRIMARY KEY (subject, issuer, name, email)
) STRICT, WITHOUT ROWID;

-- When the program looks for a change in doubt by itself, in microseconds since 1970, and how often it has tried since
-- the last event of the change.
CREATE TABLE looks (
	change_id TEXT PRIMARY KEY,
	due       INTEGER NOT NULL,
	tries     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX looks_due ON looks (due);

-- Replicas that serve from this database, and when each was last seen.
CREATE TABLE instances (
	id   TEXT PRIMARY KEY,
	seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions that were put out and values that may be used once. Not part of the chain; the head signs their digest.
CREATE TABLE revocations (
	key   TEXT PRIMARY KEY,
	at    INTEGER NOT NULL,
	until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revocations_until ON revocations (until);
