package handlers_test

import (
	"time"

	"protime-admin/protime/simulator/company"
)

// today is the company's date in tests.
func today() string { return time.Now().Format(time.DateOnly) }

// definitions is the page of the made-up company's activities of one level.
func definitions(level string) string {
	return "/activity-structure-versions/" + company.StructureVersion + "/levels/" + level + "/activity-definitions"
}

// definitionID is the id of an activity definition by its last digits: 1001 is the first of level 1.
func definitionID(last string) string {
	const zeros = "000000000000"
	return "a1b2c3d4-0000-4000-8000-" + zeros[len(last):] + last
}

// definition is the page of an activity definition of level 1.
func definition(last string) string { return definitions("1") + "/" + definitionID(last) }
