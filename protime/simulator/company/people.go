package company

import (
	"strconv"
	"strings"
)

// person is what the other files need to know of somebody.
type person struct {
	id         int
	department int
	night      bool // works at night
	activity   bool // registers activities
	gone       bool // left the company before the four weeks
}

// names are made up; any likeness to living people is chance. Jan Maes and Els Peeters are those of the
// documentation's examples.
const names = `Anaïs Lefèvre|Björn Ångström|Çağla Yıldırım|Dóra Szűcs|Łukasz Wiśniewski|Željka Čović|Siobhán O'Brien|` +
	`Jürgen Müller-Lüdenscheidt|Zoë D'Hondt|Iñigo Etxeberria|Ștefan Țăranu|Kateřina Dvořáková|Søren Kjærgaard|` +
	`Þórdís Guðmundsdóttir|Maria da Conceição dos Santos e Silva|Γιώργος Παπαδόπουλος|Иван Петров|Lūcija Bērziņa|` +
	`Ąžuolas Žemaitis|Õnne Põld|Äiju Hämäläinen|Giulia Dell'Acqua|Chiara De Luca|Beñat Agirre|` +
	`Marc-Antoine de la Rochefoucauld|Ann Vandenbroucke|Bart Claes|Carine Dubois|Dirk Van den Bossche|Eva Janssens|` +
	`Filip De Smet|Greet Willems|Hilde Goossens|Ilse Van der Auwera|Joris Mertens|Karel Wouters|Lieve Jacobs|` +
	`Maarten 't Hooft|Nele Verstraete|Olivier Lambert|Pieter-Jan Cools|Quinten Baert|Rita Hermans|Sofie Michiels|` +
	`Tom Aerts|Ursula Schröder|Jan Maes|Els Peeters|Veerle Desmedt|Wim Van Damme|Xavier Dupont|Yasmina El Amrani|` +
	`Zeynep Öztürk|Achiel Van Nieuwenhuyse-Vandecasteele|Brigitte Thiry|Cédric N'Diaye|Dévi Müllenhoff|` +
	`Emīlija Kļaviņa|Fañch Le Goff|Gwenaëlle Kerbrat`

// firstPerson is the id of the first of them; Jan Maes is 76547, as in the documentation's examples.
const firstPerson = 76501

// The places of Jan Maes and Els Peeters in the list of names. They are never absent and make no mistakes, so
// that tests can rely on their days.
const (
	jan = 46
	els = 47
)

// staff stores the people with all their personal fields, their contracts and their histories.
func (c *company) staff() {
	for i, name := range strings.Split(names, "|") {
		firstName, lastName, _ := strings.Cut(name, " ")
		if rest, ok := strings.CutPrefix(name, "Maria da Conceição "); ok {
			firstName, lastName = "Maria da Conceição", rest
		}
		p := person{id: firstPerson + i, department: 1 + i%5, gone: i == 59}
		p.night = p.department == 2 && i%3 == 0
		p.activity = p.department == 3 || p.department == 5
		c.people = append(c.people, p)
		c.person(i, p, firstName, lastName)
		c.histories(i, p)
		hours, percentage := 38*60, "100.0"
		if i%6 == 5 {
			hours, percentage = 19*60, "50.0"
		}
		c.put("contracts", 300+i, `"person":{"id":%d},"code":"C%d","from":"%s","contractHoursInMinutes":%d,`+
			`"fullTimeEquivalentInMinutes":2280,"contractPercentage":%s,"numberOfWorkingDaysPerWeek":5,`+
			`"numberOfDaysInContractPeriod":5,"kind":"Contract"`, p.id, i+1, c.started, hours, percentage)
		kind, group := "circle", 2
		if i%2 == 1 {
			kind, group = "org-group", 121
		}
		c.tenant.Circle(kind, group, p.id)
	}
}

func (c *company) person(i int, p person, firstName, lastName string) {
	number := strconv.Itoa(10_000 + i*37)
	closed, left, odd := `"periodClosingDate":"`+c.closed+`",`, "", ""
	if i == 3 { // one calendar was never locked
		closed = ""
	}
	if p.gone {
		left = `"outOfServiceDate":"` + c.first + `",`
	}
	if i%7 == 0 {
		odd = `,"costCentre":"CC-` + number + `"` // not in the published fields
	}
	sex := []string{"Female", "Male", "Other", "Unknown"}[i%4]
	c.put("people", p.id, closed+`"lastName":"%s","firstName":"%s","initials":"%s",`+
		`"telephone":"+32 15 00 %s %s","mobile":"+32 470 00 %s","email":"person%s@vermeulen.example",`+
		`"address":"Dorpsstraat %d","postalCode":"2800","town":"Mechelen","countryISOCode":"BE","nationalityISOCode":"BE",`+
		`"sex":"%s","maritalStatus":"Unknown","birthDate":"%d-07-30","placeOfBirth":"Leuven",`+
		`"registerNumber":"61.07.30-%s.00","passportNumber":"XX%s","socialSecurityNumber":"610730%s",`+
		`"bankAccount":"BE00 5390 0754 %s","inServiceDate":"%s",`+left+`"employeeNumber":"E%d","payGroup":"A",`+
		`"hourlyRate":21.50,"maxAdvance":250.00,"terminalGroup":{"id":1},"badgeNumber":"%d","pinCode":%d,`+
		`"terminalLanguageISOCode":"nl"`+odd,
		lastName, firstName, string([]rune(firstName)[:1])+string([]rune(lastName)[:1]),
		number[1:3], number[3:], number[1:], number, i+1, sex, 1961+i%42, number[:3], number, number, number[1:],
		c.started, 1001+i, 6_767_600+i, 1000+i*13)
	c.tenant.Refer("people", "HRMID", "H"+number, strconv.Itoa(p.id))
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
			c.put(category.collection, 900+i, `"person":{"id":%d},"department":{"id":%d},"from":"%s","until":"%s"`,
				p.id, 1+category.value%5, c.started, c.first)
			from = c.closed
		}
		c.put(category.collection, 1+i, `"person":{"id":%d},"%s":{"id":%d},"from":"%s","until":null`,
			p.id, category.member, category.value, from)
	}
}
