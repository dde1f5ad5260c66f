package field_test

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func limit(v float64) *float64 { return &v }

var (
	clock    = contract.Field{Name: "timeOfDayInMinutes", Type: "integer", Minimum: limit(-1440), Maximum: limit(2880)}
	duration = contract.Field{Name: "breakDurationInMinutes", Type: "integer"}
	date     = contract.Field{Name: "date", Type: "string", Format: "date"}
	decimal  = contract.Field{Name: "latitude", Type: "number", Minimum: limit(-90), Maximum: limit(90)}
	integer  = contract.Field{Name: "level", Type: "integer"}
	person   = contract.Field{Name: "person", Type: "object", Ref: "people",
		Fields: []contract.Field{{Name: "id", Type: "integer"}}}
	definition = contract.Field{Name: "activityDefinition", Type: "object", Ref: "activity-definitions",
		Fields: []contract.Field{{Name: "id", Type: "string", Format: "uuid"}}}
	kind  = contract.Field{Name: "kind", Type: "string", Enum: []string{"InOut", "Reason", "Activity", "ActivityEnd"}}
	yesNo = contract.Field{Name: "isOpen", Type: "boolean"}
	text  = contract.Field{Name: "comments", Type: "string", MaxLength: 16}
	guid  = contract.Field{Name: "structureVersion", Type: "string", Format: "uuid"}
	link  = contract.Field{Name: "destinationUrl", Type: "string", Format: "uri"}
	raw   = contract.Field{Name: "anything"}
)

