package change

import (
	"slices"

	"protime-admin/protime/contract"
)

// Right is something that a role may do here beside or instead of a verb of the API.
type Right string

// The rights that roles give.
const (
	ReadRecords Right = "read"    // lists and records
	Make        Right = "make"    // create, replace and delete, and undo one's own changes
	Resolve     Right = "resolve" // look for a change in doubt, and rule on it
	SeeHistory  Right = "history" // the changes of one record, and of the records of some days
	SeeLog      Right = "log"     // every change, and every receipt
	ExportLog   Right = "export"  // the log as a file
)

// rights returns the rights of a role. Callers use May or Has.
func rights(r Role) []Right {
	switch r {
	case Viewer:
		return []Right{ReadRecords}
	case Editor:
		return []Right{ReadRecords, Make, Resolve, SeeHistory}
	case Auditor:
		return []Right{ReadRecords, Resolve, SeeHistory, SeeLog, ExportLog}
	default:
		return nil
	}
}

// Has reports whether any of the roles gives the right.
func Has(roles []Role, right Right) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(rights(r), right) })
}

// May reports whether any of the roles gives the right to a verb of the API.
func May(roles []Role, verb contract.Verb) bool {
	switch {
	case verb == contract.List, verb == contract.Read:
		return Has(roles, ReadRecords)
	case writes(verb):
		return Has(roles, Make)
	default:
		return false
	}
}

func writes(verb contract.Verb) bool {
	return verb == contract.Create || verb == contract.Replace || verb == contract.Delete
}

// MaySee reports whether the actor may read a receipt: auditors read every one, editors those of their own changes and of
// changes that are or were in doubt, which somebody has to resolve when their maker has left.
func MaySee(a Actor, r Receipt) bool {
	return Has(a.Roles, SeeLog) || Has(a.Roles, Make) && (Made(a, r) || r.WasInDoubt())
}

// MayUndo reports whether the actor may undo a change: only the editor who made it.
func MayUndo(a Actor, r Receipt) bool {
	return Has(a.Roles, Make) && Made(a, r)
}

// Made reports whether the actor made the change. A subject is unique with its issuer only; nobody made a change whose
// actor was erased by retention.
func Made(a Actor, r Receipt) bool {
	return a.Subject != "" && a.Subject == r.Actor.Subject && a.Issuer == r.Actor.Issuer
}
