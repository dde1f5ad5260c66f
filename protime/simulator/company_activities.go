package simulator

import "strconv"

// StructureVersion is the one activity structure version of the made-up company.
const StructureVersion = "38fc2206-5c5a-4d0e-9d0b-3f1f8a2b7c10"

// definitionID is the id of the n-th activity definition of a level.
func definitionID(level, n int) string {
	number := strconv.Itoa(level*1000 + n)
	return "a1b2c3d4-0000-4000-8000-00000000" + number
}

// activities seeds projects on level 1, tasks below them on level 2, who may use them and what may be
// combined.
func (c *company) activities() {
	projects := []string{"Assembly line", "Maintenance", "Customer portal", "Stock count"}
	tasks := []string{"Preparation", "Execution", "Rework"}
	for i, project := range projects {
		c.definition(1, i+1, project, "")
		for j, task := range tasks {
			c.definition(2, i*len(tasks)+j+1, project+": "+task, definitionID(1, i+1))
		}
	}
	c.stored("usages", definitionID(1, 1), `[{"activityUsageKind":"Person","usageReference":{"id":76547},"from":"`+c.started+
		`","until":"`+c.first+`"},{"activityUsageKind":"Circle","usageReference":{"id":2},"from":"`+c.started+`"}]`)
	c.stored("usages", definitionID(1, 3), `[{"activityUsageKind":"Group","usageReference":{"id":5},"from":"`+c.started+`"}]`)
	c.stored("restrictions", definitionID(1, 1), `[{"level":2,"activityDefinitions":[{"id":"`+definitionID(2, 1)+
		`"},{"id":"`+definitionID(2, 2)+`"}]}]`)
}

func (c *company) definition(level, n int, name, parent string) {
	id := definitionID(level, n)
	place := StructureVersion + "/" + strconv.Itoa(level)
	code := "L" + strconv.Itoa(level) + "-" + strconv.Itoa(100+n)
	raw := `{"id":"` + id + `","changeVersion":"` + c.t.nextVersion() + `","name":{"default":"` + name +
		`","translations":{"en-GB":"` + name + `","nl-BE":"` + name + ` (nl)"}},`
	if parent != "" {
		raw += `"parent":{"id":"` + parent + `"},`
	}
	raw += `"shortCode":"` + code[3:] + `","dataEntryCode":"` + code + `","externalReference":"X` + code +
		`","info":"Made up","activeFrom":"` + c.started + `","structureVersion":"` + StructureVersion +
		`","level":` + strconv.Itoa(level) + `,"canConfigureRestrictions":` + strconv.FormatBool(level == 1)
	if n == 1 {
		raw += `,"budget":{"hours":1.50e3,"note":"kept \u003cas it is\u003e"}`
	}
	table := c.t.table(activityDefinitions)
	table.seq++
	r := &row{id: id, seq: table.seq, raw: raw + "}", parent: place}
	table.rows = append(table.rows, r)
	table.byID[id] = r
}

// stored keeps an object of a definition.
func (c *company) stored(collection, definition, rows string) {
	c.t.table(collection).put(definition, `{"changeVersion":"`+c.t.nextVersion()+`","activityDefinitionId":{"id":"`+definition+
		`"},"`+collection+`":`+rows+`}`)
}

// levels are the activityLevels of one clocking: a project and one of its tasks.
func levels(n int) string {
	return `[{"level":1,"activityDefinition":{"id":"` + definitionID(1, 1+n%4) + `"}},{"level":2,"activityDefinition":{"id":"` +
		definitionID(2, 1+n%4*3) + `"}}]`
}
