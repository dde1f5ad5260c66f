package change

import (
	"context"
	"slices"
	"strings"
	"time"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// standingTimeout bounds the reading before a create: a person waits for it.
const standingTimeout = 10 * time.Second

// mostNeighbours bounds how many other records of the list are logged.
const mostNeighbours = 200

// Survey reads the list of a create before it is sent: none of its records is evidence that the create was applied,
// and the person is shown those like the new one, because it may be a duplicate. It returns the change with what stands
// there, and the records of every kind; none where they could not be read.
func (d *Desk) Survey(ctx context.Context, c Change) (Change, []protime.Record) {
	c.Surveyed = true
	var records []protime.Record
	c.Standing, records = d.standing(ctx, c)
	return c, records
}

func (d *Desk) standing(ctx context.Context, c Change) (Standing, []protime.Record) {
	col, ok := d.Contract.Collection(c.Collection)
	if !ok {
		return Standing{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, standingTimeout)
	defer cancel()
	if col.Rows != "" {
		paths, err := d.matchingRow(ctx, col, c.Path, c.After)
		return Standing{Read: err == nil, Paths: paths}, nil
	}
	s, err := d.search(col, c)
	if err != nil {
		return Standing{}, nil
	}
	list, err := s.wide().read(ctx, d.API)
	if err != nil {
		return Standing{}, nil
	}
	records := make([]protime.Record, 0, len(list))
	for _, l := range list {
		records = append(records, l.record)
	}
	return s.standing(list), records
}

// standing is what the records of a list say to a create.
func (s search) standing(list []listed) Standing {
	standing := Standing{Read: true}
	list = slices.DeleteFunc(list, func(l listed) bool { return !s.sameKind(l.record) })
	for _, l := range list {
		same := s.isIt(l.record)
		switch {
		case same && !deleted(s.col, l.record):
			standing.Paths = append(standing.Paths, l.path)
		case same || len(list) <= mostNeighbours: // what is deleted is evidence, but no duplicate
			standing.Neighbours = append(standing.Neighbours, l.path)
		}
	}
	standing.Complete = len(list) <= mostNeighbours
	return standing
}

// lookForCreated searches for the record that a create would have made: one that was not there before and that no
// other change of this log made. Where another change in doubt could have made it, where more than one could be it,
// or where a new record could be it and was changed since, a person has to tell.
func (d *Desk) lookForCreated(ctx context.Context, col *contract.Collection, r Receipt) (Look, error) {
	s, err := d.search(col, r.Change)
	if err != nil {
		return unclear(SeenUnclear), nil
	}
	log, err := d.neighbours(ctx, s, r)
	if err != nil {
		return Look{}, err
	}
	if look, ok, err := d.lookAtPlace(ctx, col, r, log); ok || err != nil {
		return look, err
	}
	list, err := s.read(ctx, d.API)
	if err != nil {
		return Look{}, err
	}
	for _, l := range list { // a record can come here from another person's list
		if _, ok := log.first[l.path]; !ok && !r.Standing.has(l.path) {
			if err := d.readHistory(ctx, r, l.path, &log); err != nil {
				return Look{}, err
			}
		}
	}
	list = log.asFirstSeen(s, list)
	var exact []listed
	var all, changed []string
	for _, l := range list {
		switch {
		case r.Standing.has(l.path) || log.made(l.path):
		case s.isIt(l.record):
			all = append(all, l.path)
			if s.isExactly(l.record) {
				exact = append(exact, l)
			}
		case (r.Standing.Complete || !r.Standing.Read) && s.lists(l.record) && !s.refersElsewhere(l.record):
			changed = append(changed, l.path)
		}
	}
	for _, path := range r.candidates() { // a record that could be it remains so when it is changed again
		if !log.made(path) && !slices.Contains(all, path) && !slices.Contains(changed, path) {
			changed = append(changed, path)
		}
	}
	switch {
	case len(exact) == 1 && r.Standing.Read && !log.rival:
		return found(exact[0]), nil
	case len(all) > 0:
		return unclear(SeenSeveral, all...), nil
	case len(changed) > 0:
		return unclear(SeenOtherwise, changed...), nil
	}
	return absent(SeenNone), nil
}

// candidates are the records that earlier looks took for what a create could have made.
func (r Receipt) candidates() []string {
	var paths []string
	for _, e := range r.Events {
		if look := e.Facts.Look; look != nil && look.Finding != Absent {
			paths = append(paths, look.Paths...)
		}
	}
	return paths
}

// found is the look that saw the record of a create.
func found(l listed) Look {
	look := ours(SeenFound, l.path)
	look.Version = l.record.Text("changeVersion")
	return look
}

// lookAtPlace looks at the record that the API named in a success of which the rest is missing.
func (d *Desk) lookAtPlace(
	ctx context.Context, col *contract.Collection, r Receipt, log neighbours,
) (Look, bool, error) {
	path, ok := d.place(col, r)
	_, named := d.API.PathOf(r.Location)
	if !ok || !named || r.Status < 200 || r.Status > 299 || log.made(path) {
		return Look{}, false, nil
	}
	record, _, err := d.API.Get(ctx, path, "")
	if gone(err) {
		return Look{}, false, nil
	}
	return found(listed{path, record}), err == nil, err
}

// place is the page of the record that a create made, as its answer or a look named it. An answer that names a
// record of another host, or one that was there before, names nothing.
func (d *Desk) place(col *contract.Collection, r Receipt) (string, bool) {
	path, ok := d.API.PathOf(r.Location)
	if !ok {
		path = r.Verdict.Path
	}
	of, params, item, ok := d.Contract.Match(path)
	if !ok || !item || of != col {
		return "", false
	}
	path = col.ItemURL(params...)
	return path, !r.Standing.has(path)
}

// neighbours is what this log knows of the records beside one that a create would have made.
type neighbours struct {
	locations []string                  // of records that other changes made
	rival     bool                      // another create of the same record has no known outcome
	first     map[string]protime.Record // by path: a record as the first change of it found it
}

func (d *Desk) neighbours(ctx context.Context, s search, r Receipt) (neighbours, error) {
	n := neighbours{first: map[string]protime.Record{}}
	for other, err := range d.logged(ctx, Query{Collection: r.Collection, Verb: contract.Create, Person: r.Person}) {
		if err != nil {
			return neighbours{}, err
		}
		switch {
		case other.ID == r.ID || other.Erased || other.withoutEffect():
		case other.Location != "":
			n.locations = append(n.locations, other.Location)
		default:
			record, err := protime.ParseRecord(other.After)
			n.rival = n.rival || err == nil && s.isIt(record)
		}
	}
	return n, d.readFirst(ctx, r, Query{Collection: r.Collection, Person: r.Person, From: r.surveyed()}, n.first)
}

// readFirst notes what records were before changes of this log that came after the list of a create was read.
func (d *Desk) readFirst(ctx context.Context, r Receipt, q Query, first map[string]protime.Record) error {
	for other, err := range d.logged(ctx, q) {
		if err != nil {
			return err
		}
		earlier := other.Sequence <= r.Sequence && !other.At.After(r.surveyed())
		if earlier || other.Verb == contract.Create || other.Erased {
			continue
		}
		if base, err := protime.ParseRecord(other.Before); err == nil {
			first[other.Path] = base // the log comes newest first: the earliest one stays
		}
	}
	return nil
}

// readHistory notes what changes of this log say of a record. One that was logged before a create says that the record
// was not made by it, whenever that change had its effect.
func (d *Desk) readHistory(ctx context.Context, r Receipt, path string, n *neighbours) error {
	for other, err := range d.logged(ctx, Query{Path: path}) {
		switch {
		case err != nil:
			return err
		case other.Sequence < r.Sequence:
			n.locations = append(n.locations, path)
			return nil
		}
	}
	return d.readFirst(ctx, r, Query{Path: path, From: r.surveyed()}, n.first)
}

// made reports whether another change made the record: the API's locations have its base in front.
func (n neighbours) made(path string) bool {
	return slices.ContainsFunc(n.locations, func(location string) bool { return strings.HasSuffix(location, path) })
}

// asFirstSeen puts records that changes of this log have changed since back to what they were, and adds those that
// have left the list.
func (n neighbours) asFirstSeen(s search, list []listed) []listed {
	inList := map[string]bool{}
	for i, l := range list {
		inList[l.path] = true
		if first, ok := n.first[l.path]; ok {
			list[i].record = first
		}
	}
	for path, first := range n.first {
		if !inList[path] && (s.isIt(first) || s.lists(first)) {
			list = append(list, listed{path, first})
		}
	}
	return list
}
