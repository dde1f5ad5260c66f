package views

// outline is the path of an icon on a ground of 16 by 16, "" for a name that there is none of. A page has the path at each
// place: repeated, it weighs less than a set of symbols of which a page needs a few.
func outline(name string) string {
	switch name {
	case "arrow":
		return "M2.5 8h11M10 4.5 13.5 8 10 11.5"
	case "bin":
		return "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5"
	case "check":
		return "M3 8.5l3.2 3.2L13 4.8"
	case "close":
		return "M4 4l8 8M12 4l-8 8"
	case "down":
		return "M4 6l4 4 4-4"
	case "edit":
		return "M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2zM9.5 4.3l2.2 2.2"
	case "find":
		return "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3 13.5 13.5"
	case "in":
		return "M2 8h8M7 5l3 3-3 3M13.5 3v10"
	case "info":
		return "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M8 7.2v4M8 4.8v.1"
	case "leave":
		return "M3 4h10v9.5H3zM3 7h10M6 2.5V5M10 2.5V5"
	case "left":
		return "M10 3.5 5.5 8l4.5 4.5"
	case "link":
		return "M6.5 9.5l3-3M7.2 4.9l1-1a2.6 2.6 0 0 1 3.7 3.7l-1 1M8.8 11.1l-1 1a2.6 2.6 0 0 1-3.7-3.7l1-1"
	case "lock":
		return "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5"
	case "long":
		return "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 5v3l2.2 1.6"
	case "missing":
		return "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M6.2 6.4A1.9 1.9 0 1 1 8 8.6v.6M8 11.4v.1"
	case "more":
		return "M3.3 8a.4.4 0 1 0 .8 0 .4.4 0 0 0-.8 0M7.6 8a.4.4 0 1 0 .8 0 .4.4 0 0 0-.8 0M11.9 8a.4.4 0 1 0 .8 0 .4.4 0 0 0-.8 0"
	case "out":
		return "M2.5 3v10M6 8h8M11 5l3 3-3 3"
	case "pause":
		return "M5.5 3.5v9M10.5 3.5v9"
	case "person":
		return "M8 2.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M2.8 13.8c.4-2.5 2.6-3.9 5.2-3.9s4.8 1.4 5.2 3.9"
	case "plus":
		return "M8 3v10M3 8h10"
	case "right":
		return "M6 3.5 10.5 8 6 12.5"
	case "twins":
		return "M5.5 3v10M8.5 3v10M12 6v4"
	case "undo":
		return "M5.5 3.5 2.5 6.5l3 3M2.5 6.5h7a4 4 0 0 1 0 8H7"
	case "warn":
		return "M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1"
	}
	return ""
}
