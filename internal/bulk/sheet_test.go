package bulk

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSheetsAsSpreadsheetsWriteThem(t *testing.T) {
	want := []row{
		{2, map[string]string{"name": "Contoso, Ltd.", "account_domain": "contoso.example"}},
		{4, map[string]string{"name": "Fabrikam \"West\"", "account_domain": ""}},
	}
	for what, file := range map[string]string{
		"RFC 4180":           "name,account_domain\r\n\"Contoso, Ltd.\",contoso.example\r\n\r\n\"Fabrikam \"\"West\"\"\",\r\n",
		"Excel in Europe":    "\ufeffName;Account domain\r\n\"Contoso, Ltd.\";contoso.example\r\n;\r\n\"Fabrikam \"\"West\"\"\";\r\n",
		"tabs":               "name\taccount-domain\nContoso, Ltd.\tcontoso.example\n\n\"Fabrikam \"\"West\"\"\"\t\n",
		"no last line break": "account_domain,name,\ncontoso.example,\"Contoso, Ltd.\",\n,,\n,\"Fabrikam \"\"West\"\"\"",
	} {
		read, err := readSheet([]byte(file), customerColumns)
		require.NoError(t, err)
		assert.Empty(t, read.bad, what)
		assert.Equal(t, want, read.rows, what)
	}
}

func TestSheetsThatCannotBeRead(t *testing.T) {
	for what, test := range map[string]struct {
		file string
		line int
		code string
	}{
		"empty":               {"", 1, "malformed"},
		"another list":        {"handle,name\nada,Ada\n", 1, "unknown_column"},
		"a required column":   {"tenant\n\n", 1, "required"},
		"a column twice":      {"name,name\nContoso,Contoso\n", 1, "repeated"},
		"another encoding":    {"name\nContoso\nM\xfcller\n", 3, "malformed"},
		"UTF-16":              {"\xff\xfen\x00a\x00", 1, "malformed"},
		"a quote that is not": {"name\nContoso\nFabri\"kam\n", 3, "malformed"},
		"a quote without end": {"name\nContoso\n\"Fabrikam\n\nNorthwind\n", 3, "malformed"},
		"too many cells":      {"name,tenant\nContoso, Ltd.,,\n", 2, ""},
		"an unnamed column":   {"name,\nContoso,Ltd.\n", 2, "unknown_column"},
	} {
		read, err := readSheet([]byte(test.file), customerColumns)
		require.NoError(t, err, what)
		if test.code == "" {
			assert.Empty(t, read.bad, "empty cells are no cells")
			continue
		}
		require.NotEmpty(t, read.bad, what)
		assert.Equal(t, test.line, read.bad[0].Number, what)
		assert.Equal(t, test.code, read.bad[0].Problems[0].Code, what)
		assert.NotEmpty(t, read.bad[0].Problems[0].Advice, what)
	}
	// A line that cannot be read does not hide the problems of the others.
	read, err := readSheet([]byte("name\nFabri\"kam\nContoso\nNorth\"wind\n"), customerColumns)
	require.NoError(t, err)
	assert.Len(t, read.bad, 2)
	assert.Len(t, read.rows, 1)
}

func TestFilesThatAreTooLong(t *testing.T) {
	_, err := readSheet([]byte("name\n"+strings.Repeat("x\n", MostLines)), customerColumns)
	require.NoError(t, err)
	_, err = readSheet([]byte("name\n"+strings.Repeat("x\n", MostLines+1)), customerColumns)
	require.ErrorIs(t, err, ErrTooLong)
	_, err = readSheet(make([]byte, LongestFile+1), customerColumns)
	require.ErrorIs(t, err, ErrTooLong)
}

// Whatever stands in the cells comes back, but for carriage returns.
func TestWhatIsWrittenIsRead(t *testing.T) {
	cell := rapid.Map(nasty, func(s string) string { return strings.ReplaceAll(s, "\r", "") })
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(rapid.SliceOfN(cell, len(personColumns), len(personColumns))).Draw(t, "rows")
		var file strings.Builder
		require.NoError(t, writeSheet(&file, personColumns, rows))
		read, err := readSheet([]byte(file.String()), personColumns)
		require.NoError(t, err)
		require.Empty(t, read.bad)
		var got, want [][]string
		for _, r := range read.rows {
			var cells []string
			for _, c := range personColumns {
				cells = append(cells, r.cells[c.name])
			}
			got = append(got, cells)
		}
		for _, cells := range rows {
			if strings.TrimSpace(strings.Join(cells, "")) != "" {
				want = append(want, cells)
			}
		}
		require.Equal(t, want, got)
	})
}

func TestValuesInOneCell(t *testing.T) {
	value := rapid.Map(rapid.StringOfN(rapid.SampledFrom([]rune("ab; ,|")), 1, -1, -1), strings.TrimSpace).Filter(func(s string) bool { return s != "" })
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(value, 1, 5).Draw(t, "values")
		require.Equal(t, values, split(join(values)))
	})
}

// A short file whose header has very many cells must not cost that many for each of its lines.
func TestAWideHeaderCostsNothingPerLine(t *testing.T) {
	const lines = 300
	file := []byte("name" + strings.Repeat(",", 1<<16) + "\n" + strings.Repeat("Contoso\n", lines))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read, err := readSheet(file, customerColumns)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	assert.Len(t, read.rows, lines)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100<<20), "bytes")
}
