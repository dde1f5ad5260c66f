package simulator

// entry is one row of a catalog.
type entry struct {
	id   int
	code string
	name translation
}

// catalogs seeds the collections that others refer to.
func (c *company) catalogs() {
	for _, e := range []entry{
		{1, "ADM", translation{"Administration", "Administratie", "Administration", "Verwaltung"}},
		{2, "PRD", translation{"Production", "Productie", "Production", "Produktion"}},
		{3, "WHS", translation{"Warehouse", "Magazijn", "Entrepôt", "Lager"}},
		{4, "SAL", translation{"Sales", "Verkoop", "Ventes", "Vertrieb"}},
		{5, "ICT", translation{"Information technology", "Informatica", "Informatique", "Informatik"}},
	} {
		c.begin(e.id).translated("name", e.name).string("externalCode", e.code).end("departments", e.id, "", "")
	}
	for _, e := range []entry{
		{10, "BEL", translation{"Vermeulen & Zonen NV", "Vermeulen & Zonen NV", "Vermeulen & Zonen SA", "Vermeulen & Zonen AG"}},
		{11, "LUX", translation{"Vermeulen Luxembourg Sàrl", "Vermeulen Luxembourg Sàrl", "Vermeulen Luxembourg Sàrl",
			"Vermeulen Luxemburg GmbH"}},
	} {
		c.begin(e.id).translated("name", e.name).string("externalCode", e.code).string("address", "Kanaalstraat 12").
			string("town", "Mechelen").string("postalCode", "2800").string("bankAccount", "BE00 0000 0000 0000").
			string("companyRegistrationNumber", "BE 0000.000.0"+e.code).end("employers", e.id, "", "")
	}
	c.jobs()
	c.shifts()
	c.absenceCatalog()
	c.counterCatalog()
	for i, name := range []string{"Main entrance", "Warehouse gate", "Production hall", "Gent reception", "Mobile app"} {
		id := 765 + i
		c.begin(id).string("name", name).string("externalCode", []string{"T1", "T2", "T3", "T7", "APP"}[i]).
			end("terminals", id, "", "")
	}
}

func (c *company) jobs() {
	for _, e := range []entry{
		{21, "", translation{"Accountant", "Boekhouder", "Comptable", "Buchhalter"}},
		{22, "", translation{"Machine operator", "Machineoperator", "Opérateur", "Maschinenführer"}},
		{23, "", translation{"Order picker", "Orderpicker", "Préparateur de commandes", "Kommissionierer"}},
		{24, "", translation{"Account manager", "Accountmanager", "Chargé de clientèle", "Kundenbetreuer"}},
		{25, "", translation{"Developer", "Ontwikkelaar", "Développeur", "Entwickler"}},
	} {
		c.begin(e.id).translated("name", e.name).end("jobs", e.id, "", "")
	}
	for _, e := range []entry{
		{176, "BC", translation{"Blue collar worker", "Arbeider", "Ouvrier", "Arbeiter"}},
		{177, "WC", translation{"White collar worker", "Bediende", "Employé", "Angestellter"}},
	} {
		c.begin(e.id).translated("name", e.name).string("externalCode", e.code).end("job-categories", e.id, "", "")
	}
	for _, e := range []entry{
		{31, "", translation{"Metal", "Metaal", "Métal", "Metall"}},
		{32, "", translation{"Services", "Diensten", "Services", "Dienstleistungen"}},
	} {
		c.begin(e.id).translated("name", e.name).end("sectors", e.id, "", "")
	}
	for _, e := range []entry{
		{41, "Kanaalstraat 12, Mechelen", translation{"Mechelen", "Mechelen", "Malines", "Mecheln"}},
		{42, "Dok Noord 4, Gent", translation{"Ghent", "Gent", "Gand", "Gent"}},
	} {
		c.begin(e.id).translated("name", e.name).string("description", e.code).end("work-locations", e.id, "", "")
	}
}

