package onemachine

import (
	"bytes"
	"encoding/binary"
)

// needles are texts to look for, all in one pass: a soak leaves thousands of secrets and hundreds of megabytes. All but a few bytes
// are dismissed because no form begins with what stands there.
type needles struct {
	texts []string
	// prefix is how many bytes of a form are its key: 8, or the length of the shortest form.
	prefix int
	forms  map[uint64][]needle
}

// needle is one way of writing a text, by its place in texts.
type needle struct {
	form []byte
	text int
}

func newNeedles(texts ...string) needles {
	n := needles{texts: texts, prefix: 8, forms: map[uint64][]needle{}}
	var all []needle
	for i, text := range texts {
		for _, form := range forms(text) {
			all = append(all, needle{form, i})
			n.prefix = min(n.prefix, len(form))
		}
	}
	for _, one := range all {
		key := n.key(one.form)
		n.forms[key] = append(n.forms[key], one)
	}
	return n
}

// key is of what begins here; content has at least prefix bytes.
func (n *needles) key(content []byte) uint64 {
	if len(content) < 8 { // the end of a place
		content = append(bytes.Clone(content), make([]byte, 8)...)
	}
	return binary.LittleEndian.Uint64(content) & (1<<(8*n.prefix) - 1)
}

// in returns the texts that the content holds, each once.
func (n *needles) in(content []byte) (found []string) {
	seen := map[int]bool{}
	for at := 0; at+n.prefix <= len(content); at++ {
		for _, one := range n.forms[n.key(content[at:])] {
			if !seen[one.text] && bytes.HasPrefix(content[at:], one.form) {
				seen[one.text] = true
				found = append(found, n.texts[one.text])
			}
		}
	}
	return found
}
