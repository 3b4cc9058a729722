package bulk

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// LongestFile is in bytes.
	LongestFile = 8 << 20
	// MostLines is without the header.
	MostLines = 20_000
)

// ErrTooLong: the file is longer than LongestFile, or has more than MostLines.
var ErrTooLong = errors.New("the file is too long")

// column is one that a list may have; one that is required has to be named in the header.
type column struct {
	name     string
	required bool
}

// sheet is a file as it was read. bad are the lines that are no lines of the list.
type sheet struct {
	rows []row
	bad  []Line
}

// row is one line. A column that the file does not have is an empty cell.
type row struct {
	number int
	cells  map[string]string
}

const byteOrderMark = "\ufeff"

// readSheet reads RFC 4180, with or without a byte order mark, and with commas, semicolons or tabs between the cells.
func readSheet(content []byte, columns []column) (sheet, error) {
	if len(content) > LongestFile {
		return sheet{}, ErrTooLong
	}
	content = bytes.TrimPrefix(content, []byte(byteOrderMark))
	if at := firstNotUTF8(content); at >= 0 {
		line := bytes.Count(content[:at], []byte("\n")) + 1
		return unreadable(line, Problem{Code: "malformed", Advice: "Save the file as “CSV UTF-8”. It holds characters of another encoding."}), nil
	}
	reader := csv.NewReader(bytes.NewReader(content))
	reader.Comma = delimiter(content)
	reader.FieldsPerRecord = -1

	header, err := reader.Read()
	switch {
	case errors.Is(err, io.EOF):
		return unreadable(1, Problem{Code: "malformed", Advice: "The file is empty. Its first line has to name the columns: " + names(columns) + "."}), nil
	case err != nil:
		return unreadable(1, malformed), nil
	}
	named, problems := readHeader(header, columns)
	if problems != nil {
		return unreadable(1, problems...), nil
	}
	return readRows(reader, named)
}

func unreadable(line int, problems ...Problem) sheet {
	return sheet{bad: []Line{{Number: line, Outcome: Refused, Problems: problems}}}
}

var malformed = Problem{Code: "malformed", Advice: "Put a cell that holds quotation marks, line breaks or the delimiter between quotation marks, and double the quotation marks in it."}

func firstNotUTF8(content []byte) int {
	for at := 0; at < len(content); {
		r, size := utf8.DecodeRune(content[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// delimiter is the one that the header has most of: no name of a column holds any.
func delimiter(content []byte) rune {
	header, _, _ := bytes.Cut(content, []byte("\n"))
	return slices.MaxFunc([]rune{'\t', ';', ','}, func(a, b rune) int {
		return cmp.Compare(bytes.Count(header, []byte(string(a))), bytes.Count(header, []byte(string(b))))
	})
}

// readHeader says which column each cell belongs to; "" is one without a name, in which nothing may stand.
func readHeader(header []string, columns []column) (named []string, problems []Problem) {
	for _, cell := range header {
		name := strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(cell)))
		known := name == "" || slices.ContainsFunc(columns, func(c column) bool { return c.name == name })
		switch {
		case !known:
			problems = append(problems, Problem{Code: "unknown_column", Advice: "Leave out the columns that this list does not have. It has " + names(columns) + "."})
		case name != "" && slices.Contains(named, name):
			problems = append(problems, Problem{Column: name, Code: "repeated", Advice: "Name each column once."})
		}
		named = append(named, name)
	}
	for _, c := range columns {
		if c.required && !slices.Contains(named, c.name) {
			problems = append(problems, Problem{Column: c.name, Code: "required", Advice: "Add this column. The list has " + names(columns) + "."})
		}
	}
	return named, slices.Compact(problems)
}

func readRows(reader *csv.Reader, named []string) (sheet, error) {
	var s sheet
	for {
		cells, err := reader.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return s, nil
		case errors.As(err, &broken):
			s.bad = append(s.bad, Line{Number: broken.StartLine, Outcome: Refused, Problems: []Problem{malformed}})
		case err != nil:
			return sheet{}, fmt.Errorf("reading a file: %w", err)
		case slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(unguard(cell)) != "" }):
			number, _ := reader.FieldPos(0)
			s.add(number, cells, named)
		}
		if len(s.rows)+len(s.bad) > MostLines {
			return sheet{}, ErrTooLong
		}
	}
}

func (s *sheet) add(number int, cells, named []string) {
	r := row{number: number, cells: map[string]string{}} // no room beforehand: a header may have a million columns without a name
	for i, cell := range cells {
		switch {
		case i < len(named) && named[i] != "":
			r.cells[named[i]] = unguard(cell)
		case strings.TrimSpace(cell) != "":
			problem := Problem{Code: "unknown_column", Advice: "Empty the cells that stand in no column. A cell that holds the delimiter has to be between quotation marks."}
			s.bad = append(s.bad, Line{Number: number, Outcome: Refused, Problems: []Problem{problem}})
			return
		}
	}
	s.rows = append(s.rows, r)
}

func names(columns []column) string {
	var all []string
	for _, c := range columns {
		all = append(all, c.name)
	}
	return strings.Join(all, ", ")
}

// writeSheet writes what readSheet reads. The byte order mark is for Excel, which otherwise takes the file for another
// encoding. Cells hold no lone carriage return.
func writeSheet(w io.Writer, columns []column, rows [][]string) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	writer := csv.NewWriter(w)
	writer.UseCRLF = true
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.name
	}
	if err := writer.Write(header); err != nil {
		return err
	}
	for _, cells := range rows {
		guarded := make([]string, len(cells))
		for i, cell := range cells {
			guarded[i] = Guard(cell)
		}
		if err := writer.Write(guarded); err != nil {
			return err
		}
	}
	writer.Flush()
	return writer.Error()
}
