package views_test

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/lang"
	"protime-admin/views"
)

// BenchmarkList holds a list of 50 rows against html/template writing the same HTML: ratio is how many times as many
// pages are drawn. The frame around the list is drawn on our side and only copied on the other.
func BenchmarkList(b *testing.B) {
	words, err := lang.Load()
	if err != nil {
		b.Fatal(err)
	}
	page, list := clockingsPage(words.Printer("en")), clockingsList(50)
	standard, err := template.New("list").Parse(listTemplate)
	if err != nil {
		b.Fatal(err)
	}
	model := struct {
		P             *views.Page
		L             *views.List
		Rows          []views.Row
		Before, After template.HTML
	}{P: page, L: list, Rows: slices.Collect(list.Rows)}

	var ours, theirs bytes.Buffer
	drawOurs := func() error { ours.Reset(); return views.ListPage(page, list).Render(b.Context(), &ours) }
	drawTheirs := func() error { theirs.Reset(); return standard.Execute(&theirs, model) }
	if err := drawOurs(); err != nil {
		b.Fatal(err)
	}
	before, rest, _ := strings.Cut(ours.String(), `<div class="head">`)
	_, after, _ := strings.Cut(rest, "</main>")
	model.Before, model.After = template.HTML(before), template.HTML("</main>"+after)
	if err := drawTheirs(); err != nil {
		b.Fatal(err)
	}
	if got, want := normal(ours.String()), normal(theirs.String()); got != want {
		b.Fatalf("not the same HTML: got\n%s\nwant\n%s", got, want)
	}
	for b.Loop() {
		var quick, slow, ratios []float64
		for range 5 {
			quick, slow = append(quick, perSecond(b, drawOurs)), append(slow, perSecond(b, drawTheirs))
			ratios = append(ratios, quick[len(quick)-1]/slow[len(slow)-1])
		}
		b.Logf("templ, pages/s:         %.0f", quick)
		b.Logf("html/template, pages/s: %.0f", slow)
		slices.Sort(ratios)
		b.ReportMetric(ratios[2], "ratio")
	}
	b.ReportMetric(0, "ns/op")
}

