package main

import (
	"fmt"
	"reflect"
	"strings"
)

// settingsHelp lists every setting with its default, read from the tags of type settings.
func settingsHelp() string {
	var b strings.Builder
	b.WriteString("Settings are environment variables:\n\n")
	describeFields(&b, reflect.TypeFor[settings](), prefix)
	b.WriteString("\nTemporal is found by its own variables: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TLS_….")
	return b.String()
}

func describeFields(b *strings.Builder, t reflect.Type, prefix string) {
	for i := range t.NumField() {
		field := t.Field(i)
		if inner, nested := field.Tag.Lookup("envPrefix"); nested {
			describeFields(b, field.Type, prefix+inner)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
		fmt.Fprintf(b, "%s%s: %s", prefix, name, field.Tag.Get("help"))
		if standard := field.Tag.Get("envDefault"); standard != "" {
			fmt.Fprintf(b, " [%s]", standard)
		}
		b.WriteString("\n\n")
	}
}
