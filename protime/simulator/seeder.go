package simulator

import "strconv"

// seeder writes records of the made-up company. It keeps one buffer and takes shortcuts past the rules,
// because a whole company must be there before anybody notices.
type seeder struct {
	t    *Tenant
	text []byte
}

// begin opens a record with what nearly all of them have.
func (s *seeder) begin(id int) *seeder {
	s.t.version++
	s.text = append(s.text[:0], `{"id":`...)
	s.text = strconv.AppendInt(s.text, int64(id), 10)
	s.text = append(s.text, `,"changeVersion":"0001E7C5`...)
	hex := strconv.FormatInt(int64(s.t.version), 16)
	for range 12 - len(hex) {
		s.text = append(s.text, '0')
	}
	for i := range len(hex) {
		s.text = append(s.text, upper(hex[i]))
	}
	s.text = append(s.text, '"')
	return s
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'f' {
		return c - 'a' + 'A'
	}
	return c
}

// raw adds a member whose value is JSON already.
func (s *seeder) raw(name, value string) *seeder {
	s.text = append(s.text, ',', '"')
	s.text = append(s.text, name...)
	s.text = append(s.text, '"', ':')
	s.text = append(s.text, value...)
	return s
}

// string adds a text that needs no escapes.
func (s *seeder) string(name, value string) *seeder {
	s.raw(name, `"`)
	s.text = append(s.text, value...)
	s.text = append(s.text, '"')
	return s
}

func (s *seeder) int(name string, value int) *seeder {
	s.raw(name, "")
	s.text = strconv.AppendInt(s.text, int64(value), 10)
	return s
}

func (s *seeder) bool(name string, value bool) *seeder {
	return s.raw(name, strconv.FormatBool(value))
}

// ref adds a reference by number.
func (s *seeder) ref(name string, id int) *seeder {
	s.raw(name, `{"id":`)
	s.text = strconv.AppendInt(s.text, int64(id), 10)
	s.text = append(s.text, '}')
	return s
}

// translated adds a name in four languages.
func (s *seeder) translated(name string, words translation) *seeder {
	return s.raw(name, words.json())
}

// end stores the record. Date and person are given again, so that nothing has to be searched for.
func (s *seeder) end(collection string, id int, date, person string) {
	table := s.t.table(collection)
	table.seq++
	table.lastID = max(table.lastID, id)
	r := &row{id: strconv.Itoa(id), seq: table.seq, raw: string(append(s.text, '}')), date: date, person: person}
	table.rows = append(table.rows, r)
	table.byID[r.id] = r
}

// translation is a name in English, Dutch, French and German.
type translation struct{ en, nl, fr, de string }

func (w translation) json() string {
	return `{"default":"` + w.en + `","translations":{"en-GB":"` + w.en + `","nl-BE":"` + w.nl +
		`","fr-FR":"` + w.fr + `","de-DE":"` + w.de + `"}}`
}