func (c *company) shifts() {
	for _, e := range []entry{
		{51, "DAY", translation{"Day", "Dag", "Jour", "Tag"}},
		{52, "EARLY", translation{"Early", "Vroege", "Matin", "Früh"}},
		{53, "LATE", translation{"Late", "Late", "Après-midi", "Spät"}},
		{54, "NIGHT", translation{"Night", "Nacht", "Nuit", "Nacht"}},
	} {
		c.begin(e.id).translated("name", e.name).string("code", e.code).translated("friendlyName", e.name).
			bool("isEnabled", true).end("shift-definitions", e.id, "", "")
	}
	for _, e := range []entry{
		{61, "", translation{"Lunch", "Middagpauze", "Pause de midi", "Mittagspause"}},
		{62, "", translation{"Coffee", "Koffiepauze", "Pause café", "Kaffeepause"}},
	} {
		c.begin(e.id).translated("name", e.name).translated("friendlyName", e.name).int("paidDurationInMinutes", 0).
			int("minimumDurationInMinutes", 30).int("maximumDurationInMinutes", 60).int("ifNotClockedDurationInMinutes", 30).
			bool("hasToBeTakenUninterrupted", e.id == 61).end("break-definitions", e.id, "", "")
	}
}

// The reasons for which one clocks out and comes back.
const (
	doctor  = 12
	mission = 13
	smoking = 14
)

func (c *company) absenceCatalog() {
	for _, e := range []entry{
		{1, "Absence", translation{"Leave", "Verlof", "Congé", "Urlaub"}},
		{2, "Absence", translation{"Illness", "Ziekte", "Maladie", "Krankheit"}},
		{3, "WorkingElsewhere", translation{"Working elsewhere", "Elders werken", "Travail ailleurs", "Auswärts"}},
	} {
		c.begin(e.id).translated("name", e.name).string("type", e.code).end("absence-groups", e.id, "", "")
	}
	for _, e := range []struct {
		entry
		group    int
		isReason bool
	}{
		{entry{10, "VAC", translation{"Holiday", "Vakantie", "Vacances", "Urlaub"}}, 1, false},
		{entry{11, "SICK", translation{"Illness", "Ziekte", "Maladie", "Krankheit"}}, 2, false},
		{entry{doctor, "DOC", translation{"Doctor's visit", "Doktersbezoek", "Visite médicale", "Arztbesuch"}}, 2, true},
		{entry{mission, "MIS", translation{"Business trip", "Dienstreis", "Mission", "Dienstreise"}}, 3, true},
		{entry{smoking, "SMK", translation{"Smoking break", "Rookpauze", "Pause cigarette", "Raucherpause"}}, 1, true},
		{entry{15, "HOME", translation{"Working from home", "Thuiswerk", "Télétravail", "Heimarbeit"}}, 3, true},
		{entry{16, "OLD", translation{"Recuperation (old)", "Recuperatie (oud)", "Récupération (ancien)", "Ausgleich (alt)"}}, 1, false},
	} {
		c.begin(e.id).translated("name", e.name).string("code", e.code).translated("friendlyName", e.name).
			raw("friendlyCode", `{"default":"`+e.code+`","translations":{}}`).
			raw("allowedDurations", `["FullDay","HalfDay","Interval"]`).bool("isEnabled", e.code != "OLD").
			bool("isReasonForClocking", e.isReason).ref("absenceGroup", e.group).end("absence-definitions", e.id, "", "")
	}
}

func (c *company) counterCatalog() {
	for _, e := range []entry{
		{1, "", translation{"Premiums", "Premies", "Primes", "Zuschläge"}},
		{2, "", translation{"Meals", "Maaltijden", "Repas", "Mahlzeiten"}},
	} {
		c.begin(e.id).translated("name", e.name).end("counter-groups", e.id, "", "")
	}
	for _, e := range []struct {
		entry
		group int
		unit  string
	}{
		{entry{71, "NIGHT", translation{"Night premium", "Nachtpremie", "Prime de nuit", "Nachtzuschlag"}}, 1, "Duration"},
		{entry{72, "MEAL", translation{"Meal voucher", "Maaltijdcheque", "Chèque-repas", "Essensgutschein"}}, 2, "Instance"},
		{entry{73, "OVER", translation{"Overtime", "Overuren", "Heures supplémentaires", "Überstunden"}}, 1, "Duration"},
	} {
		c.begin(e.id).translated("name", e.name).string("code", e.code).translated("friendlyName", e.name).
			raw("friendlyCode", `{"default":"`+e.code+`","translations":{}}`).bool("isEnabled", true).
			ref("counterGroup", e.group).string("unit", e.unit).end("counter-definitions", e.id, "", "")
	}
}
