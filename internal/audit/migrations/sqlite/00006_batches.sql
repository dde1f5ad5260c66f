-- +goose Up

-- Of which batch, row and try a change is, '' and 0 for a change that is of none. batch_later is 1 unless the change is of
-- no batch, or the first of its batch that was logged: the log shows a batch as one line.
ALTER TABLE changes ADD COLUMN batch TEXT NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN batch_row INTEGER NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN batch_try INTEGER NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN batch_later INTEGER NOT NULL DEFAULT 0;
CREATE INDEX changes_batch ON changes (batch, batch_row, batch_try, state) WHERE batch <> '';
CREATE INDEX changes_batch_state ON changes (batch, state, batch_row, batch_try) WHERE batch <> '';
CREATE INDEX changes_batch_sequence ON changes (batch, sequence) WHERE batch <> '';
CREATE INDEX changes_folded ON changes (at, sequence) WHERE batch_later = 0;
CREATE INDEX changes_folded_subject ON changes (subject, sequence) WHERE batch_later = 0;

-- Many changes that are made as one job. Neither signed nor part of the chain: what became of a row is the state of its
-- change. revision counts the changes of a draft, checked is the one at which all rows were checked, checked_at when that
-- check began: no row was checked longer ago. Canceling begins the next round: rows of earlier ones are not sent any more.
-- Nothing is sent until waits, because the API asked for it. owner runs the batch until lease. touched is when anything of
-- it was last changed. Times are microseconds since 1970, 0 for none. Retention empties what is personal and sets erased.
CREATE TABLE batches (
	id         TEXT PRIMARY KEY,
	issuer     TEXT NOT NULL,
	subject    TEXT NOT NULL,
	actor      TEXT NOT NULL,
	email      TEXT NOT NULL,
	employee   TEXT NOT NULL,
	roles      TEXT NOT NULL,
	operation  TEXT NOT NULL,
	collection TEXT NOT NULL,
	list       TEXT NOT NULL,
	source     TEXT NOT NULL,
	name       TEXT NOT NULL,
	columns    TEXT NOT NULL,
	preset     TEXT NOT NULL,
	state      TEXT NOT NULL,
	revision   INTEGER NOT NULL,
	checked    INTEGER NOT NULL,
	checked_at INTEGER NOT NULL,
	reason     TEXT NOT NULL,
	note       TEXT NOT NULL,
	undoes     TEXT NOT NULL,
	back       TEXT NOT NULL,
	pause      TEXT NOT NULL,
	request_id TEXT NOT NULL,
	made       INTEGER NOT NULL,
	started    INTEGER NOT NULL,
	ended      INTEGER NOT NULL,
	waits      INTEGER NOT NULL,
	touched    INTEGER NOT NULL,
	round      INTEGER NOT NULL,
	owner      TEXT NOT NULL,
	lease      INTEGER NOT NULL,
	erased     INTEGER NOT NULL
) STRICT;
CREATE INDEX batches_running ON batches (lease) WHERE state = 'running';
CREATE INDEX batches_made ON batches (made);
CREATE INDEX batches_undoes ON batches (undoes) WHERE undoes <> '';

-- The rows of batches: cells and what the dry run found, as JSON; record is what will be sent or stored, base what the
-- record was, as they are. A row that was tried again is of the round that its batch was in then.
CREATE TABLE batch_rows (
	batch    TEXT NOT NULL,
	number   INTEGER NOT NULL,
	left_out INTEGER NOT NULL,
	chosen   INTEGER NOT NULL,
	verdict  TEXT NOT NULL,
	held     TEXT NOT NULL,
	try      INTEGER NOT NULL,
	round    INTEGER NOT NULL,
	key      TEXT NOT NULL,
	digest   TEXT NOT NULL,
	cells    TEXT NOT NULL,
	findings TEXT NOT NULL,
	record   TEXT NOT NULL,
	base     TEXT NOT NULL,
	PRIMARY KEY (batch, number)
) STRICT;
CREATE INDEX batch_rows_work ON batch_rows (batch, number, left_out, verdict, held, try, round);
CREATE INDEX batch_rows_key ON batch_rows (batch, key) WHERE key <> '';
CREATE INDEX batch_rows_digest ON batch_rows (digest) WHERE digest <> '';
CREATE INDEX batch_rows_again ON batch_rows (batch, number, try) WHERE try > 0;

-- What the columns of a person's sheets meant last time, by heading. used is when a sheet last had the column: retention
-- removes what was not used for as long.
CREATE TABLE batch_columns (
	issuer     TEXT NOT NULL,
	subject    TEXT NOT NULL,
	collection TEXT NOT NULL,
	header     TEXT NOT NULL,
	input      TEXT NOT NULL,
	used       INTEGER NOT NULL,
	PRIMARY KEY (issuer, subject, collection, header)
) STRICT, WITHOUT ROWID;
