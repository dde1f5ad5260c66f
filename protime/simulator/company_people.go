package simulator

import (
	"strconv"
	"strings"
)

// person is what the other seeds need to know.
type person struct {
	id         int
	key        string // the id as text
	department int
	night      bool // works at night
	activity   bool // registers activities
	gone       bool // left the company before the four weeks
}

// names are made up; any likeness to living people is chance. Jan Maes and Els Peeters are those of the
// examples.
func names() []string {
	return strings.Split(`Anaïs Lefèvre|Björn Ångström|Çağla Yıldırım|Dóra Szűcs|Łukasz Wiśniewski|Željka Čović|Siobhán O'Brien|`+
		`Jürgen Müller-Lüdenscheidt|Zoë D'Hondt|Iñigo Etxeberria|Ștefan Țăranu|Kateřina Dvořáková|Søren Kjærgaard|`+
		`Þórdís Guðmundsdóttir|Maria da Conceição dos Santos e Silva|Γιώργος Παπαδόπουλος|Иван Петров|Lūcija Bērziņa|`+
		`Ąžuolas Žemaitis|Õnne Põld|Äiju Hämäläinen|Giulia Dell'Acqua|Chiara De Luca|Beñat Agirre|Marc-Antoine de la Rochefoucauld|`+
		`Ann Vandenbroucke|Bart Claes|Carine Dubois|Dirk Van den Bossche|Eva Janssens|Filip De Smet|Greet Willems|Hilde Goossens|`+
		`Ilse Van der Auwera|Joris Mertens|Karel Wouters|Lieve Jacobs|Maarten 't Hooft|Nele Verstraete|Olivier Lambert|`+
		`Pieter-Jan Cools|Quinten Baert|Rita Hermans|Sofie Michiels|Tom Aerts|Ursula Schröder|Jan Maes|Els Peeters|`+
		`Veerle Desmedt|Wim Van Damme|Xavier Dupont|Yasmina El Amrani|Zeynep Öztürk|Achiel Van Nieuwenhuyse-Vandecasteele|`+
		`Brigitte Thiry|Cédric N'Diaye|Dévi Müllenhoff|Emīlija Kļaviņa|Fañch Le Goff|Gwenaëlle Kerbrat`, "|")
}

// firstPerson is the id of the first of them; Jan Maes is 76547, as in the documentation's examples.
const firstPerson = 76501

// staff seeds the people with all their personal fields, their contracts and their histories.
func (c *company) staff() {
	for i, name := range names() {
		firstName, lastName, _ := strings.Cut(name, " ")
		if strings.HasPrefix(name, "Maria da") {
			firstName, lastName = "Maria da Conceição", "dos Santos e Silva"
		}
		p := person{id: firstPerson + i, department: 1 + i%5}
		p.key = strconv.Itoa(p.id)
		p.night = p.department == 2 && i%3 == 0
		p.activity = p.department == 3 || p.department == 5
		p.gone = i == 59
		c.people = append(c.people, p)
		c.person(i, p, firstName, lastName)
		c.contract(i, p)
		c.histories(i, p)
	}
	for i := range c.people {
		kind, group := "circle", 2
		if i%2 == 1 {
			kind, group = "org-group", 121
		}
		c.t.join(kind, group, c.people[i].id)
	}
}

// join adds one person to a named collection.
func (t *Tenant) join(kind string, id, person int) {
	if t.circles == nil {
		t.circles = make(map[string]map[string]bool)
	}
	key := kind + " " + strconv.Itoa(id)
	if t.circles[key] == nil {
		t.circles[key] = make(map[string]bool)
	}
	t.circles[key][strconv.Itoa(person)] = true
}

func (c *company) person(i int, p person, firstName, lastName string) {
	number := strconv.Itoa(10_000 + i*37)
	c.begin(p.id)
	if i != 3 { // one calendar was never locked
		c.string("periodClosingDate", c.closed)
	}
	initials := string([]rune(firstName)[:1]) + string([]rune(lastName)[:1])
	c.string("lastName", lastName).string("firstName", firstName).string("initials", initials).
		string("telephone", "+32 15 00 "+number[1:3]+" "+number[3:]).string("mobile", "+32 470 00 "+number[1:]).
		string("email", "person"+number+"@vermeulen.example").
		string("address", "Dorpsstraat "+strconv.Itoa(i+1)).string("postalCode", "2800").string("town", "Mechelen").
		string("countryISOCode", "BE").string("nationalityISOCode", "BE").
		string("sex", []string{"Female", "Male", "Other", "Unknown"}[i%4]).string("maritalStatus", "Unknown").
		string("birthDate", strconv.Itoa(1961+i%42)+"-07-30").string("placeOfBirth", "Leuven").
		string("registerNumber", "61.07.30-"+number[:3]+".00").string("passportNumber", "XX"+number).
		string("socialSecurityNumber", "610730"+number).string("bankAccount", "BE00 5390 0754 "+number[1:]).
		string("inServiceDate", c.started)
	if p.gone {
		c.string("outOfServiceDate", c.first)
	}
	c.string("employeeNumber", "E"+strconv.Itoa(1001+i)).string("payGroup", "A").
		raw("hourlyRate", "21.50").raw("maxAdvance", "250.00").ref("terminalGroup", 1).
		string("badgeNumber", strconv.Itoa(6_767_600+i)).int("pinCode", 1000+i*13).string("terminalLanguageISOCode", "nl")
	if i%7 == 0 {
		c.string("costCentre", "CC-"+number) // not in the published fields
	}
	c.end("people", p.id, "", "")
	c.t.refer(reference{"people", "HRMID"}, "H"+number, p.key)
}

func (c *company) contract(i int, p person) {
	hours, percentage := 38*60, "100.0"
	if i%6 == 5 {
		hours, percentage = 19*60, "50.0"
	}
	c.begin(300+i).ref("person", p.id).string("code", "C"+strconv.Itoa(i+1)).string("from", c.started).
		int("contractHoursInMinutes", hours).int("fullTimeEquivalentInMinutes", 38*60).raw("contractPercentage", percentage).
		int("numberOfWorkingDaysPerWeek", 5).int("numberOfDaysInContractPeriod", 5).string("kind", "Contract").
		end("contracts", 300+i, "", p.key)
}

// histories gives everybody one period in each category, and some people an earlier one.
func (c *company) histories(i int, p person) {
	for _, category := range []struct {
		collection, member string
		value              int
	}{
		{"department-histories", "department", p.department},
		{"employer-histories", "employer", 10 + i%2},
		{"job-histories", "job", 20 + p.department},
		{"job-category-histories", "jobCategory", 176 + i%2},
		{"sector-histories", "sector", 31 + i%2},
		{"work-location-histories", "workLocation", 41 + i%2},
	} {
		from := c.started
		if i%10 == 0 && category.member == "department" {
			c.begin(900+i).ref("person", p.id).ref(category.member, 1+category.value%5).string("from", c.started).
				string("until", c.first).end(category.collection, 900+i, "", p.key)
			from = c.closed
		}
		c.begin(1+i).ref("person", p.id).ref(category.member, category.value).string("from", from).raw("until", "null").
			end(category.collection, 1+i, "", p.key)
	}
}
