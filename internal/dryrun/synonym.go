package dryrun

import (
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/field"
	"protime-admin/internal/search"
)

// ranks of the names of inputs, the surest first: labels of the forms, then words of the trade.
const ranks = 2

// names are the inputs that a folded heading may mean, by rank, the likeliest first.
type names [ranks]map[string][]string

// called are the inputs of a name.
func (n names) called(key string) []string { return slices.Concat(n[0][key], n[1][key]) }

// names are those of some inputs: their labels in every language, the names of the API's members, and synonyms.
func (r *Reader) names(inputs []Input) names {
	n := names{{}, {}}
	add := func(rank int, text, input string) {
		if key := folded(text); key != "" && !slices.Contains(n[rank][key], input) {
			n[rank][key] = append(n[rank][key], input)
		}
	}
	// A field that only one kind of record takes comes last: "Reason" is most often why a row is there.
	for _, conditional := range []bool{false, true} {
		for _, in := range inputs {
			if in.conditional() != conditional {
				continue
			}
			rank := 0
			if conditional {
				rank = 1
			}
			for _, text := range r.idHeadings(in) {
				add(rank, text, in.Name)
			}
			for _, text := range append(r.Texts(in.Labels...), in.Human, in.Name) {
				if in.Row > 0 {
					add(rank, text+" "+strconv.Itoa(in.Row), in.Name)
				}
				if in.Row <= 1 { // "Level" is "Level 1"
					add(rank, text, in.Name)
				}
			}
		}
		if conditional {
			break
		}
		for _, s := range synonyms() {
			for _, in := range inputs {
				if !s.means(in) {
					continue
				}
				for word := range strings.SplitSeq(s.words, ",") {
					add(1, word, in.Name)
				}
			}
		}
	}
	return n
}

// idHeadings are what files of lists write over the numbers that Protime gives to what an input refers to: "Person (id)".
func (r *Reader) idHeadings(in Input) []string {
	if in.field == nil || in.field.Kind != field.Reference || in.Name != stem(in.Name) || in.Row > 1 {
		return nil
	}
	headings := r.Texts(in.field.Labels...)
	for i := range headings {
		headings[i] += " (id)"
	}
	return headings
}

// conditional reports whether only records of some kinds take an input.
func (in Input) conditional() bool { return in.field != nil && in.field.Field.When != nil }

// synonym is a set of headings that people write over their columns, in Dutch, French, German and English.
type synonym struct {
	suffix string // of the inputs that they mean
	words  string // separated by commas
}

// means reports whether the headings of a synonym mean an input.
func (s synonym) means(in Input) bool {
	return in.Name == s.suffix || s.suffix[0] == '~' && strings.HasSuffix(in.Name, s.suffix)
}

