package access

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func nameOf(t require.TestingT, s string) Name {
	n, err := NewName(s)
	require.NoError(t, err)
	return n
}

func namingOf(t require.TestingT, account, display string) Naming {
	a, err := ParseAccountTemplate(account)
	require.NoError(t, err)
	d, err := ParseDisplayTemplate(display)
	require.NoError(t, err)
	return Naming{a, d}
}

func subjectOf(t require.TestingT, person, customer string) Subject {
	h, err := NewHandle("ada.l")
	require.NoError(t, err)
	return Subject{
		Person: nameOf(t, person), Handle: h, Customer: nameOf(t, customer),
		Domain: "contoso.onmicrosoft.com", Marker: NewMarker([8]byte{1, 2, 3, 4, 5, 6, 7, 8}),
	}
}

func TestAccountsAreNamedByTheirTemplates(t *testing.T) {
	for _, test := range []struct {
		account, display, person, customer string
		local, shown                       string
		notes                              []NamingNote
	}{
		{"hg-{handle}", "{name}", "Ada Lovelace", "Contoso", "hg-ada.l", "Ada Lovelace", nil},
		{"{given}.{family}", "{given} {family} ({customer})", "Ada Lovelace", "Contoso", "ada.lovelace", "Ada Lovelace (Contoso)", nil},
		{"{given}.{family}", "{family}, {given}", "Ada Byron King Lovelace", "Contoso", "ada.lovelace", "Lovelace, Ada", nil},
		{"{given}.{family}-{id4}", "{given} {family}", "Ada", "Contoso", "ada-ydqq", "Ada", nil},
		{"{family}-{given}", "{family}, {given}", "Ada", "Contoso", "ada", "Ada", nil},
		{"adm-{given}.{family}", "{given} {family} [MSP]", "Ada", "Contoso", "adm-ada", "Ada [MSP]", nil},
		{"{family}", "{family}", "Ada", "Contoso", "hg-ada.l", "Ada", []NamingNote{NameUsual}},
		{"{customer}-{handle}", "{name}", "Ada", "Adventure Works", "adventure-works-ada.l", "Ada", nil},
		{"{customer}-{handle}", "{name}", "Ada", "東京電力", "contoso-ada.l", "Ada", []NamingNote{NameLeftOut}},
		{"{given}.{family}", "{name}", "Zoë Ångström-O’Brien", "Contoso", "zoe.angstrom-obrien", "Zoë Ångström-O’Brien", nil},
		{"{given}.{family}", "{name}", "Nguyễn Đức", "Contoso", "nguyen.duc", "Nguyễn Đức", nil},
		{"{given}.{family}", "{name}", "Zoe\u0308 Weiß", "Contoso", "zoe.weiss", "Zoe\u0308 Weiß", nil},
		{"{given}.{family}", "{given} {family}", "علی رضایی", "Contoso", "hg-ada.l", "علی رضایی", []NamingNote{NameLeftOut, NameUsual}},
		{"{given}.{family}", "{given} {family}", "Ada 李", "Contoso", "ada", "Ada 李", []NamingNote{NameLeftOut}},
		{"ADM-{given}", "{name}", strings.Repeat("Anna", 30), "Contoso", "adm-annaannaannaanna", strings.Repeat("Anna", 20), []NamingNote{NameShortened}},
	} {
		named, err := namingOf(t, test.account, test.display).Name(subjectOf(t, test.person, test.customer))
		require.NoError(t, err)
		assert.Equal(t, test.local, named.UPN.Local(), "%s for %s", test.account, test.person)
		assert.Equal(t, test.shown, named.Display.String(), "%s for %s", test.display, test.person)
		assert.Equal(t, test.notes, named.Notes, "%s for %s", test.account, test.person)
	}
}

func TestTheUsualTemplatesAreTheZeroValue(t *testing.T) {
	assert.Equal(t, Naming{}, namingOf(t, "hg-{handle}", " {name} "))
	assert.Equal(t, "hg-{handle}", AccountTemplate{}.String())
	assert.Equal(t, "{name}", DisplayTemplate{}.String())
	assert.Equal(t, "{handle}", namingOf(t, "{handle}", "{name}").Account.String())
}

func TestATemplateThatCouldGiveNoLegalNameIsNone(t *testing.T) {
	for text, advice := range map[string]string{
		"":                                   "whose account",
		"admin":                              "whose account",
		"admin-{id4}":                        "whose account",
		"{customer}":                         "whose account",
		"{handle":                            "these placeholders",
		"{handle}}":                          "letters from a to z",
		"{}":                                 "these placeholders",
		"{{handle}}":                         "these placeholders",
		"{name}":                             "these placeholders",
		"{password}":                         "these placeholders",
		"é{handle}":                          "letters from a to z",
		"{handle}@x":                         "letters from a to z",
		"{handle} 1":                         "letters from a to z",
		"{handle}{given}{family}":            "Make it shorter",
		strings.Repeat("x", 27) + "{handle}": "Make it shorter",
	} {
		_, err := ParseAccountTemplate(text)
		var wrong *TemplateError
		require.True(t, errors.As(err, &wrong), text)
		assert.Contains(t, wrong.Advice, advice, text)
		require.ErrorIs(t, err, ErrInvalid)
	}
	for _, text := range []string{"", "Admin", "{name}\u202e", "two\n{name}", "{name}{customer}{given}", "{name} {"} {
		_, err := ParseDisplayTemplate(text)
		require.ErrorIs(t, err, ErrInvalid, text)
	}
	_, err := ParseDisplayTemplate("{name} (مشغل) \u200d")
	require.NoError(t, err)
}

