package main

import (
	"fmt"
	"reflect"
	"strings"
)

// setting is what the tags of a field of type settings say.
type setting struct{ name, standard, help, danger, field string }

// allSettings lists every setting in the order of type settings.
func allSettings() []setting { return settingsIn(reflect.TypeFor[settings](), prefix) }

func settingsIn(t reflect.Type, prefix string) (all []setting) {
	for i := range t.NumField() {
		field := t.Field(i)
		if inner, nested := field.Tag.Lookup("envPrefix"); nested {
			all = append(all, settingsIn(field.Type, prefix+inner)...)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
		all = append(all, setting{
			name: prefix + name, standard: field.Tag.Get("envDefault"),
			help: field.Tag.Get("help"), danger: field.Tag.Get("danger"), field: field.Name,
		})
	}
	return all
}

// settingsHelp lists every setting with its default.
func settingsHelp() string {
	var b strings.Builder
	b.WriteString("Settings are environment variables:\n\n")
	for _, s := range allSettings() {
		fmt.Fprintf(&b, "%s: %s", s.name, s.help)
		if s.standard != "" {
			fmt.Fprintf(&b, " [%s]", s.standard)
		}
		b.WriteString("\n\n")
	}
	b.WriteString("docs/configuration.md says what each of them can do harm by.\n\n")
	b.WriteString("Temporal is found by its own variables: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TLS_….")
	return b.String()
}
