package tell

import (
	"strings"

	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// TitleFields are the fields that name a record, as members of it: "name" for the path "name.default".
func TitleFields(c *contract.Collection) []contract.Field {
	var fields []contract.Field
	for _, path := range c.Title {
		member, _, _ := strings.Cut(path, ".")
		if f, ok := c.Field(member); ok {
			fields = append(fields, f)
		}
	}
	return fields
}

// RecordName names a record by its title fields: "08:05, Els Peeters, Mon 5 Jan 2026".
func (w *Words) RecordName(c *contract.Collection, record protime.Record) string {
	separator := ", "
	if c.Name == "people" {
		separator = " "
	}
	name := strings.Join(w.title(c, record, true), separator)
	if name == "" {
		return record.Text("id")
	}
	return name
}

// title are the title fields of a record in words, without its kind, and without the person where that is named beside it.
func (w *Words) title(c *contract.Collection, record protime.Record, person bool) []string {
	var words []string
	for _, f := range w.titles[c] {
		if f.Name == "kind" || f.Ref == "people" && !person {
			continue
		}
		raw, _ := record.Lookup(f.Name)
		if text := w.Value(f, raw).Text; text != "" {
			words = append(words, text)
		}
	}
	return words
}

// ShortName is what distinguishes a record from its neighbours: "08:05".
func (w *Words) ShortName(c *contract.Collection, record protime.Record) string {
	if len(w.titles[c]) == 0 {
		return ""
	}
	f := w.titles[c][0]
	raw, _ := record.Lookup(f.Name)
	return w.Value(f, raw).Text
}

// RecordHeading is the heading of a record's page: "Clocking 8192". id is used where the record does not hold its own.
func (w *Words) RecordHeading(c *contract.Collection, record protime.Record, id string) string {
	if own := record.Text("id"); own != "" {
		id = own
	}
	return w.T("record.heading", "one", UpperFirst(w.One(c)), "id", id)
}

// IsDeleted reports whether a record is marked as deleted, where the API keeps deleted records.
func IsDeleted(c *contract.Collection, record protime.Record) bool {
	return c.SoftDelete != "" && record.Text("status") == c.SoftDelete
}

// IsRemark reports whether a field is shown as a tag of a record rather than in a column: what a value was before, what
// was calculated, that the system made the record.
func IsRemark(f contract.Field) bool {
	return strings.HasPrefix(f.Name, "original") || strings.HasPrefix(f.Name, "calculated") || f.Name == "isGenerated"
}

// Remarks are the tags of a record.
func (w *Words) Remarks(c *contract.Collection, record protime.Record) []views.Tag {
	var tags []views.Tag
	if IsDeleted(c, record) {
		tags = append(tags, views.Tag{Text: w.T("list.deleted")})
	}
	for _, f := range c.Fields {
		if !IsRemark(f) {
			continue
		}
		raw, _ := record.Lookup(f.Name)
		switch original, is := strings.CutPrefix(f.Name, "original"); {
		case field.IsNull(raw):
		case f.Name == "isGenerated" && string(raw) == "true":
			tags = append(tags, views.Tag{Text: w.T("list.generated")})
		case is:
			if now, _ := record.Lookup(LowerFirst(original)); string(now) != string(raw) {
				tags = append(tags, views.Tag{Text: w.T("list.edited", "was", w.Value(f, raw).Text), Tone: "warn"})
			}
		}
	}
	return tags
}
