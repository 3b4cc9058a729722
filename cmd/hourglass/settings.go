package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sort"
	"strings"

	"github.com/caarlos0/env/v11"

	"hourglass/internal/access"
)

const prefix = "HOURGLASS_"

// settings come from the environment alone. What each one is for stands in its help tag, from which
// `hourglass --help` is made.
type settings struct {
	DatabaseURL string `env:"DATABASE_URL" envDefault:"sqlite:hourglass.db" help:"postgres://… or sqlite:FILE"`
	PublicURL   string `env:"PUBLIC_URL" help:"address under which people reach the portals, such as https://hourglass.msp.example"`
	Listen      string `env:"LISTEN" envDefault:"127.0.0.1:8080" help:"address that the API listens on"`
	// TrustedProxies are believed when they say for whom they ask.
	TrustedProxies []string   `env:"TRUSTED_PROXIES" help:"addresses or networks of reverse proxies, separated by commas"`
	LogLevel       slog.Level `env:"LOG_LEVEL" envDefault:"INFO" help:"DEBUG, INFO, WARN or ERROR"`

	KeysetFile      string `env:"KEYSET_FILE" help:"keyset that wraps the data keys of grants (hourglass keys create)"`
	Keyset          string `env:"KEYSET,unset" help:"the same keyset itself, instead of a file"`
	CodecKeysetFile string `env:"CODEC_KEYSET_FILE" help:"another keyset, for what Temporal stores"`
	CodecKeyset     string `env:"CODEC_KEYSET,unset" help:"the same keyset itself, instead of a file"`

	Entra struct {
		AuthorityURL          string `env:"AUTHORITY_URL" envDefault:"https://login.microsoftonline.com" help:"Microsoft's sign-in"`
		GraphURL              string `env:"GRAPH_URL" envDefault:"https://graph.microsoft.com/v1.0" help:"Microsoft Graph"`
		CAFile                string `env:"CA_FILE" help:"PEM file with further certificate authorities to trust"`
		ClientID              string `env:"CLIENT_ID" help:"client id of the app registration"`
		ClientSecret          string `env:"CLIENT_SECRET,unset" help:"its client secret; better: a certificate"`
		ClientCertificateFile string `env:"CLIENT_CERTIFICATE_FILE" help:"PEM file with its certificate and private key"`
	} `envPrefix:"ENTRA_"`
}

// readSettings refuses names that nobody reads: a misspelt setting would silently keep its default.
func readSettings() (settings, error) {
	var s settings
	options := env.Options{Prefix: prefix}
	unknown, err := unknownNames(options)
	if err != nil {
		return s, err
	}
	var mistakes []error
	for _, name := range unknown {
		mistakes = append(mistakes, fmt.Errorf("%s: no such setting", name))
	}
	// Each of the values is named by its own error; the joined text of the library would name none.
	var aggregate env.AggregateError
	if err := env.ParseWithOptions(&s, options); errors.As(err, &aggregate) {
		mistakes = append(mistakes, aggregate.Errors...)
	} else if err != nil {
		mistakes = append(mistakes, err)
	}
	return s, asMistakes(mistakes)
}

func unknownNames(options env.Options) ([]string, error) {
	fields, err := env.GetFieldParamsWithOptions(&settings{}, options)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, field := range fields {
		known[field.Key] = true
	}
	var unknown []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, prefix) && !known[name] {
			unknown = append(unknown, name)
		}
	}
	sort.Strings(unknown)
	return unknown, nil
}

// clientSecret hides the value from everything that prints settings.
func (s settings) clientSecret() access.Secret { return access.NewSecret(s.Entra.ClientSecret) }

// mistakesError is every mistake in the settings at once.
type mistakesError struct{ mistakes []error }

func asMistakes(mistakes []error) error {
	if len(mistakes) == 0 {
		return nil
	}
	return &mistakesError{mistakes}
}

func (m *mistakesError) Error() string { return errors.Join(m.mistakes...).Error() }

// List is what the operator reads: one mistake a line.
func (m *mistakesError) List() string {
	var b strings.Builder
	b.WriteString("hourglass cannot start. Mend these settings:\n")
	for _, mistake := range m.mistakes {
		fmt.Fprintf(&b, "  - %s\n", strings.ReplaceAll(mistake.Error(), "\n", "\n    "))
	}
	return b.String()
}
