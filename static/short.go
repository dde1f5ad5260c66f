package static

import (
	"bytes"
	"strings"
)

// shortRules drops comments and the blanks that mean nothing from a stylesheet: a first visit has it in the page. Our
// own sources have no comment and no run of blanks inside a string. It is one pass, because every start waits for it.
func shortRules(css []byte) []byte {
	short := make([]byte, 0, len(css))
	for i := 0; i < len(css); i++ {
		switch c := css[i]; {
		case bytes.HasPrefix(css[i:], []byte("/*")):
			end := bytes.Index(css[i+2:], []byte("*/"))
			if end < 0 {
				return short
			}
			i += end + 3
		case strings.IndexByte(" \t\r\n", c) >= 0:
			if len(short) > 0 && strings.IndexByte(" {};,:", short[len(short)-1]) < 0 {
				short = append(short, ' ')
			}
		default:
			if strings.IndexByte("{};,", c) >= 0 {
				short = bytes.TrimSuffix(short, []byte(" "))
			}
			if c == '}' {
				short = bytes.TrimSuffix(short, []byte(";"))
			}
			short = append(short, c)
		}
	}
	return short
}

// shortLines drops the lines of a script that are comments, and indentation. Our own sources have no string of several
// lines.
func shortLines(js []byte) []byte {
	var short bytes.Buffer
	for line := range bytes.Lines(js) {
		if line = bytes.TrimLeft(line, " "); !bytes.HasPrefix(line, []byte("//")) && len(bytes.TrimSpace(line)) > 0 {
			short.Write(line)
		}
	}
	return short.Bytes()
}
