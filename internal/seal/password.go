package seal

import (
	"io"
	"strings"

	"hourglass/internal/access"
)

const (
	passwordLength = 32 // 189 bits; Entra takes 8 to 256 characters

	// Left out: what looks like another character (0 O 1 l I o), and every symbol that a shell, a URL or a
	// spreadsheet takes for something else. The four that stay count as symbols for Entra
	// (Microsoft: "Self-service password reset policies", the table "Characters allowed").
	upper    = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	lower    = "abcdefghijkmnpqrstuvwxyz"
	digits   = "23456789"
	symbols  = "-_.+"
	alphabet = upper + lower + digits + symbols
)

// NewPassword draws a password that meets Entra's complexity: 32 characters with an upper-case letter, a lower-case
// letter, a digit and a symbol, beginning and ending with a letter or digit. All such passwords are equally likely.
//
// random is crypto/rand.Reader outside tests. NewPassword panics if it fails or never yields a password,
// because a weak password must not come out and crypto/rand.Reader itself never fails.
func NewPassword(random io.Reader) access.Secret {
	// A candidate that does not conform is thrown away whole: mending it would make some passwords likelier than others.
	// About three in four conform, so that 1000 failures mean that random is not random.
	for range 1000 {
		candidate := drawPassword(random)
		if conforms(candidate) {
			return access.NewSecret(candidate)
		}
	}
	panic("seal: the source of randomness repeats itself")
}

func drawPassword(random io.Reader) string {
	password := make([]byte, 0, passwordLength)
	defer clear(password)
	var pool [passwordLength]byte
	defer clear(pool[:])
	for len(password) < passwordLength {
		if _, err := io.ReadFull(random, pool[:]); err != nil {
			panic("seal: no randomness: " + err.Error())
		}
		for _, b := range pool {
			// Six bits, and those beyond the alphabet are drawn again: a remainder would favour the first characters.
			if i := int(b & 63); i < len(alphabet) && len(password) < passwordLength {
				password = append(password, alphabet[i])
			}
		}
	}
	return string(password)
}

func conforms(password string) bool {
	for _, class := range []string{upper, lower, digits, symbols} {
		if !strings.ContainsAny(password, class) {
			return false
		}
	}
	return !strings.ContainsRune(symbols, rune(password[0])) && !strings.ContainsRune(symbols, rune(password[len(password)-1]))
}