func TestKindsFollowFromSchemaAndName(t *testing.T) {
	sub := []contract.Field{{Name: "longitude", Type: "number"}}
	tests := []struct {
		name string
		f    contract.Field
		want field.Kind
	}{
		{"a date", date, field.Date},
		{"a date with its time", contract.Field{Name: "validUntil", Type: "string", Format: "date-time"}, field.Moment},
		{"the time of a clocking", clock, field.Clock},
		{"the time as it was", contract.Field{Name: "originalTimeOfDayInMinutes", Type: "integer"}, field.Clock},
		{"the start of an assignment", contract.Field{Name: "startTimeInMinutes", Type: "integer"}, field.Clock},
		{"a break", duration, field.Duration},
		{"a total", contract.Field{Name: "normalTimeDurationInMinutes", Type: "integer"}, field.Duration},
		{"a balance", contract.Field{Name: "flextimeBalanceInMinutes", Type: "integer"}, field.Duration},
		{"a text that only sounds like minutes", contract.Field{Name: "noteInMinutes", Type: "string"}, field.Text},
		{"an enum", kind, field.Choice},
		{"a boolean", yesNo, field.YesNo},
		{"an integer", integer, field.Integer},
		{"a number", decimal, field.Decimal},
		{"an object with an id", contract.Field{Type: "object", Fields: []contract.Field{{Name: "id"}}}, field.Reference},
		{"a reference", contract.Field{Type: "object", Ref: "people"}, field.Reference},
		{"a translated text", contract.Field{Type: "object",
			Fields: []contract.Field{{Name: "default"}, {Name: "translations"}}}, field.Translated},
		{"free names", contract.Field{Type: "object", Keyed: true}, field.Keyed},
		{"an object", contract.Field{Type: "object", Fields: sub}, field.Group},
		{"rows", contract.Field{Type: "array", Fields: sub}, field.Rows},
		{"plain values", contract.Field{Type: "array", Item: &contract.Field{Type: "string"}}, field.Values},
		{"an array of nobody knows what", contract.Field{Type: "array"}, field.Raw},
		{"an object of nobody knows what", contract.Field{Type: "object"}, field.Raw},
		{"a widget that the contract names", contract.Field{Type: "integer", Widget: "clock"}, field.Clock},
		{"a widget that nobody knows", contract.Field{Type: "integer", Widget: "dial"}, field.Integer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := field.For(tt.f); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func today() time.Time { return time.Date(2026, 11, 17, 23, 59, 0, 0, time.FixedZone("far", 14*3600)) }

type parseTest struct {
	text, day string
	want      string // raw JSON, "" for emptied
	problem   string
}

func parses(t *testing.T, f contract.Field, tests []parseTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.text+" "+tt.day, func(t *testing.T) {
			got, problem := field.Parse(f, field.Typed{Text: tt.text, Day: tt.day}, today())
			key := ""
			if problem != nil {
				key = problem.Key
			}
			if key != tt.problem {
				t.Fatalf("got problem %q, want %q", key, tt.problem)
			}
			if problem == nil && string(got) != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTimesAreReadAsPeopleTypeThem(t *testing.T) {
	const wrong = field.ProblemTime
	parses(t, clock, []parseTest{
		{"830", "", "510", ""}, {"0830", "", "510", ""}, {"8:30", "", "510", ""}, {"08:30", "", "510", ""},
		{"8h30", "", "510", ""}, {"8H30", "", "510", ""}, {"8 h 30", "", "510", ""}, {"8u30", "", "510", ""},
		{"8 u 30", "", "510", ""}, {"8.30", "", "510", ""}, {"8,30", "", "510", ""}, {"8;30", "", "510", ""},
		{"8.30 u.", "", "510", ""}, {"8.30 uur", "", "510", ""}, {"8.30 Uhr", "", "510", ""}, {"8:30 h", "", "510", ""},
		{"8h30min", "", "510", ""}, {"08:30:00", "", "510", ""}, {" 8 30 ", "", "510", ""}, {"0830 u", "", "510", ""},
		{"８：３０", "", "510", ""}, {"０８３０", "", "510", ""}, {"8:30\u00a0u.", "", "510", ""},
		{"8", "", "480", ""}, {"8h", "", "480", ""}, {"8u", "", "480", ""}, {"8 u.", "", "480", ""},
		{"15", "", "900", ""}, {"1800", "", "1080", ""}, {"0", "", "0", ""}, {"00:00", "", "0", ""},
		{"24:00", "", "1440", ""}, {"2400", "", "1440", ""}, {"24", "", "1440", ""}, {"23:59", "0", "1439", ""},
		{"6:00", "1", "1800", ""}, {"22:00", "-1", "-120", ""}, {"24:00", "1", "2880", ""}, {"24:00", "-1", "0", ""},
		{"", "1", "", ""}, {"   ", "", "", ""},
		{"99:99", "", "", wrong}, {"24:01", "", "", wrong}, {"25", "", "", wrong}, {"8:60", "", "", wrong},
		{"8:3", "", "", wrong}, {"8h3", "", "", wrong}, {"060", "", "60", wrong}, {"12345", "", "", wrong},
		{"8:300", "", "", wrong}, {"-8:00", "", "", wrong}, {"8am", "", "", wrong}, {"8:30 pm", "", "", wrong},
		{"noon", "", "", wrong}, {":30", "", "", wrong}, {"8:", "", "", wrong}, {"8hu", "", "", wrong},
		{"8:30:15", "", "", wrong}, {"008:30", "", "", wrong}, {"8.30.00.00", "", "", wrong},
		{"8:30", "2", "", field.ProblemDay}, {"8:30", "x", "", field.ProblemDay},
	})
}

func TestATimeOutsideTheFieldsRangeIsRefusedWithTheRange(t *testing.T) {
	f := contract.Field{Name: "timeOfDayInMinutes", Type: "integer", Minimum: limit(0), Maximum: limit(1439)}
	_, problem := field.Parse(f, field.Typed{Text: "8:00", Day: "1"}, today())
	if problem == nil || problem.Key != field.ProblemTimeRange {
		t.Fatalf("got %v, want %s", problem, field.ProblemTimeRange)
	}
	if got, want := problem.Args["min"]+" "+problem.Args["max"], "00:00 23:59"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTimesAreShownOnTheirDay(t *testing.T) {
	tests := []struct {
		raw, text, day string
		shown          bool
	}{
		{"485", "08:05", "0", true}, {"480.0", "08:00", "0", true}, {"0", "00:00", "0", true},
		{"1439", "23:59", "0", true}, {"1440", "00:00", "1", true}, {"1800", "06:00", "1", true},
		{"2880", "24:00", "1", true}, {"-1", "23:59", "-1", true}, {"-120", "22:00", "-1", true},
		{"-1440", "00:00", "-1", true}, {"null", "", "0", true}, {"", "", "0", true},
		{"-1441", "", "0", false}, {"2881", "", "0", false}, {"480.5", "", "0", false}, {`"08:00"`, "", "0", false},
		{"1e3", "", "0", false}, {"{}", "", "0", false}, {"99999999999999999999", "", "0", false},
	}
	for _, tt := range tests {
		t.Run(tt.raw, func(t *testing.T) {
			got, shown := field.Format(clock, json.RawMessage(tt.raw))
			if got.Text != tt.text || got.Day != tt.day || shown != tt.shown {
				t.Errorf("got %q %q %v, want %q %q %v", got.Text, got.Day, shown, tt.text, tt.day, tt.shown)
			}
		})
	}
}

func TestInvariant8_EveryMinuteComesBackAsItWas(t *testing.T) {
	for m := -1440; m <= 2880; m++ {
		want := strconv.Itoa(m)
		for _, f := range []contract.Field{clock, duration} {
			typed, shown := field.Format(f, json.RawMessage(want))
			if !shown {
				t.Fatalf("%s: %d is not shown", f.Name, m)
			}
			got, problem := field.Parse(f, typed, today())
			if problem != nil || string(got) != want {
				t.Fatalf("%s: %d as %q on day %q: got %s, %v", f.Name, m, typed.Text, typed.Day, got, problem)
			}
		}
	}
}

func TestDurationsAreReadAsPeopleTypeThem(t *testing.T) {
	const wrong = field.ProblemDuration
	parses(t, duration, []parseTest{
		{"7:36", "", "456", ""}, {"7h36", "", "456", ""}, {"7 h 36", "", "456", ""}, {"7u36", "", "456", ""},
		{"7 h 36 min", "", "456", ""}, {"7h5", "", "425", ""}, {"7h", "", "420", ""}, {"7 u.", "", "420", ""},
		{"0:30", "", "30", ""}, {"90", "", "90", ""}, {"130 min", "", "130", ""}, {"130 minuten", "", "130", ""},
		{"45'", "", "45", ""}, {"736 min", "", "736", ""}, {"-0:30", "", "-30", ""}, {"−7:36", "", "-456", ""},
		{"-30", "", "-30", ""}, {"+0:30", "", "30", ""}, {"38:00", "", "2280", ""}, {"1976:00", "", "118560", ""},
		{"7:36 h", "", "456", ""}, {"0", "", "0", ""}, {"７：３６", "", "456", ""}, {"", "", "", ""},
		{"736", "", "", field.ProblemDurationAmbiguous}, {"0736", "", "", field.ProblemDurationAmbiguous},
		{"790", "", "", wrong}, {"7.6", "", "", wrong}, {"7,36", "", "", wrong}, {"7:6", "", "", wrong},
		{"7:60", "", "", wrong}, {"7h60", "", "", wrong}, {"12345", "", "", wrong}, {"long", "", "", wrong},
		{"-", "", "", wrong}, {"7:36:00", "", "", wrong}, {"9999999:00", "", "", wrong},
	})
}

func TestAnAmbiguousDurationNamesBothReadings(t *testing.T) {
	_, problem := field.Parse(duration, field.Typed{Text: "-736"}, today())
	if problem == nil {
		t.Fatal("got no problem")
	}
	if got, want := problem.Args["hours"]+" or "+problem.Args["minutes"], "-7:36 or -736"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDatesAreReadAsPeopleTypeThem(t *testing.T) {
	const wrong, none = field.ProblemDate, field.ProblemNoDay
	parses(t, date, []parseTest{
		{"2026-11-17", "", `"2026-11-17"`, ""}, {"17/11/2026", "", `"2026-11-17"`, ""},
		{"17-11-2026", "", `"2026-11-17"`, ""}, {"17.11.2026", "", `"2026-11-17"`, ""},
		{"5/1/2026", "", `"2026-01-05"`, ""}, {"5 / 1 / 2026", "", `"2026-01-05"`, ""},
		{"5/1", "", `"2026-01-05"`, ""}, {"5-1", "", `"2026-01-05"`, ""}, {"5.1.", "", `"2026-01-05"`, ""},
		{"17/11/26", "", `"2026-11-17"`, ""}, {"2026/11/17", "", `"2026-11-17"`, ""},
		{"today", "", `"2026-11-17"`, ""}, {"Vandaag", "", `"2026-11-17"`, ""},
		{"aujourd’hui", "", `"2026-11-17"`, ""}, {"HEUTE", "", `"2026-11-17"`, ""},
		{"yesterday", "", `"2026-11-16"`, ""}, {"gisteren", "", `"2026-11-16"`, ""}, {"hier", "", `"2026-11-16"`, ""},
		{"gestern", "", `"2026-11-16"`, ""}, {"morgen", "", `"2026-11-18"`, ""}, {"+1", "", `"2026-11-18"`, ""},
		{"-1", "", `"2026-11-16"`, ""}, {"-20", "", `"2026-10-28"`, ""}, {"−1", "", `"2026-11-16"`, ""},
		{"29/2/2024", "", `"2024-02-29"`, ""}, {"１７/１１/２０２６", "", `"2026-11-17"`, ""}, {"", "", "", ""},
		{"29/2/2026", "", "", none}, {"31/11/2026", "", "", none}, {"2026-02-30", "", "", none}, {"11/17/2026", "", "", wrong},
		{"2026-13-01", "", "", wrong}, {"2026-00-10", "", "", wrong}, {"0/1/2026", "", "", wrong},
		{"26-11-17", "", "", wrong}, {"17", "", "", wrong}, {"17112026", "", "", wrong}, {"soon", "", "", wrong},
		{"17/11-2026", "", "", wrong}, {"17/11/2026/1", "", "", wrong}, {"+", "", "", wrong}, {"+9999", "", "", wrong},
		{"2026-11-17T00:00:00", "", "", wrong}, {"001/1/2026", "", "", wrong},
		{"20261117", "", `"2026-11-17"`, ""}, {"20261317", "", "", wrong}, {"20261131", "", "", none},
		{"17 nov", "", `"2026-11-17"`, ""}, {"17 november 2026", "", `"2026-11-17"`, ""}, {"17-nov-26", "", `"2026-11-17"`, ""},
		{"17 nov. 2026", "", `"2026-11-17"`, ""}, {"17. März 2026", "", `"2026-03-17"`, ""}, {"1er août", "", `"2026-08-01"`, ""},
		{"le 1er février 2026", "", `"2026-02-01"`, ""}, {"3rd of May 2025", "", `"2025-05-03"`, ""}, {"Nov 17, 2026", "", `"2026-11-17"`, ""},
		{"Tue 17 Nov", "", `"2026-11-17"`, ""}, {"ma 16/11", "", `"2026-11-16"`, ""}, {"dim. 15.11.2026", "", `"2026-11-15"`, ""},
		{"mar 17 mars 2026", "", `"2026-03-17"`, ""}, {"mar 17", "", `"2026-03-17"`, ""}, {"31 nov 2026", "", "", none},
		{"17 nov 2026 08:30", "", "", wrong}, {"nov", "", "", wrong}, {"nov 2026", "", "", wrong}, {"maandag", "", "", wrong},
		{"17 smarch", "", "", wrong}, {"17 nov 126", "", "", wrong}, {"117 nov", "", "", wrong}, {"17th", "", "", wrong},
	})
	_, problem := field.Parse(date, field.Typed{Text: "30/2/2026"}, today())
	if got := problem.Args["days"]; got != "28" {
		t.Errorf("30/2/2026: got a month of %q days, want 28", got)
	}
}

func TestADateOfNumbersIsReadWithItsMonthFirst(t *testing.T) {
	for _, tt := range []struct{ text, date, dayFirst string }{
		{"11/13/2026", "2026-11-13", ""}, {"11/2/2026", "2026-11-02", "2026-02-11"}, {"11-02-2026", "2026-11-02", "2026-02-11"},
		{"11/11/26", "2026-11-11", "2026-11-11"}, {"11/13", "2026-11-13", ""}, {"Mon 11/2/2026", "2026-11-02", "2026-02-11"},
		{"2/30/2026", "", ""}, {"13/11/2026", "", ""}, {"2026-11-02", "", ""}, {"2026/2/11", "", ""}, {"2 nov 2026", "", ""},
		{"11/13-2026", "", ""}, {"20261102", "", ""}, {"", "", ""},
	} {
		date, dayFirst, ok := field.MonthFirst(tt.text, today())
		if date != tt.date || dayFirst != tt.dayFirst || ok != (tt.date != "") {
			t.Errorf("%q: got %q, %q, %v, want %q, %q", tt.text, date, dayFirst, ok, tt.date, tt.dayFirst)
		}
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	parses(t, decimal, []parseTest{
		{"51.1441270", "", "51.1441270", ""}, {"51,1441270", "", "51.1441270", ""}, {"-4.39", "", "-4.39", ""},
		{".5", "", "0.5", ""}, {"5.", "", "5", ""}, {"007.5", "", "7.5", ""}, {"+7", "", "7", ""}, {"1e1", "", "1e1", ""},
		{"5１", "", "51", ""}, {"0", "", "0", ""}, {"-0.0", "", "-0.0", ""},
		{"1.234,5", "", "", field.ProblemNumber}, {"51.1.4", "", "", field.ProblemNumber}, {"NaN", "", "", field.ProblemNumber},
		{"1e", "", "", field.ProblemNumber}, {"1e999", "", "", field.ProblemNumber}, {".", "", "", field.ProblemNumber},
		{"91", "", "", field.ProblemRange}, {"-90.0001", "", "", field.ProblemRange},
	})
	parses(t, integer, []parseTest{
		{"12345678901234567890123", "", "12345678901234567890123", ""}, {"007", "", "7", ""}, {"-7", "", "-7", ""},
		{"1.5", "", "", field.ProblemInteger}, {"1 2", "", "", field.ProblemInteger}, {"x", "", "", field.ProblemInteger},
	})
	half := contract.Field{Name: "percentage", Type: "number", Minimum: limit(0.5)}
	parses(t, half, []parseTest{{"0.4", "", "", field.ProblemMinimum}})
}

func TestTextsChoicesAndReferences(t *testing.T) {
	const id = "38fc2206-1a5b-4c3d-8e9f-0123456789ab"
	parses(t, text, []parseTest{
		{" Els \"<é>\" ", "", `"Els \"<é>\""`, ""}, {"a\r\nb", "", `"a\nb"`, ""}, {"ééééééééééééééééé", "", "", field.ProblemTooLong},
	})
	parses(t, kind, []parseTest{{"InOut", "", `"InOut"`, ""}, {"inout", "", `"InOut"`, ""}, {"Out", "", "", field.ProblemChoice}})
	parses(t, yesNo, []parseTest{{"true", "", "true", ""}, {"nee", "", "false", ""}, {"", "", "", ""}, {"perhaps", "", "", field.ProblemChoice}})
	parses(t, person, []parseTest{
		{"1012", "", `{"id":1012}`, ""}, {"001012", "", `{"id":1012}`, ""}, {"99999999999999999999", "", `{"id":99999999999999999999}`, ""},
		{"@badge-number:6767676", "", `{"externalReferences":{"@badge-number":"6767676"}}`, ""},
		{"ref:HRMID:67:8", "", `{"externalReferences":{"HRMID":"67:8"}}`, ""},
		{"@badge-number", "", "", field.ProblemExternal}, {"@:1", "", "", field.ProblemExternal}, {"Jan", "", "", field.ProblemID},
		{"-1", "", "", field.ProblemID},
	})
	parses(t, definition, []parseTest{{id, "", `{"id":"` + id + `"}`, ""}, {"12", "", "", field.ProblemGUID}})
	parses(t, guid, []parseTest{{id, "", `"` + id + `"`, ""}, {id + "0", "", "", field.ProblemGUID}})
	parses(t, link, []parseTest{
		{"https://acme.example/x", "", `"https://acme.example/x"`, ""}, {"http://acme.example", "", "", field.ProblemAddress},
		{"acme", "", "", field.ProblemAddress},
	})
	parses(t, raw, []parseTest{{`{"a": [1, 2]}`, "", `{"a": [1, 2]}`, ""}, {"null", "", "", ""}, {"{", "", "", field.ProblemJSON}})
}

func TestWhatAKindShowsItReadsBack(t *testing.T) {
	tests := []struct {
		name  string
		f     contract.Field
		raw   string
		text  string
		shown bool
	}{
		{"a date", date, `"2026-11-17"`, "2026-11-17", true},
		{"a date with a time", date, `"2026-11-17T00:00:00"`, "", false},
		{"no day of the calendar", date, `"2026-02-30"`, "", false},
		{"a balance below zero", duration, "-30", "-0:30", true},
		{"half a minute", duration, "30.5", "", false},
		{"long digits", decimal, "51.1441270", "51.1441270", true},
		{"a coordinate as text", decimal, `"51.1"`, "", false},
		{"a huge integer", integer, "12345678901234567890123", "12345678901234567890123", true},
		{"an integer with a fraction", integer, "1.5", "", false},
		{"a choice", kind, `"Reason"`, "Reason", true},
		{"a choice of tomorrow", kind, `"Pause"`, "Pause", false},
		{"a number for a choice", kind, "5", "5", false},
		{"yes", yesNo, "true", "true", true},
		{"neither yes nor no", yesNo, `"maybe"`, `"maybe"`, false},
		{"two lines", text, `"a\nb"`, "a\nb", true},
		{"a control character", text, `"a\u0000b"`, "", false},
		{"an object for a text", text, `{"a":1}`, "", false},
		{"a reference", person, `{"id": 1012}`, "1012", true},
		{"a reference by badge", person, `{"externalReferences":{"@badge-number":"67"}}`, "@badge-number:67", true},
		{"a reference by a name of one's own", person, `{"externalReferences":{"HR":"67"}}`, "ref:HR:67", true},
		{"a reference by two names", person, `{"externalReferences":{"A":"1","B":"2"}}`, "", false},
		{"an empty reference", person, `{}`, "", false},
		{"a number for a reference", person, `7`, "", false},
		{"nothing", person, `null`, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			typed, shown := field.Format(tt.f, json.RawMessage(tt.raw))
			if typed.Text != tt.text || shown != tt.shown {
				t.Fatalf("got %q %v, want %q %v", typed.Text, shown, tt.text, tt.shown)
			}
			if !shown || typed.Text == "" {
				return
			}
			got, problem := field.Parse(tt.f, typed, today())
			if problem != nil || !protime.Equal(got, json.RawMessage(tt.raw)) {
				t.Errorf("got %s, %v, want %s", got, problem, tt.raw)
			}
		})
	}
}

func TestSameOverlooksWhatBrowsersChange(t *testing.T) {
	a, b := field.Typed{Text: "a\nb"}, field.Typed{Text: "a\r\nb"}
	if !field.Same(field.Text, a, b) {
		t.Error("line ends make a difference")
	}
	if field.Same(field.Clock, field.Typed{Text: "08:00", Day: "1"}, field.Typed{Text: "08:00"}) {
		t.Error("the day makes no difference")
	}
	if !field.Same(field.Clock, field.Typed{Day: "1"}, field.Typed{}) {
		t.Error("the day of no time makes a difference")
	}
}