// perSecond is how often a page is drawn in a second.
func perSecond(b *testing.B, draw func() error) float64 {
	b.Helper()
	began, n := time.Now(), 0
	for ; time.Since(began) < 500*time.Millisecond; n++ {
		if err := draw(); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(began).Seconds()
}

// normal is HTML without what means nothing: blanks between tags.
func normal(html string) string {
	html = strings.Join(strings.Fields(html), " ")
	for _, tidy := range [][2]string{{"> ", ">"}, {" <", "<"}, {" >", ">"}} {
		html = strings.ReplaceAll(html, tidy[0], tidy[1])
	}
	return html
}

func clockingsPage(words *lang.Printer) *views.Page {
	return &views.Page{
		Printer: words, Texts: views.NewTexts(words, nil, "production", nil), Title: "Clockings", Path: "/clockings?date.ge=2026-11-16",
		Styled: true, Assets: views.Assets{CSS: "/static/style.css", Script: "/static/script.js"},
		Tenant: "acme", Environment: "production", Person: "Els Peeters", Role: "role.editor",
		Nav:       []views.NavLink{{Text: "Clockings", Href: "/clockings", Current: true}, {Text: "People", Href: "/people"}},
		Languages: []views.Language{{Tag: "en", Name: "English"}, {Tag: "nl", Name: "Nederlands"}}, EndsIn: 1799, Warn: 120,
	}
}

func clockingsList(rows int) *views.List {
	l := &views.List{
		Heading: "Clockings", Files: []views.Link{{Text: "CSV", Href: "/clockings.csv"}}, New: "/clockings/new", End: &views.ListEnd{
			Count: "50 clockings shown", More: "/clockings?page=2",
		},
	}
	for _, name := range []string{"Date", "Time", "Person", "Kind", "Reason", "Terminal", "Still open"} {
		l.Columns = append(l.Columns, views.Column{Name: name, Label: name, Sort: "/clockings?sort=" + strings.ToLower(name)[:4]})
	}
	var all []views.Row
	for i := range rows {
		id := fmt.Sprint(8192 + i)
		row := views.Row{
			ID: "r-" + id, Name: "08:05, Jan Maes, Tue 17 Nov 2026", Href: "/clockings/" + id,
			Edit: "/clockings/" + id + "/edit", Delete: "/clockings/" + id + "/delete",
			Cells: []views.Value{
				{Text: "Tue 17 Nov 2026"}, {Text: "08:05", Strong: true},
				{Text: "Jan Maes", Detail: "E1047", Href: "/people/76547"}, {Text: "In or out"}, {},
				{Text: "Main entrance", Detail: "T1", Href: "/terminals/765"}, {Text: "No"},
			},
		}
		if i%5 == 0 {
			row.Tags = []views.Tag{{Text: "edited, was 08:00", Tone: "warn"}}
		}
		all = append(all, row)
	}
	l.Rows = slices.Values(all)
	return l
}

const listTemplate = `{{.Before}}<div class="head"><h1>{{.L.Heading}}</h1>
{{range .L.Files}}<a class="soft" href="{{$.P.URL .Href}}" download>{{.Text}}</a>{{end}}
{{if .L.New}}<a class="button main" href="{{.P.Back .L.New}}">{{.P.T "list.new"}}</a>{{end}}</div>
<div class="sheet" role="region" aria-label="{{.L.Heading}}" tabindex="0"><table class="stack list">
<caption class="unseen">{{.L.Heading}}</caption><thead><tr>{{range .L.Columns}}
<th scope="col"{{if .Direction}} aria-sort="{{.Direction}}"{{end}}>{{if .Sort}}<a href="{{$.P.URL .Sort}}"
 title="{{$.P.T "list.sort" "column" .Label}}">{{.Label}}</a>{{else}}{{.Label}}{{end}}</th>{{end}}
<th scope="col">{{.P.T "list.remarks"}}</th><th scope="col"><span class="unseen">{{.P.T "list.actions"}}</span></th>
</tr></thead><tbody>{{range $r := .Rows}}
<tr{{if .ID}} id="{{.ID}}"{{end}}{{if .Marked}} class="marked"{{else if .Deleted}} class="gone"{{end}}>
{{range $i, $cell := .Cells}}{{$column := index $.L.Columns $i}}<td{{if not .Empty}} data-label="{{$column.Label}}"{{end}}
{{- if .Strong}} class="time"{{else if $column.Class}} class="{{$column.Class}}"{{end}}>
{{- if and (eq $i 0) $r.Href}}<a class="row" href="{{$.P.URL $r.Href}}"{{if $r.Marked}} autofocus{{end}}>
{{- if .Empty}}{{$r.Name}}{{else}}{{.Text}}{{end}}</a>
{{- else}}{{if .Href}}<a href="{{$.P.URL .Href}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}
{{- if .Detail}}<span class="soft">{{.Detail}}</span>{{end}}{{end}}</td>{{end}}
<td class="tags">{{range .Tags}}<span class="tag {{.Tone}}">{{.Text}}</span>{{end}}</td>
<td class="acts">{{if .Edit}}<a href="{{$.P.Back .Edit}}" aria-label="{{$.P.T "list.edit-of" "name" .Name}}">
{{- $.P.T "list.edit"}}</a>{{end}}{{if .Delete}}<a href="{{$.P.Back .Delete}}"
 aria-label="{{$.P.T "list.delete-of" "name" .Name}}">{{$.P.T "list.delete"}}</a>{{end}}
{{- if .Again}}<a href="{{$.P.URL .Again}}" aria-label="{{$.P.T "list.again-of" "name" .Name}}">{{$.P.T "list.again"}}</a>{{end}}
</td></tr>{{end}}</tbody></table></div>
{{if .L.End.Empty}}<section class="note"><p><strong>{{.P.T "list.empty"}}</strong> {{.L.End.Advice}}</p></section>{{end}}
<nav class="pages" aria-label="{{.P.T "list.pages"}}">{{if .L.End.Count}}<span class="soft">{{.L.End.Count}}</span>{{end}}
{{if .L.End.Start}}<a class="button" href="{{.P.URL .L.End.Start}}">{{.P.T "list.start"}}</a>{{end}}
{{if .L.End.More}}<a class="button" rel="next" href="{{.P.URL .L.End.More}}">{{.P.T "list.more"}}</a>{{end}}</nav>{{.After}}`
