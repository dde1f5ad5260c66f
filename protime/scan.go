package protime

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// maxDepth is how far objects and arrays may nest. Records nest four deep; the limit bounds the recursion.
const maxDepth = 100

// node is one value of a record: the offsets of its text, and of the values after it. Nodes are in the order of
// the text, so that the first child of a node follows it and `next` is the node after its whole subtree.
type node struct {
	name, nameEnd int32 // of the member's name with its quotes; both 0 for elements and the root
	from, to      int32
	next          int32
	flags         int32 // the first byte of the value, and plainName
}

const plainName = 1 << 8

func (n node) kind() byte  { return byte(n.flags & 0xff) }
func (n node) plain() bool { return n.flags&plainName != 0 }

// offset converts an index into a text or its nodes; document refuses texts that are too long for it.
func offset(n int) int32 { return int32(n) } //nolint:gosec // document refuses longer texts

// shifted makes the offsets of an index relative to the beginning of its root.
func shifted(nodes []node, by int32) []node {
	if by == 0 {
		return nodes
	}
	for i := range nodes {
		n := &nodes[i]
		n.from, n.to = n.from-by, n.to-by
		if n.nameEnd > 0 {
			n.name, n.nameEnd = n.name-by, n.nameEnd-by
		}
	}
	return nodes
}

// scanner checks a text against the JSON grammar and indexes its values.
type scanner struct {
	text  []byte
	at    int
	nodes []node
}

func (s *scanner) document() error {
	if len(s.text) > math.MaxInt32 {
		return errors.New("the text is too long")
	}
	if !utf8.Valid(s.text) {
		return errors.New("the text is not UTF-8, so it is not JSON")
	}
	s.blanks()
	if c := s.peek(); c != '{' && c != '[' {
		return errors.New("the text is not a JSON object or array")
	}
	if err := s.value(0, 0, 0, 0); err != nil {
		return err
	}
	if s.blanks(); s.at < len(s.text) {
		return s.unexpected("after the end")
	}
	return nil
}

// value scans one value and its subtree.
func (s *scanner) value(name, nameEnd int, flags int32, depth int) error {
	c := s.peek()
	index := len(s.nodes)
	if index == maxValues {
		return tooMuch(fmt.Sprintf("the text has more than %d values", maxValues))
	}
	s.nodes = append(s.nodes, node{
		name: offset(name), nameEnd: offset(nameEnd), from: offset(s.at), flags: flags | int32(c),
	})
	var err error
	switch {
	case c == '{' || c == '[':
		if depth == maxDepth {
			return fmt.Errorf("the text nests deeper than %d", maxDepth)
		}
		err = s.container(c, depth+1)
	case c == '"':
		_, err = s.quoted()
	case c == '-' || c >= '0' && c <= '9':
		err = s.number()
	default:
		err = s.word()
	}
	s.nodes[index].to = offset(s.at)
	s.nodes[index].next = offset(len(s.nodes))
	return err
}

// container scans an object or an array.
func (s *scanner) container(open byte, depth int) error {
	end := open + 2 // '{' and '}', '[' and ']' are two apart
	s.at++
	s.blanks()
	if s.peek() == end {
		s.at++
		return nil
	}
	for {
		name, nameEnd, flags := 0, 0, int32(0)
		if open == '{' {
			name = s.at
			plain, err := s.quoted()
			if err != nil {
				return err
			}
			if plain {
				flags = plainName
			}
			nameEnd = s.at
			s.blanks()
			if s.peek() != ':' {
				return s.unexpected("after a member's name")
			}
			s.at++
			s.blanks()
		}
		if err := s.value(name, nameEnd, flags, depth); err != nil {
			return err
		}
		s.blanks()
		switch s.peek() {
		case end:
			s.at++
			return nil
		case ',':
			s.at++
			s.blanks()
		default:
			return s.unexpected("after a value")
		}
	}
}

// quoted scans a string and reports whether it has no escapes.
func (s *scanner) quoted() (plain bool, err error) {
	if s.peek() != '"' {
		return false, s.unexpected("where a string is expected")
	}
	plain = true
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return plain, nil
		case c < ' ':
			return false, s.unexpected("in a string")
		case c == '\\':
			plain = false
			if err := s.escape(); err != nil {
				return false, err
			}
		}
	}
	return false, s.unexpected("in a string")
}

// escape scans an escape up to its last byte.
func (s *scanner) escape() error {
	s.at++
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		for range 4 {
			s.at++
			if c := s.peek(); (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return s.unexpected("in an escape")
			}
		}
		return nil
	}
	return s.unexpected("in an escape")
}

func (s *scanner) number() error {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if !s.digits() {
		return s.unexpected("in a number")
	}
	if s.peek() == '.' {
		s.at++
		if !s.digits() {
			return s.unexpected("in a number")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return s.unexpected("in a number")
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	began := s.at
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
	}
	return s.at > began
}

func (s *scanner) word() error {
	for _, word := range [...]string{"true", "false", "null"} {
		if end := s.at + len(word); end <= len(s.text) && string(s.text[s.at:end]) == word {
			s.at = end
			return nil
		}
	}
	return s.unexpected("where a value is expected")
}

func (s *scanner) blanks() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// peek returns the byte at the position, 0 at the end. A real 0 is refused wherever it is looked at.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// unexpected is the error of a text that is not JSON. It does not quote the text, which may be personal.
func (s *scanner) unexpected(where string) error {
	if s.at >= len(s.text) {
		return fmt.Errorf("the text ends at byte %d %s", len(s.text), where)
	}
	return fmt.Errorf("byte %d is not JSON %s", s.at, where)
}
