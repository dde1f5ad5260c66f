package static

import (
	"bytes"
	"regexp"
)

// shortRules drops comments and the blanks that mean nothing from a stylesheet: a first visit has it in the page. Our
// own sources have no comment and no run of blanks inside a string.
func shortRules(css []byte) []byte {
	for _, drop := range []struct{ pattern, by string }{
		{`(?s)/\*.*?\*/`, ""}, {`\s+`, " "}, {` ?([{};,]) ?`, "$1"}, {`: `, ":"}, {`;}`, "}"},
	} {
		css = regexp.MustCompile(drop.pattern).ReplaceAll(css, []byte(drop.by))
	}
	return css
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
