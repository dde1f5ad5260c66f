package lang_test

import (
	"regexp"
	"strings"
	"testing"

	"protime-admin/internal/lang"
)

// texts are the messages of one language, the forms of a plural in one.
func texts(t *testing.T, language string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for key, m := range lang.Messages(load(t).Printer(language)) {
		all[key] = strings.Join(m.Texts, " ")
	}
	return all
}

// placeholder is not read by anybody.
var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func TestNoDevelopersWordIsReadByThoseWhoCorrectClockings(t *testing.T) {
	const everywhere = `records?|tenants?|api|endpoints?|json|ndjson|guids?|uuids?|ids?|headers?|etags?|webhooks?|payloads?|http`
	words := map[string]*regexp.Regexp{
		"en": regexp.MustCompile(`(?i)\b(` + everywhere + `|collections?)\b`),
		"nl": regexp.MustCompile(`(?i)\b(` + everywhere + `|verzameling(en)?|collect(ie|ies))\b`),
		"fr": regexp.MustCompile(`(?i)\b(` + everywhere + `|enregistrements?|collections?|locataires?)\b`),
		"de": regexp.MustCompile(`(?i)\b(` + everywhere + `|datens(atz|ätze|ätzen)|sammlung(en)?|mandant(en)?)\b`),
	}
	for _, language := range load(t).Languages() {
		developers := words[language]
		if developers == nil {
			t.Errorf("%s: nobody lists the developers' words", language)
			continue
		}
		for key, text := range texts(t, language) {
			if found := developers.FindString(placeholder.ReplaceAllString(text, "")); found != "" {
				t.Errorf("%s: %s: %q has %q in it", language, key, text, found)
			}
		}
	}
}

func TestDutchWordsAreThoseOfProtimesUsers(t *testing.T) {
	nl := texts(t, "nl")
	for key, want := range map[string]string{
		"form.preview":              "Nakijken",
		"home.title":                "Alle gegevens",
		"nav.collections":           "Alle gegevens",
		"collection.work-locations": "Werklocaties",
		"collection.terminals":      "Terminals",
		"field.terminal":            "Terminal",
		"field.person":              "Medewerker",
		"collection.people":         "Medewerkers",
		"field.isAuthorized":        "Geautoriseerd",
		"field.isGenerated":         "Automatisch aangemaakt",
		"record.like":               "Kopiëren",
		"record.history":            "Wijzigingsgeschiedenis",
		"form.optional":             "optioneel",
		"change.state":              "Status",
		"error.request":             "Foutcode {id}",
		"change.title.created":      "{one} toegevoegd.",
		"value.why.Forgot to clock": "Vergeten te klokken",
	} {
		if got := nl[key]; got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	other := regexp.MustCompile(`(?i)afloop|opsla(an|at)|opgeslagen|\b(het|verkeerd) uur\b`) // resultaat, bewaren, de tijd
	for key, text := range nl {
		if word := other.FindString(text); word != "" {
			t.Errorf("%s: %q has %q in it, for which there is another word", key, text, word)
		}
	}
}

func TestFrenchAndGermanWordsAreThoseOfTheirUsers(t *testing.T) {
	for language, words := range map[string]map[string]string{
		"fr": {
			"collection.clockings": "Pointages", "field.terminal": "Pointeuse", "field.reason": "Motif",
			"value.kind.InOut": "Entrée ou sortie", "form.save": "Enregistrer", "change.undo": "Annuler",
			"value.why.Forgot to clock": "Oubli de pointage",
		},
		"de": {
			"collection.clockings": "Buchungen", "field.terminal": "Terminal", "field.reason": "Grund",
			"value.kind.InOut": "Kommen oder Gehen", "form.save": "Speichern", "change.undo": "Rückgängig",
			"value.why.Forgot to clock": "Buchung vergessen",
		},
	} {
		messages := texts(t, language)
		for key, want := range words {
			if got := messages[key]; got != want {
				t.Errorf("%s: %s: got %q, want %q", language, key, got, want)
			}
		}
	}
	for language, other := range map[string]*regexp.Regexp{
		"fr": regexp.MustCompile(`(?i)\bclock|badgeages?|sauvegard|s'il vous plaît`), // pointage, enregistrer
		"de": regexp.MustCompile(`(?i)\bclock|stempel|\bbitte\b`),                    // Buchung
	} {
		for key, text := range texts(t, language) {
			if word := other.FindString(text); word != "" {
				t.Errorf("%s: %s: %q has %q in it, for which there is another word", language, key, text, word)
			}
		}
	}
}

// Labels that stand for two things in one language, in front of the same reader.
func TestOneLabelHasOneMeaning(t *testing.T) {
	for _, language := range load(t).Languages() {
		messages := texts(t, language)
		for _, pair := range [][2]string{
			{"form.why", "field.reason"}, {"form.cancel", "change.undo"}, {"change.reason", "field.reason"}, {"list.remarks", "field.comments"},
			{"collection.terminals", "collection.clockings"}, {"field.town", "field.geolocation"},
			{"form.preview", "change.check-now"},
			{"value.kind.Reason", "field.reason"}, {"field.externalReference", "field.externalReferences.*"},
			{"field.absenceDefinition", "value.type.Absence"}, {"field.absenceDefinition", "field.resultingAbsenceDefinition"},
			{"field.resultingAbsenceDefinition", "field.requestedAbsenceDefinition"}, {"field.id", "field.webhooks.id"},
			{"change.state", "change.status"}, {"field.isAuthorized", "value.approvalLevel.Approved"},
		} {
			if messages[pair[0]] == messages[pair[1]] {
				t.Errorf("%s: %s and %s are both %q", language, pair[0], pair[1], messages[pair[0]])
			}
		}
	}
}
