package access

import (
	"strconv"
	"strings"
	"unicode"
)

// plain has, by the letters from a to z that stand for them, the Latin letters with marks, and those that have a customary
// spelling (Unicode's decompositions, and ICAO Doc 9303 for the rest). Other scripts are left to people: a transcription by
// table would write a Japanese name as a Mandarin one (docs/decisions/0023-account-names-from-templates.md).
var plain = func() map[rune]string {
	letters := map[rune]string{}
	for base, marked := range map[string]string{
		"a": "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ", "ae": "æǣǽ", "b": "ḃḅḇ", "c": "çćĉċčḉ", "d": "ďđðḋḍḏḑḓ",
		"e": "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệə", "f": "ḟ", "g": "ĝğġģǧǵḡǥ", "h": "ĥħȟḣḥḧḩḫẖ", "i": "ìíîïĩīĭįıǐȉȋḭḯỉị", "ij": "ĳ",
		"j": "ĵǰ", "k": "ķǩḱḳḵ", "l": "ĺļľŀłḷḹḻḽ", "m": "ḿṁṃ", "n": "ñńņňŋǹṅṇṉṋ", "o": "òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ", "oe": "œ",
		"p": "ṕṗ", "r": "ŕŗřȑȓṙṛṝṟ", "s": "śŝşšșṡṣṥṧṩ", "ss": "ßẞ", "t": "ţťțŧṫṭṯṱẗ", "th": "þ",
		"u": "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự", "v": "ṽṿ", "w": "ŵẁẃẅẇẉẘ", "x": "ẋẍ", "y": "ýÿŷȳẏẙỳỵỷỹ", "z": "źżžẑẓẕ",
	} {
		for _, letter := range marked {
			letters[letter] = base
		}
	}
	return letters
}()

// plainWord writes a word with letters from a to z, digits and hyphens. What is no letter is dropped; with a letter that
// cannot be written the whole word is lost, as half of it would be another name.
func plainWord(s string) word {
	var b strings.Builder
	for _, r := range s {
		r = unicode.ToLower(r)
		switch written, known := plain[r]; {
		case known:
			b.WriteString(written)
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-':
			b.WriteRune(r)
		case unicode.IsLetter(r), unicode.IsNumber(r):
			return word{lost: true}
		}
	}
	return word{text: strings.Trim(b.String(), "-")}
}

// plainWords joins the words of a text with hyphens.
func plainWords(s string) word {
	var written []string
	for _, each := range strings.Fields(s) {
		w := plainWord(each)
		if w.lost {
			return w
		}
		if w.text != "" {
			written = append(written, w.text)
		}
	}
	return word{text: strings.Join(written, "-")}
}

// Handles are handles to propose for somebody of this name, best first: "ada.lovelace", "ada.lovelace2" and so on.
// There are none for a name of which no word can be written.
func (n Name) Handles() (proposals []Handle) {
	var words []string
	for _, each := range strings.Fields(n.text) {
		if w := plainWord(each); w.text != "" {
			words = append(words, w.text)
		}
	}
	const most = 99
	written := strings.Join(words, ".")
	for i := range most {
		number := ""
		if i > 0 {
			number = strconv.Itoa(i + 1)
		}
		cut := strings.Trim(written[:min(len(written), longestHandle-len(number))], separators)
		if h, err := NewHandle(cut + number); err == nil && cut != "" {
			proposals = append(proposals, h)
		}
	}
	return proposals
}
