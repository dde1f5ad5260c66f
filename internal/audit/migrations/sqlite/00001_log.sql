-- +goose Up

-- One event of the log: append-only, chained. Columns up to detail enter the chain as they are; the personal ones
-- (from subject on) as salted digests, so that retention can remove them together with their salts.
CREATE TABLE events (
	sequence           INTEGER PRIMARY KEY,
	change_id          TEXT NOT NULL,
	kind               TEXT NOT NULL,
	at                 INTEGER NOT NULL,
	instance           TEXT NOT NULL,
	state              TEXT NOT NULL,
	collection         TEXT NOT NULL,
	path               TEXT NOT NULL,
	verb               TEXT NOT NULL,
	reason_code        TEXT NOT NULL,
	undoes             TEXT NOT NULL,
	request_id         TEXT NOT NULL,
	issuer             TEXT NOT NULL,
	roles              TEXT NOT NULL,
	left_out           TEXT NOT NULL,
	method             TEXT NOT NULL,
	request_path       TEXT NOT NULL,
	request_query      TEXT NOT NULL,
	if_match           TEXT NOT NULL,
	status             INTEGER NOT NULL,
	location           TEXT NOT NULL,
	operation_location TEXT NOT NULL,
	header             TEXT NOT NULL,
	duration           INTEGER NOT NULL,
	url                TEXT NOT NULL,
	failure            TEXT NOT NULL,
	detail             TEXT NOT NULL,
	digests            BLOB NOT NULL,
	hash               BLOB NOT NULL,
	salts              BLOB,
	subject            TEXT,
	name               TEXT,
	email              TEXT,
	number             TEXT,
	person             TEXT,
	note               TEXT,
	evidence           TEXT,
	fingerprint        BLOB,
	record_before      BLOB,
	record_after       BLOB,
	request_body       BLOB,
	response_body      BLOB,
	CHECK (CASE WHEN salts IS NULL
		THEN coalesce(subject, name, email, number, person, note, evidence,
			fingerprint, record_before, record_after, request_body, response_body) IS NULL
		ELSE subject IS NOT NULL AND name IS NOT NULL AND email IS NOT NULL AND number IS NOT NULL
			AND person IS NOT NULL AND note IS NOT NULL AND evidence IS NOT NULL AND fingerprint IS NOT NULL
			AND record_before IS NOT NULL AND record_after IS NOT NULL
			AND request_body IS NOT NULL AND response_body IS NOT NULL
	END)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN
	SELECT RAISE(ABORT, 'events are never deleted');
END;
-- +goose StatementEnd

-- Retention may do one thing to an event: take its personal columns and their salts away, all at once.
-- +goose StatementBegin
CREATE TRIGGER events_unchanged BEFORE UPDATE ON events
WHEN NEW.salts IS NOT NULL
	OR NEW.sequence IS NOT OLD.sequence OR NEW.change_id IS NOT OLD.change_id OR NEW.kind IS NOT OLD.kind
	OR NEW.at IS NOT OLD.at OR NEW.instance IS NOT OLD.instance OR NEW.state IS NOT OLD.state
	OR NEW.collection IS NOT OLD.collection OR NEW.path IS NOT OLD.path OR NEW.verb IS NOT OLD.verb
	OR NEW.reason_code IS NOT OLD.reason_code OR NEW.undoes IS NOT OLD.undoes
	OR NEW.request_id IS NOT OLD.request_id OR NEW.issuer IS NOT OLD.issuer OR NEW.roles IS NOT OLD.roles
	OR NEW.left_out IS NOT OLD.left_out OR NEW.method IS NOT OLD.method
	OR NEW.request_path IS NOT OLD.request_path OR NEW.request_query IS NOT OLD.request_query
	OR NEW.if_match IS NOT OLD.if_match OR NEW.status IS NOT OLD.status OR NEW.location IS NOT OLD.location
	OR NEW.operation_location IS NOT OLD.operation_location OR NEW.header IS NOT OLD.header
	OR NEW.duration IS NOT OLD.duration OR NEW.url IS NOT OLD.url OR NEW.failure IS NOT OLD.failure
	OR NEW.detail IS NOT OLD.detail OR NEW.digests IS NOT OLD.digests OR NEW.hash IS NOT OLD.hash
BEGIN
	SELECT RAISE(ABORT, 'events are never changed');
END;
-- +goose StatementEnd

-- The last event. Its row is what serialises writers.
CREATE TABLE head (
	one      INTEGER PRIMARY KEY CHECK (one = 1),
	sequence INTEGER NOT NULL,
	hash     BLOB NOT NULL,
	at       INTEGER NOT NULL,
	erased   INTEGER NOT NULL
) STRICT;
INSERT INTO head (one, sequence, hash, at, erased) VALUES (1, 0, zeroblob(32), 0, 0);

-- Where each change stands, kept with the events in the same transaction, so that a page is one index range. What
-- pages show comes from the events; verify holds this table against them.
CREATE TABLE changes (
	sequence   INTEGER PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	at         INTEGER NOT NULL,
	instance   TEXT NOT NULL,
	state      TEXT NOT NULL,
	last       INTEGER NOT NULL,
	collection TEXT NOT NULL,
	path       TEXT NOT NULL,
	verb       TEXT NOT NULL,
	subject    TEXT NOT NULL,
	person     TEXT NOT NULL,
	reason     TEXT NOT NULL,
	undoes     TEXT NOT NULL,
	undone_by  TEXT NOT NULL
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

-- Who ever made a change, to find a subject by a part of a name.
CREATE TABLE actors (
	subject TEXT NOT NULL,
	issuer  TEXT NOT NULL,
	name    TEXT NOT NULL,
	email   TEXT NOT NULL,
	search  TEXT NOT NULL,
	PRIMARY KEY (subject, issuer, name, email)
) STRICT, WITHOUT ROWID;

-- Replicas that serve from this database, and when each was last seen.
CREATE TABLE instances (
	id   TEXT PRIMARY KEY,
	seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions that were put out and values that may be used once; not part of the chain.
CREATE TABLE revocations (
	key   TEXT PRIMARY KEY,
	at    INTEGER NOT NULL,
	until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revocations_until ON revocations (until);
