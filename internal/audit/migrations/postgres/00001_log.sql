-- +goose Up

-- One event of the log: append-only, chained. Columns up to detail enter the chain as they are; the personal ones
-- (from subject on) as salted digests, so that retention can remove them together with their salts.
CREATE TABLE events (
	sequence           BIGINT PRIMARY KEY,
	change_id          TEXT NOT NULL,
	kind               TEXT NOT NULL,
	at                 BIGINT NOT NULL,
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
	status             BIGINT NOT NULL,
	location           TEXT NOT NULL,
	operation_location TEXT NOT NULL,
	header             TEXT NOT NULL,
	duration           BIGINT NOT NULL,
	url                TEXT NOT NULL,
	failure            TEXT NOT NULL,
	detail             TEXT NOT NULL,
	digests            BYTEA NOT NULL,
	hash               BYTEA NOT NULL,
	salts              BYTEA,
	subject            TEXT,
	name               TEXT,
	email              TEXT,
	number             TEXT,
	person             TEXT,
	note               TEXT,
	evidence           TEXT,
	fingerprint        BYTEA,
	record_before      BYTEA,
	record_after       BYTEA,
	request_body       BYTEA,
	response_body      BYTEA,
	CHECK (num_nonnulls(subject, name, email, number, person, note, evidence, fingerprint, record_before, record_after,
		request_body, response_body) = CASE WHEN salts IS NULL THEN 0 ELSE 12 END)
);

-- +goose StatementBegin
CREATE FUNCTION events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'events are never deleted';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER events_stay BEFORE DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_stay();

-- Retention may do one thing to an event: take its personal columns and their salts away, all at once.
-- +goose StatementBegin
CREATE FUNCTION events_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.salts IS NOT NULL
		OR (NEW.sequence, NEW.change_id, NEW.kind, NEW.at, NEW.instance, NEW.state, NEW.collection, NEW.path,
			NEW.verb, NEW.reason_code, NEW.undoes, NEW.request_id, NEW.issuer, NEW.roles, NEW.left_out,
			NEW.method, NEW.request_path, NEW.request_query, NEW.if_match, NEW.status, NEW.location,
			NEW.operation_location, NEW.header, NEW.duration, NEW.url, NEW.failure, NEW.detail,
			NEW.digests, NEW.hash)
		IS DISTINCT FROM
			(OLD.sequence, OLD.change_id, OLD.kind, OLD.at, OLD.instance, OLD.state, OLD.collection, OLD.path,
			OLD.verb, OLD.reason_code, OLD.undoes, OLD.request_id, OLD.issuer, OLD.roles, OLD.left_out,
			OLD.method, OLD.request_path, OLD.request_query, OLD.if_match, OLD.status, OLD.location,
			OLD.operation_location, OLD.header, OLD.duration, OLD.url, OLD.failure, OLD.detail,
			OLD.digests, OLD.hash)
	THEN
		RAISE EXCEPTION 'events are never changed';
	END IF;
	RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER events_unchanged BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION events_unchanged();

-- The last event. Its row is what serialises writers.
CREATE TABLE head (
	one      BIGINT PRIMARY KEY CHECK (one = 1),
	sequence BIGINT NOT NULL,
	hash     BYTEA NOT NULL,
	at       BIGINT NOT NULL,
	erased   BIGINT NOT NULL
);
INSERT INTO head (one, sequence, hash, at, erased) VALUES (1, 0, decode(repeat('00', 32), 'hex'), 0, 0);

-- Where each change stands, kept with the events in the same transaction, so that a page is one index range. What
-- pages show comes from the events; verify holds this table against them.
CREATE TABLE changes (
	sequence   BIGINT PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	at         BIGINT NOT NULL,
	instance   TEXT NOT NULL,
	state      TEXT NOT NULL,
	last       BIGINT NOT NULL,
	collection TEXT NOT NULL,
	path       TEXT NOT NULL,
	verb       TEXT NOT NULL,
	subject    TEXT NOT NULL,
	person     TEXT NOT NULL,
	reason     TEXT NOT NULL,
	undoes     TEXT NOT NULL,
	undone_by  TEXT NOT NULL
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

-- Who ever made a change, to find a subject by a part of a name.
CREATE TABLE actors (
	subject TEXT NOT NULL,
	issuer  TEXT NOT NULL,
	name    TEXT NOT NULL,
	email   TEXT NOT NULL,
	search  TEXT NOT NULL,
	PRIMARY KEY (subject, issuer, name, email)
);

-- Replicas that serve from this database, and when each was last seen.
CREATE TABLE instances (
	id   TEXT PRIMARY KEY,
	seen BIGINT NOT NULL
);

-- Sessions that were put out and values that may be used once; not part of the chain.
CREATE TABLE revocations (
	key   TEXT PRIMARY KEY,
	at    BIGINT NOT NULL,
	until BIGINT NOT NULL
);
CREATE INDEX revocations_until ON revocations (until);
