-- +goose Up

-- Days that somebody left as they are although they break a rule. Append-only: taking one back is a row that names it in
-- undoes. Not part of the chain. Retention empties what is personal: person, issuer, subject, name and note.
CREATE TABLE acknowledgements (
	sequence INTEGER PRIMARY KEY,
	id       TEXT NOT NULL UNIQUE,
	undoes   TEXT NOT NULL,
	at       INTEGER NOT NULL,
	person   TEXT NOT NULL,
	date     TEXT NOT NULL,
	rules    TEXT NOT NULL,
	digest   TEXT NOT NULL,
	issuer   TEXT NOT NULL,
	subject  TEXT NOT NULL,
	name     TEXT NOT NULL,
	reason   TEXT NOT NULL,
	note     TEXT NOT NULL
) STRICT;
CREATE INDEX acknowledgements_date ON acknowledgements (date);
CREATE UNIQUE INDEX acknowledgements_undoes ON acknowledgements (undoes) WHERE undoes <> '';

-- +goose StatementBegin
CREATE TRIGGER acknowledgements_stay BEFORE DELETE ON acknowledgements
BEGIN
	SELECT RAISE(ABORT, 'acknowledgements are never deleted');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER acknowledgements_unchanged BEFORE UPDATE ON acknowledgements
WHEN NEW.person || NEW.issuer || NEW.subject || NEW.name || NEW.note <> '' OR NEW.sequence IS NOT OLD.sequence
	OR NEW.id IS NOT OLD.id OR NEW.undoes IS NOT OLD.undoes OR NEW.at IS NOT OLD.at OR NEW.date IS NOT OLD.date
	OR NEW.rules IS NOT OLD.rules OR NEW.digest IS NOT OLD.digest OR NEW.reason IS NOT OLD.reason
BEGIN
	SELECT RAISE(ABORT, 'acknowledgements are never changed');
END;
-- +goose StatementEnd
