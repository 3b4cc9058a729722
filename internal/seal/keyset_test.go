package seal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"

	"hourglass/internal/seal"
)

func newClear(t testing.TB) seal.ClearKeyset {
	t.Helper()
	clear, err := seal.CreateKeyset()
	require.NoError(t, err)
	return clear
}

func parse(t testing.TB, clear seal.ClearKeyset) *seal.Keyset {
	t.Helper()
	keys, err := seal.ParseKeyset(clear)
	require.NoError(t, err)
	return keys
}

func newKeyset(t testing.TB) *seal.Keyset {
	t.Helper()
	return parse(t, newClear(t))
}

// rotate adds a key, makes it primary, and returns the keyset before, between and after.
func rotate(t testing.TB) (before, between, after seal.ClearKeyset) {
	t.Helper()
	before = newClear(t)
	between, id, err := seal.AddKey(before)
	require.NoError(t, err)
	after, err = seal.SetPrimary(between, id)
	require.NoError(t, err)
	return before, between, after
}

func TestRotationKeepsTheOldKey(t *testing.T) {
	before, between, after := rotate(t)
	oldID := parse(t, before).PrimaryID()

	assert.Equal(t, oldID, parse(t, between).PrimaryID(), "an added key does not seal yet")
	assert.NotEqual(t, oldID, parse(t, after).PrimaryID())
	keys := parse(t, after).Keys()
	require.Len(t, keys, 2)
	assert.Equal(t, seal.Key{ID: oldID, Enabled: true}, keys[0])
	assert.Equal(t, seal.Key{ID: parse(t, after).PrimaryID(), Primary: true, Enabled: true}, keys[1])

	shrunk, err := seal.RemoveKey(after, oldID)
	require.NoError(t, err)
	assert.Len(t, parse(t, shrunk).Keys(), 1)
}

func TestKeysetEditsRefuse(t *testing.T) {
	clear := newClear(t)
	id := parse(t, clear).PrimaryID()
	edits := map[string]func() (seal.ClearKeyset, error){
		"making an unknown key primary": func() (seal.ClearKeyset, error) { return seal.SetPrimary(clear, id+1) },
		"removing the primary key":      func() (seal.ClearKeyset, error) { return seal.RemoveKey(clear, id) },
		"removing an unknown key":       func() (seal.ClearKeyset, error) { return seal.RemoveKey(clear, id+1) },
		"editing what is no keyset":     func() (seal.ClearKeyset, error) { return seal.SetPrimary([]byte("{}"), id) },
	}
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			edited, err := edit()
			assert.ErrorIs(t, err, seal.ErrKeyset)
			assert.Nil(t, edited)
		})
	}
}

func TestParseKeysetRefuses(t *testing.T) {
	clearOf := func(template *tinkpb.KeyTemplate) seal.ClearKeyset {
		handle, err := keyset.NewHandle(template)
		require.NoError(t, err)
		var clear bytes.Buffer
		require.NoError(t, insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&clear)))
		return clear.Bytes()
	}
	withoutPrimary := func() seal.ClearKeyset {
		var form map[string]any
		require.NoError(t, json.Unmarshal(newClear(t), &form))
		form["primaryKeyId"] = 1
		clear, err := json.Marshal(form)
		require.NoError(t, err)
		return clear
	}
	const canary = "canary-4711"
	forms := map[string]seal.ClearKeyset{
		"nothing":                nil,
		"garbage":                []byte(canary),
		"an unknown field":       []byte(`{"` + canary + `":1}`),
		"no keys":                []byte(`{"primaryKeyId":1,"key":[]}`),
		"no primary key":         withoutPrimary(),
		"a short key":            clearOf(aead.AES128GCMKeyTemplate()),
		"a key without prefix":   clearOf(aead.AES256GCMNoPrefixKeyTemplate()),
		"a key of another kind":  clearOf(aead.XChaCha20Poly1305KeyTemplate()),
		"a truncated keyset":     newClear(t)[:100],
		"a keyset and then some": append(newClear(t), newClear(t)...),
	}
	for name, clear := range forms {
		t.Run(name, func(t *testing.T) {
			keys, err := seal.ParseKeyset(clear)
			require.ErrorIs(t, err, seal.ErrKeyset)
			assert.Nil(t, keys)
			assert.NotContains(t, err.Error(), canary)
		})
	}
}

func TestTwoKeysMustBeDistinct(t *testing.T) {
	before, _, after := rotate(t)
	assert.NoError(t, seal.Distinct(newKeyset(t), newKeyset(t)))
	assert.ErrorIs(t, seal.Distinct(parse(t, before), parse(t, before)), seal.ErrKeyset)
	assert.ErrorIs(t, seal.Distinct(parse(t, after), parse(t, before)), seal.ErrKeyset, "one common key is enough")
	onlyNew, err := seal.RemoveKey(after, parse(t, before).PrimaryID())
	require.NoError(t, err)
	assert.ErrorIs(t, seal.Distinct(parse(t, after), parse(t, onlyNew)), seal.ErrKeyset, "wherever it stands")
	assert.NoError(t, seal.Distinct(parse(t, before), parse(t, onlyNew)))
}

func TestKeysetsPrintHarmlessly(t *testing.T) {
	clear := newClear(t)
	var form struct {
		Key []struct{ KeyData struct{ Value string } }
	}
	require.NoError(t, json.Unmarshal(clear, &form))
	secret := form.Key[0].KeyData.Value
	require.NotEmpty(t, secret)

	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("loaded", "clear", clear, "keys", parse(t, clear))
	printed := log.String() + fmt.Sprintf("%v %+v %s %#v %q", clear, clear, clear, clear, clear) +
		fmt.Sprintf("%v %+v %s %#v", parse(t, clear), parse(t, clear), parse(t, clear), *parse(t, clear))
	assert.NotContains(t, printed, secret)
	assert.NotContains(t, printed, fmt.Sprint([]byte(clear[:20])))
	assert.Contains(t, printed, "[secret]")
}
