-- +goose Up

-- One fact about a change: append-only, chained. document is JSON without personal data; personal is JSON too, and
-- enters the chain as a salted digest, so that retention can remove it together with its salt.
CREATE TABLE events (
	sequence  BIGINT PRIMARY KEY,
	change_id TEXT NOT NULL,
	document  TEXT NOT NULL,
	digest    BYTEA NOT NULL,
	hash      BYTEA NOT NULL,
	salt      BYTEA,
	personal  TEXT,
	CHECK ((salt IS NULL) = (personal IS NULL))
);
CREATE INDEX events_change ON events (change_id, sequence);

-- +goose StatementBegin
CREATE FUNCTION events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'events are never deleted';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER events_stay BEFORE DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_stay();

-- Retention may do one thing to an event: take its personal data and the salt away, both at once.
-- +goose StatementBegin
CREATE FUNCTION events_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.salt IS NOT NULL
		OR (NEW.sequence, NEW.change_id, NEW.document, NEW.digest, NEW.hash)
		IS DISTINCT FROM (OLD.sequence, OLD.change_id, OLD.document, OLD.digest, OLD.hash)
	THEN
		RAISE EXCEPTION 'events are never changed';
	END IF;
	RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER events_unchanged BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION events_unchanged();

-- The end of the chain: what is next, and the note that signs it. Its row is what serialises writers.
CREATE TABLE head (
	one         BIGINT PRIMARY KEY CHECK (one = 1),
	sequence    BIGINT NOT NULL,
	hash        BYTEA NOT NULL,
	at          BIGINT NOT NULL,
	erased      BIGINT NOT NULL,
	revocations BYTEA NOT NULL,
	note        TEXT NOT NULL
);
INSERT INTO head (one, sequence, hash, at, erased, revocations, note) VALUES (1, 0, decode(repeat('00', 32), 'hex'), 0, 0, '', '');

-- What pages find changes by, computed from the events and written with them. It can be made anew at any time.
CREATE TABLE changes (
	sequence   BIGINT PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	last       BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	instance   TEXT NOT NULL,
	state      TEXT NOT NULL,
	collection TEXT NOT NULL,
	path       TEXT NOT NULL,
	verb       TEXT NOT NULL,
	subject    TEXT NOT NULL,
	person     TEXT NOT NULL,
	reason     TEXT NOT NULL,
	undoes     TEXT NOT NULL
);
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
	last    BIGINT NOT NULL,
	PRIMARY KEY (subject, issuer, name, email)
);

-- When the program looks for a change in doubt by itself, in microseconds since 1970, and how often it has tried since
-- the last event of the change.
CREATE TABLE looks (
	change_id TEXT PRIMARY KEY,
	due       BIGINT NOT NULL,
	tries     BIGINT NOT NULL
);
CREATE INDEX looks_due ON looks (due);

-- Replicas that serve from this database, and when each was last seen.
CREATE TABLE instances (
	id   TEXT PRIMARY KEY,
	seen BIGINT NOT NULL
);

-- Sessions that were put out and values that may be used once. Not part of the chain; the head signs their digest.
CREATE TABLE revocations (
	key   TEXT PRIMARY KEY,
	at    BIGINT NOT NULL,
	until BIGINT NOT NULL
);
CREATE INDEX revocations_until ON revocations (until);
