package bulk

import (
	"strings"
	"unicode"
)

// A spreadsheet takes a cell that begins like this for a formula, and a formula can send what is beside it to
// somebody else (OWASP, "CSV Injection"). Names come from outside, so exports guard them by an apostrophe in front,
// and imports take it away again.
const formulaBegins = "=+-@＝＋－＠\t\r\n"

// cellEnds are the characters behind which a spreadsheet with other settings begins a new cell.
const cellEnds = ",;\t\r\n"

// Guard makes text harmless; unguard(Guard(text)) is text, whatever the text is.
func Guard(text string) string {
	return eachCell(text, func(rest string) string {
		if formula(rest) {
			return "'"
		}
		return ""
	}, false)
}

// unguard takes away what guard put in front, and nothing else.
func unguard(text string) string {
	return eachCell(text, func(rest string) string {
		if strings.HasPrefix(rest, "'") && formula(rest[1:]) {
			return "'"
		}
		return ""
	}, true)
}

// eachCell writes, or leaves out, what mark says at every place at which a cell could begin.
func eachCell(text string, mark func(rest string) string, leaveOut bool) string {
	var b strings.Builder
	for len(text) > 0 {
		m := mark(text)
		if leaveOut {
			text = text[len(m):]
		} else {
			b.WriteString(m)
		}
		end := strings.IndexAny(text, cellEnds) + 1
		if end == 0 {
			end = len(text)
		}
		b.WriteString(text[:end])
		text = text[end:]
	}
	return b.String()
}

// formula: spaces in front do not keep a spreadsheet from it, and apostrophes count as nothing, so that guarding a
// guarded text is undone as well.
func formula(text string) bool {
	text = strings.TrimLeftFunc(text, func(r rune) bool {
		return r == '\'' || unicode.IsSpace(r) && !strings.ContainsRune(cellEnds, r)
	})
	return text != "" && strings.ContainsRune(formulaBegins, []rune(text)[0])
}
