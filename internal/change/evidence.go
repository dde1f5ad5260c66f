package change

import "strings"

// Seen is what a look at the server showed of a change whose outcome was not known.
type Seen string

// What can be seen. Outcome.Evidence is one of them and the paths of the records that were looked at.
const (
	SeenAfter     Seen = "after"     // the record is as the change would have it
	SeenBefore    Seen = "before"    // the record is as it was before
	SeenOtherwise Seen = "otherwise" // the record is neither: somebody changed it since
	SeenMissing   Seen = "missing"   // there is no such record
	SeenDeleted   Seen = "deleted"   // the record is marked as deleted
	SeenThere     Seen = "there"     // the record is there, which a delete would not have left
	SeenFound     Seen = "found"     // one record is what was to be created
	SeenNone      Seen = "none"      // no record is
	SeenSeveral   Seen = "several"   // more than one is: which one came of it cannot be told
	SeenUnclear   Seen = "unclear"   // the record cannot be looked up by what was sent
)

func evidence(seen Seen, paths ...string) string {
	return strings.Join(append([]string{string(seen)}, paths...), " ")
}

// Proof takes Evidence apart: what was seen, and at which paths.
func (o Outcome) Proof() (seen Seen, paths []string) {
	parts := strings.Fields(o.Evidence)
	if len(parts) == 0 {
		return "", nil
	}
	return Seen(parts[0]), parts[1:]
}