// legalTemplate draws texts until one is a template.
func legalTemplate[T any](rt *rapid.T, called string, parse func(string) (T, error)) T {
	pieces := []string{"{handle}", "{name}", "{given}", "{family}", "{customer}", "{id4}", "-", ".", "_", "adm", "X", "9", "ß", " "}
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 5), func(p []string) string { return strings.Join(p, "") }).
		Filter(func(s string) bool { _, err := parse(s); return err == nil }).Draw(rt, called)
	parsed, err := parse(text)
	require.NoError(rt, err)
	return parsed
}

func anyName(rt *rapid.T, called string) Name {
	words := rapid.OneOf(rapid.StringN(1, 120, -1), rapid.StringMatching(`[A-Za-zÀ-žа-яا-ي一-龥 '.-]{1,60}`),
		rapid.SampledFrom([]string{"-", "...", "'", "ß", "ﷺ", "Ⅷ", "\u0301", "a b", "İ"}))
	return rapid.Custom(func(t *rapid.T) Name { n, _ := NewName(words.Draw(t, "text")); return n }).
		Filter(func(n Name) bool { return n != Name{} }).Draw(rt, called)
}

func anyHandle(rt *rapid.T) Handle {
	h, err := NewHandle(rapid.StringMatching(`[a-zA-Z0-9]([a-zA-Z0-9.-]{0,30}[a-zA-Z0-9])?`).Draw(rt, "handle"))
	require.NoError(rt, err)
	return h
}

func anyMarker(rt *rapid.T, called string) Marker {
	var random [8]byte
	copy(random[:], rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(rt, called))
	return NewMarker(random)
}

func TestEverybodyGetsALegalNameFromEveryTemplate(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		naming := Naming{legalTemplate(rt, "account", ParseAccountTemplate), legalTemplate(rt, "display", ParseDisplayTemplate)}
		s := Subject{
			Person: anyName(rt, "person"), Handle: anyHandle(rt), Customer: anyName(rt, "customer"),
			Domain: "contoso.onmicrosoft.com", Marker: anyMarker(rt, "marker"),
		}
		named, err := naming.Name(s)
		require.NoError(rt, err)

		back, err := ParseUPN(named.UPN.String())
		require.NoError(rt, err)
		require.Equal(rt, named.UPN, back)
		require.Empty(rt, strings.Trim(string(named.UPN.Local()[0]), "abcdefghijklmnopqrstuvwxyz0123456789"), "it begins with a letter or digit")
		shown, err := NewName(named.Display.String())
		require.NoError(rt, err)
		require.Equal(rt, named.Display, shown)
		require.True(rt, utf8.ValidString(named.Display.String()))
		again, err := naming.Name(s)
		require.NoError(rt, err)
		require.Equal(rt, named, again)
		for _, note := range named.Notes {
			require.NotEmpty(rt, note.Advice())
		}

		// Unique through the suffix, and legal with it.
		other := anyMarker(rt, "other")
		first, second := named.UPN.Distinct(s.Marker), named.UPN.Distinct(other)
		_, err = ParseUPN(first.String())
		require.NoError(rt, err)
		require.True(rt, strings.HasSuffix(first.Local(), "-"+s.Marker.drawn(5)))
		require.Equal(rt, s.Marker.drawn(5) == other.drawn(5), first == second)
		require.Equal(rt, first, first.Distinct(s.Marker))
	})
}

func TestTheUsualNameHoldsTheWholeHandle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := Subject{Person: anyName(rt, "person"), Handle: anyHandle(rt), Customer: nameOf(rt, "Contoso"), Domain: "a.example", Marker: anyMarker(rt, "marker")}
		named, err := Naming{}.Name(s)
		require.NoError(rt, err)
		require.Equal(rt, "hg-"+s.Handle.String(), named.UPN.Local())
	})
}

func TestADomainThatIsTooLongIsSaid(t *testing.T) {
	s := subjectOf(t, "Ada", "Contoso")
	s.Domain = strings.Repeat("x", 60) + "." + strings.Repeat("y", 50)
	_, err := Naming{}.Name(s)
	require.ErrorIs(t, err, ErrInvalid)
}

func TestHandlesAreProposedFromNames(t *testing.T) {
	for person, want := range map[string]string{
		"Ada Lovelace":            "ada.lovelace",
		"Zoë O'Brien":             "zoe.obrien",
		"Łukasz Żak":              "lukasz.zak",
		"李 Wei":                   "wei",
		strings.Repeat("Anna", 9): strings.Repeat("anna", 8),
	} {
		proposed := nameOf(t, person).Handles()
		require.NotEmpty(t, proposed, person)
		assert.Equal(t, want, proposed[0].String())
	}
	assert.Equal(t, "ada.lovelace2", nameOf(t, "Ada Lovelace").Handles()[1].String())
	assert.Empty(t, nameOf(t, "علی رضایی").Handles())
	rapid.Check(t, func(rt *rapid.T) {
		seen := map[Handle]bool{}
		for _, h := range anyName(rt, "person").Handles() {
			same, err := NewHandle(h.String())
			require.NoError(rt, err)
			require.Equal(rt, h, same)
			require.False(rt, seen[h])
			seen[h] = true
		}
	})
}
