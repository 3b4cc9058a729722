package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

func (h *house) called(person, handle string, held ...access.MSPRole) store.Person {
	h.t.Helper()
	p := h.addPerson(handle, held...)
	to := store.PersonSettings{Name: name(h.t, person), Roles: held}
	require.NoError(h.t, h.store.ChangePerson(h.t.Context(), p.ID, 0, to, store.Actor{}))
	return p
}

func TestAccountNamesAreSeenBeforeTheyAreSaved(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	h.called("Ada Lovelace", "ada", access.Technician)
	h.called("Ada Łovelace", "ada2", access.Technician)
	h.called("علی رضایی", "ali", access.Technician)
	h.called("Alan Turing", "alan", access.Approver)
	grace := h.technician("grace")
	h.activate(grace.request("k").grant().Id)

	path := "/api/v1/customers/" + h.customer.ID.String()
	preview := into[NamePreview](admin.post(path+"/account-name-preview", map[string]any{
		"account_name_template": "{given}.{family}", "display_name_template": "{name} ({customer})",
	}), http.StatusOK)
	assert.Equal(t, 4, preview.Total, "technicians alone have accounts")
	assert.Equal(t, 3, preview.Odd)
	assert.Len(t, preview.Placeholders, len(access.Placeholders))
	type line struct{ userName, display, note string }
	lines := map[string]line{}
	for _, p := range preview.People {
		l := line{p.UserName, p.DisplayName, ""}
		for _, n := range p.Notes {
			l.note += string(n.Code) + " "
			assert.NotEmpty(t, n.Advice)
		}
		lines[p.Person.Name] = l
	}
	assert.Equal(t, map[string]line{
		"Ada Lovelace": {"ada.lovelace@contoso.example", "Ada Lovelace (Contoso)", "shared_name "},
		"Ada Łovelace": {"ada.lovelace@contoso.example", "Ada Łovelace (Contoso)", "shared_name "},
		"علی رضایی":    {"hg-ali@contoso.example", "علی رضایی (Contoso)", "left_out usual_name "},
		"grace":        {"ada@contoso.example", "", "kept_name "},
	}, lines)
	assert.Equal(t, "grace", preview.People[3].Person.Name, "what is odd comes first")

	refused := admin.post(path+"/account-name-preview", map[string]any{"account_name_template": "admin"}).problem(invalidRequest)
	assert.Equal(t, "account_name_template", refused.Errors[0].Field)
	assert.Contains(t, refused.Errors[0].Advice, "{handle}")
	assert.Equal(t, "hg-{handle}", into[Customer](admin.get(path), http.StatusOK).AccountNameTemplate, "a preview changes nothing")
}

func TestTemplatesAreSavedWithTheSettings(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	made := into[Customer](admin.post("/api/v1/customers", map[string]any{"name": "Northwind", "account_name_template": "adm-{handle}"}), http.StatusCreated)
	assert.Equal(t, "adm-{handle}", made.AccountNameTemplate)
	assert.Equal(t, "{name}", made.DisplayNameTemplate)
	path := "/api/v1/customers/" + made.Id.String()
	preview := into[NamePreview](admin.post(path+"/account-name-preview", map[string]any{}), http.StatusOK)
	assert.Empty(t, preview.People, "nobody is a technician")
	h.called("Ada Lovelace", "ada", access.Technician)
	preview = into[NamePreview](admin.post(path+"/account-name-preview", map[string]any{}), http.StatusOK)
	assert.Equal(t, "adm-ada", preview.People[0].UserName, "the domain is not known yet")

	settings := map[string]any{"name": "Northwind", "account_domain": "", "default_lifetime_seconds": 60, "maximum_lifetime_seconds": 120}
	changed := into[Customer](admin.put(path, settings), http.StatusOK)
	assert.Equal(t, "adm-{handle}", changed.AccountNameTemplate, "left out, it stays")
	settings["account_name_template"], settings["display_name_template"] = "{given}-{id4}", "{given} of {customer}"
	changed = into[Customer](admin.put(path, settings), http.StatusOK)
	assert.Equal(t, "{given}-{id4}", changed.AccountNameTemplate)
	assert.Equal(t, "{given} of {customer}", changed.DisplayNameTemplate)
	assert.Equal(t, changed, into[Customer](admin.get(path), http.StatusOK))
	settings["display_name_template"] = "{nobody}"
	wrong := admin.put(path, settings).problem(invalidRequest)
	assert.Equal(t, "display_name_template", wrong.Errors[0].Field)
	assert.NotContains(t, wrong.Errors[0].Advice, "nobody")
}

// The limits of profile and customer count together, defaults as maximums.
func TestTheCustomersLifetimesAreHonoured(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.technician("ada")
	settings := map[string]any{"name": "Contoso", "account_domain": "contoso.example", "default_lifetime_seconds": 600, "maximum_lifetime_seconds": 1200}
	into[Customer](admin.put("/api/v1/customers/"+h.customer.ID.String(), settings), http.StatusOK)
	reach := into[AccessList](ada.get("/api/v1/access"), http.StatusOK).Customers[0].Profiles[0]
	assert.EqualValues(t, 600, reach.DefaultSeconds)
	assert.EqualValues(t, 1200, reach.MaximumSeconds)
	ada.post("/api/v1/grants", ada.wanted(map[string]any{"lifetime_seconds": 1201}), "Idempotency-Key", "a").problem(requestRefused)
	unsaid := ada.wanted(nil)
	delete(unsaid, "lifetime_seconds")
	g := ada.post("/api/v1/grants", unsaid, "Idempotency-Key", "b").grant()
	assert.EqualValues(t, 600, g.LifetimeSeconds)
	assert.EqualValues(t, 1200, g.MaximumSeconds)
}

func TestAHandleIsMadeFromTheName(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	invite := func(called string) answer {
		return admin.post("/api/v1/people", map[string]any{"name": called, "roles": []string{"technician"}})
	}
	ada := into[Invited](invite("Ada Lovelace"), http.StatusCreated).Person
	assert.Equal(t, "ada.lovelace", ada.Handle)
	assert.Equal(t, "ada.lovelace2", into[Invited](invite("Ada Lovelace"), http.StatusCreated).Person.Handle)
	assert.Equal(t, "handle", invite("علی رضایی").problem(invalidRequest).Errors[0].Field)

	path := "/api/v1/people/" + ada.Id.String()
	changed := into[Person](admin.put(path, map[string]any{"name": "Ada King", "handle": "ada.king", "roles": ada.Roles}), http.StatusOK)
	assert.Equal(t, "ada.king", changed.Handle)
	assert.Equal(t, "ada.lovelace3", into[Invited](invite("Ada Lovelace"), http.StatusCreated).Person.Handle, "it was somebody's")
	assert.Equal(t, "ada.king", into[Person](admin.put(path, map[string]any{"name": "Ada", "roles": ada.Roles}), http.StatusOK).Handle, "left out, it stays")
	admin.put(path, map[string]any{"name": "Ada", "handle": "ada.lovelace2", "roles": ada.Roles}).problem(handleTaken)
}
