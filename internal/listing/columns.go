package listing

import (
	"slices"

	"protime-admin/internal/field"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
)

// mostColumns is how many columns a list has.
const mostColumns = 7

// Columns are the fields that a list shows of each record: what names it first, then what fits beside it.
func Columns(c *contract.Collection) []contract.Field {
	var fields []contract.Field
	add := func(f contract.Field) {
		hidden := f.Name == "id" || f.Name == "changeVersion" || f.Name == "status" && c.SoftDelete != ""
		if hidden || f.Personal || !c.IsPublic(f.Path) || len(fields) == mostColumns {
			return
		}
		if !slices.ContainsFunc(fields, func(other contract.Field) bool { return other.Name == f.Name }) {
			fields = append(fields, f)
		}
	}
	for _, f := range tell.TitleFields(c) {
		add(f)
	}
	for _, f := range c.Fields {
		composite := f.Type == "array" || f.Type == "object" && f.Ref == "" && field.For(f) != field.Translated
		if !composite && !tell.IsRemark(f) {
			add(f)
		}
	}
	return fields
}

// FileFields are the fields that a file of records has, in the contract's order.
func FileFields(c *contract.Collection) []contract.Field {
	if c.Rows != "" {
		return RowFields(c)
	}
	var fields []contract.Field
	for _, f := range c.Fields {
		if !f.Personal && c.IsPublic(f.Path) {
			fields = append(fields, f)
		}
	}
	return fields
}

// RowFields are the fields of one row of a collection that the API gives as one document. They are the collection's own,
// or those of its rows member.
func RowFields(c *contract.Collection) []contract.Field {
	if f, ok := c.Field(c.Rows); ok && len(f.Fields) > 0 {
		return f.Fields
	}
	return slices.DeleteFunc(slices.Clone(c.Fields), func(f contract.Field) bool {
		return f.Name == "changeVersion" || f.Name == c.Rows
	})
}
