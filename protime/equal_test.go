package protime_test

import (
	"encoding/json"
	"strings"
	"testing"

	"protime-admin/protime"
)

func TestEqualComparesMeaning(t *testing.T) {
	tests := []struct {
		name         string
		a, b         string
		equal, empty bool // by Equal and by EqualOrEmpty
	}{
		{"the same bytes", `{"a":1}`, `{"a":1}`, true, true},
		{"480 and 480.0", "480", "480.0", true, true},
		{"480 and 4.8e2", "480", "4.8e2", true, true},
		{"an exponent with zeros before it", "480", "4.8e+0002", true, true},
		{"long ids that differ in the last digit", "9007199254740993", "9007199254740992", false, false},
		{"absent and null", "", "null", true, true},
		{"absent and null between spaces", "", " null ", true, true},
		{"absent and zero", "", "0", false, false},
		{"absent and an empty text", "", `""`, false, false},
		{"escapes", `"\u00e9"`, `"é"`, true, true},
		{"members in another order", `{"a":1,"b":2}`, `{"b":2.0,"a":1}`, true, true},
		{"a member that is null", `{"a":1,"b":null}`, `{"a":1}`, true, true},
		{"a member more", `{"a":1,"b":2}`, `{"a":1}`, false, false},
		{"another member", `{"a":1}`, `{"b":1}`, false, false},
		{"rows in another order", `[1,2]`, `[2,1]`, false, false},
		{"a row more", `[1]`, `[1,null]`, false, false},
		{"text and number", `"1"`, `1`, false, false},
		{"text and an object", `"1"`, `{"a":1}`, false, false},
		{"an empty object and null", `{}`, `null`, false, true},
		{"an empty array and nothing", `[]`, ``, false, true},
		{"an empty array and an empty object", `[]`, `{}`, false, true},
		{"an object with empty members and nothing", `{"a":{"b":null},"c":[]}`, ``, false, true},
		{"a member that is an empty object", `{"a":1,"b":{}}`, `{"a":1}`, false, true},
		{"an array of an empty object and nothing", `[{}]`, ``, false, false},
		{"text that is no JSON and nothing", `{`, ``, false, false},
		{"the same text that is no JSON", `{`, `{`, true, true},
		{"exponents without end", "1e99999", "10e99998", false, false},
		{"more digits than are compared", "1" + strings.Repeat("0", 5000), "1" + strings.Repeat("0", 5000) + ".0", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := json.RawMessage(tt.a), json.RawMessage(tt.b)
			if x, y := protime.Equal(a, b), protime.Equal(b, a); x != tt.equal || y != tt.equal {
				t.Errorf("Equal: got %v, the other way round %v, want %v", x, y, tt.equal)
			}
			if x, y := protime.EqualOrEmpty(a, b), protime.EqualOrEmpty(b, a); x != tt.empty || y != tt.empty {
				t.Errorf("EqualOrEmpty: got %v, the other way round %v, want %v", x, y, tt.empty)
			}
		})
	}
}
