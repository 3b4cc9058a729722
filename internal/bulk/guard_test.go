package bulk

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// nasty is text in which everything that guards and files are about is common.
var nasty = rapid.StringOf(rapid.OneOf(
	rapid.SampledFrom([]rune("=+-@＝＋－＠',;\t\"\n \u00a0|*\\x")),
	rapid.Rune(),
))

func TestNoCellBeginsAFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		guarded := Guard(nasty.Draw(t, "text"))
		for _, cell := range strings.FieldsFunc(guarded, func(r rune) bool { return strings.ContainsRune(cellEnds, r) }) {
			cell = strings.TrimSpace(cell)
			assert.False(t, cell != "" && strings.ContainsRune(formulaBegins, []rune(cell)[0]), "%q", cell)
		}
	})
}

func TestTheGuardIsTakenAwayExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := nasty.Draw(t, "text")
		assert.Equal(t, text, unguard(Guard(text)))
	})
	for text, guarded := range map[string]string{
		"Contoso":              "Contoso",
		"=1+1":                 "'=1+1",
		"'=1+1":                "''=1+1",
		"'s-Hertogenbosch":     "'s-Hertogenbosch",
		" @SUM(A1)":            "' @SUM(A1)",
		"Fabrikam; -Northwind": "Fabrikam;' -Northwind",
		"-":                    "'-",
		"":                     "",
	} {
		assert.Equal(t, guarded, Guard(text))
		assert.Equal(t, text, unguard(guarded))
	}
}
