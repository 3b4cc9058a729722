package seal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/seal"
)

var appPlace = seal.AppKeyPlace{
	Customer: access.MustID[access.CustomerID]("6f0c1a52-0000-4000-8000-00000000000a"),
	Tenant:   access.MustID[access.TenantID]("6f0c1a52-0000-4000-8000-00000000000b"),
	Kind:     access.AppSecret,
}

func TestAnAppKeyOpensInItsPlaceOnly(t *testing.T) {
	clear := newClear(t)
	v := seal.NewVault(parse(t, clear))
	sealed, err := v.SealAppKey(appPlace, []byte(canary))
	require.NoError(t, err)
	assert.NotContains(t, string(sealed), canary)
	opened, err := v.OpenAppKey(appPlace, sealed)
	require.NoError(t, err)
	assert.Equal(t, canary, string(opened))

	elsewhere := map[string]seal.AppKeyPlace{"another customer": appPlace, "another tenant": appPlace, "another kind": appPlace}
	for name, place := range elsewhere {
		switch name {
		case "another customer":
			place.Customer = access.MustID[access.CustomerID]("6f0c1a52-0000-4000-8000-00000000000c")
		case "another tenant":
			place.Tenant = access.MustID[access.TenantID]("6f0c1a52-0000-4000-8000-00000000000c")
		default:
			place.Kind = access.AppCertificate
		}
		_, err := v.OpenAppKey(place, sealed)
		assert.ErrorIs(t, err, seal.ErrOpen, name)
		_, err = v.ResealAppKey(place, sealed)
		assert.ErrorIs(t, err, seal.ErrOpen, name)
	}
	_, err = seal.NewVault(newKeyset(t)).OpenAppKey(appPlace, sealed)
	assert.ErrorIs(t, err, seal.ErrOpen, "another keyset")
	for i := range sealed {
		sealed[i] ^= 1
		_, err := v.OpenAppKey(appPlace, sealed)
		assert.ErrorIs(t, err, seal.ErrOpen, "byte %d", i)
		sealed[i] ^= 1
	}
	_, err = v.SealAppKey(seal.AppKeyPlace{Customer: appPlace.Customer, Kind: access.AppSecret}, []byte(canary))
	assert.ErrorIs(t, err, access.ErrInvalid)

	// The format, with Tink alone: what is stored today must open tomorrow.
	opened, err = tinkOf(t, clear).Decrypt(sealed, []byte("hourglass/app-key/v1/"+appPlace.Customer.String()+"/"+appPlace.Tenant.String()+"/secret"))
	require.NoError(t, err)
	assert.Equal(t, canary, string(opened))
}

func TestResealMovesAnAppKeyToTheNewKey(t *testing.T) {
	before, _, after := rotate(t)
	sealed, err := seal.NewVault(parse(t, before)).SealAppKey(appPlace, []byte(canary))
	require.NoError(t, err)
	resealed, err := seal.NewVault(parse(t, after)).ResealAppKey(appPlace, sealed)
	require.NoError(t, err)

	shrunk, err := seal.RemoveKey(after, parse(t, before).PrimaryID())
	require.NoError(t, err)
	onlyNew := seal.NewVault(parse(t, shrunk))
	opened, err := onlyNew.OpenAppKey(appPlace, resealed)
	require.NoError(t, err)
	assert.Equal(t, canary, string(opened))
	_, err = onlyNew.OpenAppKey(appPlace, sealed)
	assert.ErrorIs(t, err, seal.ErrOpen, "what was not resealed is lost with its key")
}
