-- +goose Up

-- Days that somebody left as they are although they break a rule. Append-only: taking one back is a row that names it in
-- undoes. Not part of the chain. Retention empties what is personal: person, issuer, subject, name and note.
CREATE TABLE acknowledgements (
	sequence BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	id       TEXT NOT NULL UNIQUE,
	undoes   TEXT NOT NULL,
	at       BIGINT NOT NULL,
	person   TEXT NOT NULL,
	date     TEXT NOT NULL,
	rules    TEXT NOT NULL,
	digest   TEXT NOT NULL,
	issuer   TEXT NOT NULL,
	subject  TEXT NOT NULL,
	name     TEXT NOT NULL,
	reason   TEXT NOT NULL,
	note     TEXT NOT NULL
);
CREATE INDEX acknowledgements_date ON acknowledgements (date);
CREATE UNIQUE INDEX acknowledgements_undoes ON acknowledgements (undoes) WHERE undoes <> '';

-- +goose StatementBegin
CREATE FUNCTION acknowledgements_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'acknowledgements are never deleted';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER acknowledgements_stay BEFORE DELETE OR TRUNCATE ON acknowledgements
	FOR EACH STATEMENT EXECUTE FUNCTION acknowledgements_stay();

-- +goose StatementBegin
CREATE FUNCTION acknowledgements_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.person || NEW.issuer || NEW.subject || NEW.name || NEW.note <> ''
		OR (NEW.sequence, NEW.id, NEW.undoes, NEW.at, NEW.date, NEW.rules, NEW.digest, NEW.reason)
		IS DISTINCT FROM (OLD.sequence, OLD.id, OLD.undoes, OLD.at, OLD.date, OLD.rules, OLD.digest, OLD.reason)
	THEN
		RAISE EXCEPTION 'acknowledgements are never changed';
	END IF;
	RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER acknowledgements_unchanged BEFORE UPDATE ON acknowledgements
	FOR EACH ROW EXECUTE FUNCTION acknowledgements_unchanged();