// synonyms are the words of the trade. Where one of them can mean two inputs, the earlier line is the likelier one.
func synonyms() []synonym {
	return []synonym{
		{batch.SuffixName, "naam,naam en voornaam,naam voornaam,voornaam en naam,voornaam naam,volledige naam,persoon,medewerker," +
			"naam medewerker,werknemer,naam werknemer,personeelslid,wie"},
		{batch.SuffixName, "nom,nom et prenom,nom prenom,prenom nom,prenom et nom,nom complet,personne,collaborateur,employe,salarie," +
			"travailleur,agent,qui"},
		{batch.SuffixName, "name,full name,employee,employee name,person,worker,staff,who"},
		{batch.SuffixName, "vor und nachname,name vorname,mitarbeiter,mitarbeiterin,beschaftigter,person,wer"},
		{batch.SuffixName, strings.Join(partsOfNames(), ",")},
		{batch.SuffixBadge, "badge,badgenr,badge nr,badgenummer,badge nummer,badge no,badge number,badge id,kaart,kaartnr,kaartnummer," +
			"n badge,no badge,numero badge,numero de badge,num badge,carte,ausweis,ausweisnr,ausweisnummer,karte,kartennr," +
			"kartennummer,transponder,card,card no,card number"},
		{batch.SuffixNumber, "personeelsnummer,personeelsnr,personeels nr,stamnummer,stamnr,werknemersnummer,werknemersnr," +
			"medewerkersnummer,medewerker nr,pers nr,persnr,matricule,no matricule,numero matricule,numero de matricule,numero personnel," +
			"numero du personnel,numero employe,personalnummer,personalnr,mitarbeiternummer,mitarbeiternr,stammnummer," +
			"employee number,employee no,employee nr,employee id,emp no,emp id,staff number,staff id,payroll number,personnel number"},
		{"person.id", "person id,id person,persoon id,protime id,id protime,id personne,personen id"},
		{"date", "datum,dag,date,day,jour,tag,op,le,am,datum klokking,datum boeking,date pointage,date du pointage,buchungsdatum"},
		{"from", "van,vanaf,begin,begindatum,startdatum,start,du,debut,date debut,date de debut,des le,von,ab,beginn,anfang,from," +
			"start date,begin date,datum"},
		{"until", "tot,tot en met,einde,einddatum,t m,au,fin,date fin,date de fin,jusqu au,bis,ende,enddatum,until,to,end,end date"},
		{SuffixTime, "datum en tijd,datum tijd,datum uur,datum en uur,tijdstempel,date et heure,date heure,horodatage,datum und uhrzeit," +
			"datum uhrzeit,zeitstempel,zeitpunkt,date time,date and time,datetime,timestamp,tijdstip,moment"},
		{"timeOfDayInMinutes", "tijd,uur,tijdstip,klokking,klokuur,boeking,boekingsuur,prik,priktijd,prikuur,heure,pointage,heure pointage," +
			"heure du pointage,temps,uhrzeit,zeit,buchung,buchungszeit,stempelzeit,time,clocking,clock time,punch,punch time,hour"},
		{"startTimeInMinutes", "beginuur,startuur,begintijd,starttijd,van uur,heure debut,heure de debut,startzeit,beginnzeit," +
			"start time,begin time"},
		{"endTimeInMinutes", "einduur,eindtijd,tot uur,heure fin,heure de fin,endzeit,end time"},
		{"breakDurationInMinutes", "pauze,pauzeduur,pause,duree pause,pausendauer,break,break duration"},
		{"kind", "soort,type,aard,in uit,richting,genre,sorte,nature,entree sortie,sens,art,typ,kommen gehen,richtung,kind,in out," +
			"direction"},
		{"terminal.id", "klok,prikklok,terminal,lezer,toestel,pointeuse,borne,badgeuse,lecteur,gerät,leser,clock,reader,device"},
		{"comments", "opmerking,opmerkingen,commentaar,remarque,remarques,commentaire,bemerkung,bemerkungen,kommentar,comment,comments," +
			"remark,remarks"},
		{batch.InputNote, "opmerking,opmerkingen,commentaar,nota,notitie,reden,toelichting,remarque,remarques,commentaire,motif,raison," +
			"note,bemerkung,bemerkungen,kommentar,grund,notiz,anmerkung,begrundung,comment,comments,remark,remarks,notes,reason,why"},
		{batch.InputRecord, "id,nummer,nr,numero,no,number,record,record id,protime nummer,protime id,identificatie,identifiant,kennung"},
	}
}

// partsOfNames are headings of a part of a name, of which a sheet may have two.
func partsOfNames() []string {
	return []string{
		"voornaam", "achternaam", "familienaam", "prenom", "nomdefamille", "vorname", "nachname", "familienname", "firstname",
		"lastname", "surname", "givenname", "familyname",
	}
}

// everydayWords are what people write for a value of an enumeration beside its label. In and out are one kind: Protime takes
// them in turn.
func everydayWords(f string, value string) string {
	if f == "kind" && value == "InOut" {
		return "in,out,uit,in uit,in of uit,inboeken,uitboeken,inklokken,uitklokken,i,u,o,entree,sortie,entree sortie,e,s," +
			"kommen,gehen,kommen gehen,k,g"
	}
	return ""
}

// choice is the value of an enumeration that a cell means, "" for none.
func (in Input) choice(r *Reader, cell string) string {
	key := folded(cell)
	if key == "" || in.field == nil || in.field.Kind != field.Choice {
		return ""
	}
	for _, o := range in.words {
		if o.Value == "" {
			continue
		}
		if key == folded(o.Value) || slices.ContainsFunc(r.Texts(o.Labels...), func(t string) bool { return folded(t) == key }) {
			return o.Value
		}
		for word := range strings.SplitSeq(everydayWords(in.field.Field.Name, o.Value), ",") {
			if len(search.Words(word)) > 0 && folded(word) == key {
				return o.Value
			}
		}
	}
	return ""
}
