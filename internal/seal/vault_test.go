package seal_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"hourglass/internal/access"
	"hourglass/internal/seal"
)

var (
	grant      = parseGrant("6f0c1a52-0000-4000-8000-000000000001")
	otherGrant = parseGrant("6f0c1a52-0000-4000-8000-000000000002")
	both       = access.Credential{
		UserName: "ada@contoso.onmicrosoft.com",
		Password: access.NewSecret("canary-password"),
		Pass:     access.NewSecret("canary-pass"),
	}
)

func parseGrant(s string) (id access.GrantID) {
	if err := id.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return id
}

func sealed(t testing.TB, v *seal.Vault, c access.Credential) (wrapped []byte, s seal.Sealed) {
	t.Helper()
	wrapped, err := v.NewDataKey(grant)
	require.NoError(t, err)
	s, err = v.Seal(grant, wrapped, c)
	require.NoError(t, err)
	return wrapped, s
}

func TestEveryCredentialOpensAsItWasSealed(t *testing.T) {
	v := seal.NewVault(newKeyset(t))
	text := rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) }) // also what is not UTF-8
	rapid.Check(t, func(rt *rapid.T) {
		c := access.Credential{
			UserName: "ada@contoso.onmicrosoft.com" + text.Draw(rt, "user name"),
			Password: access.NewSecret(text.Draw(rt, "password")),
			Pass:     access.NewSecret(text.Draw(rt, "pass")),
		}
		wrapped, err := v.NewDataKey(grant)
		require.NoError(rt, err)
		s, err := v.Seal(grant, wrapped, c)
		if c.Password.IsZero() && c.Pass.IsZero() {
			require.ErrorIs(rt, err, access.ErrInvalid)
			return
		}
		require.NoError(rt, err)
		opened, err := v.Open(grant, wrapped, s)
		require.NoError(rt, err)
		assert.Equal(rt, c, opened)
	})
}

func TestTwoKeys(t *testing.T) {
	before, _, after := rotate(t)
	v := seal.NewVault(parse(t, before))
	wrapped, s := sealed(t, v, both)
	otherWrapped, err := v.NewDataKey(otherGrant)
	require.NoError(t, err)
	secondKey, err := v.NewDataKey(grant)
	require.NoError(t, err)
	foreign := seal.NewVault(newKeyset(t))

	attempts := map[string]func() (access.Credential, error){
		"without the data key":                   func() (access.Credential, error) { return v.Open(grant, nil, s) },
		"with another keyset":                    func() (access.Credential, error) { return foreign.Open(grant, wrapped, s) },
		"with another grant's data key":          func() (access.Credential, error) { return v.Open(grant, otherWrapped, s) },
		"as another grant with its own data key": func() (access.Credential, error) { return v.Open(otherGrant, otherWrapped, s) },
		"as another grant with this grant's key": func() (access.Credential, error) { return v.Open(otherGrant, wrapped, s) },
		"with a second data key of the grant":    func() (access.Credential, error) { return v.Open(grant, secondKey, s) },
		"of which nothing is there":              func() (access.Credential, error) { return v.Open(grant, wrapped, seal.Sealed{}) },
		"with something else as data key":        func() (access.Credential, error) { return v.Open(grant, mustText(t, s), s) },
	}
	for name, open := range attempts {
		t.Run("a credential does not open "+name, func(t *testing.T) {
			c, err := open()
			assert.ErrorIs(t, err, seal.ErrOpen)
			assert.Zero(t, c)
		})
	}

	rotated := seal.NewVault(parse(t, after))
	opened, err := rotated.Open(grant, wrapped, s)
	require.NoError(t, err, "old keys still open after a rotation")
	assert.Equal(t, both, opened)
}

func mustText(t testing.TB, s seal.Sealed) []byte {
	text, err := s.MarshalText()
	require.NoError(t, err)
	return text
}

func TestNoByteOfASealedCredentialCanBeChanged(t *testing.T) {
	v := seal.NewVault(newKeyset(t))
	wrapped, s := sealed(t, v, both)
	var box []byte
	require.NoError(t, json.Unmarshal(fmt.Appendf(nil, "%q", mustText(t, s)), &box))
	unseal := func(box []byte) error {
		text, err := json.Marshal(box)
		require.NoError(t, err)
		var changed seal.Sealed
		require.NoError(t, json.Unmarshal(text, &changed))
		_, err = v.Open(grant, wrapped, changed)
		return err
	}
	require.NoError(t, unseal(box))
	for i := range box {
		box[i] ^= 1
		assert.ErrorIs(t, unseal(box), seal.ErrOpen, "byte %d", i)
		box[i] ^= 1
		assert.ErrorIs(t, unseal(box[:i]), seal.ErrOpen, "cut at %d", i)
	}
	for i := range wrapped {
		wrapped[i] ^= 1
		assert.ErrorIs(t, unseal(box), seal.ErrOpen, "byte %d of the wrapped key", i)
		wrapped[i] ^= 1
	}
}

func TestRewrapMovesADataKeyToTheNewKey(t *testing.T) {
	before, _, after := rotate(t)
	old, rotated := seal.NewVault(parse(t, before)), seal.NewVault(parse(t, after))
	wrapped, s := sealed(t, old, both)

	rewrapped, err := rotated.Rewrap(grant, wrapped)
	require.NoError(t, err)
	_, err = rotated.Rewrap(otherGrant, wrapped)
	require.ErrorIs(t, err, seal.ErrOpen)

	shrunk, err := seal.RemoveKey(after, parse(t, before).PrimaryID())
	require.NoError(t, err)
	onlyNew := seal.NewVault(parse(t, shrunk))
	opened, err := onlyNew.Open(grant, rewrapped, s)
	require.NoError(t, err)
	assert.Equal(t, both, opened)
	_, err = onlyNew.Open(grant, wrapped, s)
	assert.ErrorIs(t, err, seal.ErrOpen, "what was not rewrapped is lost with its key")
}

func TestVaultRefuses(t *testing.T) {
	v := seal.NewVault(newKeyset(t))
	_, err := v.NewDataKey(access.GrantID{})
	assert.ErrorIs(t, err, access.ErrInvalid)
	wrapped, _ := sealed(t, v, both)
	_, err = v.Seal(grant, wrapped, access.Credential{Password: both.Password})
	assert.ErrorIs(t, err, access.ErrInvalid)
}

func TestSealedIsHarmlessWhereverItGoes(t *testing.T) {
	v := seal.NewVault(newKeyset(t))
	wrapped, s := sealed(t, v, both)
	_, again := sealed(t, v, both)
	assert.NotEqual(t, s, again, "equal credentials do not look equal")

	type result struct {
		Credential seal.Sealed
		None       seal.Sealed
	}
	encoded, err := json.Marshal(result{Credential: s})
	require.NoError(t, err)
	var decoded result
	require.NoError(t, json.Unmarshal(encoded, &decoded))
	assert.True(t, decoded.None.IsZero())
	opened, err := v.Open(grant, wrapped, decoded.Credential)
	require.NoError(t, err)
	assert.Equal(t, both, opened)

	assert.Equal(t, "[sealed] [sealed] [sealed] [sealed]", fmt.Sprintf("%v %s %+v %#v", s, s, s, s))
	for _, text := range []string{`"not base64!"`, `"AQ"`, `"` + string(make([]byte, 20<<10)) + `"`} {
		var bad seal.Sealed
		assert.Error(t, json.Unmarshal([]byte(text), &bad))
	}
}
