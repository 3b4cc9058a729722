package store_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

func TestCustomerPagesNeitherSkipNorRepeat(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for _, called := range []string{"contoso", "Ärzte", "100%", "1000", "Zebra_1", "Zebra-1"} {
			w.customer(called)
		}
		var names []string
		f := store.CustomerFilter{Limit: 3}
		for {
			page, next, err := w.CustomerPage(t.Context(), f)
			require.NoError(t, err)
			for _, c := range page {
				names = append(names, c.Name.String())
			}
			if next == "" {
				break
			}
			require.Len(t, page, 3)
			f.After = next
		}
		assert.Len(t, names, 8)
		assert.True(t, slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }), "%v", names)
		for search, want := range map[string]int{"CONTOSO": 2, "ärz": 1, "100": 2, "100%": 1, "a_1": 1, "nobody": 0, `\`: 0} {
			page, _, err := w.CustomerPage(t.Context(), store.CustomerFilter{Search: search})
			require.NoError(t, err)
			assert.Len(t, page, want, search)
		}
		place := func(name string) string {
			return base64.RawURLEncoding.EncodeToString([]byte(w.contoso.ID.String() + name))
		}
		for _, forged := range []string{"nonsense", "!", "AAAA", strings.Repeat("A", 80), place(""), place("a\x00"), place("a\xff")} {
			_, _, err := w.CustomerPage(t.Context(), store.CustomerFilter{After: forged})
			assert.ErrorIs(t, err, access.ErrInvalid, forged)
		}
	})
}

func naming(t *testing.T) access.Naming {
	t.Helper()
	account, err := access.ParseAccountTemplate("{given}.{family}")
	require.NoError(t, err)
	display, err := access.ParseDisplayTemplate("{name} (MSP)")
	require.NoError(t, err)
	return access.Naming{Account: account, Display: display}
}

func TestChangeCustomer(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		to := store.CustomerSettings{Name: name(t, "Northwind"), AccountDomain: "northwind.example", Limits: limitsOf(t, time.Hour, 2*time.Hour), Naming: naming(t)}
		want := w.contoso
		want.Name, want.AccountDomain, want.Limits, want.Naming, want.Revision = to.Name, to.AccountDomain, to.Limits, to.Naming, 2
		got, err := w.ChangeCustomer(t.Context(), w.contoso.ID, 0, to, w.by())
		require.NoError(t, err)
		assert.Equal(t, want, got)
		read, err := w.Customer(t.Context(), w.contoso.ID)
		require.NoError(t, err)
		assert.Equal(t, want, read)
		last := w.lastRecord()
		assert.Equal(t, audit.CustomerChanged, last.Action)
		assert.Equal(t, w.admin.ID, last.Actor)

		before := w.dump()
		_, err = w.ChangeCustomer(t.Context(), w.contoso.ID, 0, to, w.by())
		require.NoError(t, err, "it is so already")
		to.AccountDomain = ""
		_, err = w.ChangeCustomer(t.Context(), w.contoso.ID, 0, to, w.by())
		assert.ErrorIs(t, err, access.ErrInvalid, "a connected customer has a domain")
		var missing access.CustomerID
		mint(w, &missing)
		_, err = w.ChangeCustomer(t.Context(), missing, 0, to, w.by())
		assert.ErrorIs(t, err, access.ErrNotFound)
		assert.Equal(t, before, w.dump(), "each change is audited once, and nothing else")

		to.AccountDomain = "another.example"
		_, err = w.ChangeCustomer(t.Context(), w.contoso.ID, 0, to, w.by())
		require.NoError(t, err)
		w.sound()
	})
}
