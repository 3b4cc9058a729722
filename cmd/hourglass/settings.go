package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"sort"
	"strings"
	"time"

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
		ClientID              string `env:"CLIENT_ID" help:"client id of the app registration, of which PUBLIC_URL/connect is a redirect URI"`
		ClientSecret          string `env:"CLIENT_SECRET,unset" help:"its client secret, for the worker alone; better: a certificate"`
		ClientCertificateFile string `env:"CLIENT_CERTIFICATE_FILE" help:"PEM file with its certificate and private key, for the worker alone"`
	} `envPrefix:"ENTRA_"`

	Worker struct {
		StickyTimeout time.Duration `env:"STICKY_TIMEOUT" help:"how long a step waits for the worker that has its grant in memory before any worker may take it"`
	} `envPrefix:"WORKER_"`
}

// readSettings refuses names that nobody reads, too: a misspelt setting would silently keep its default.
func readSettings(m *mistakes) settings {
	var s settings
	options := env.Options{Prefix: prefix}
	unknown, err := unknownNames(options)
	m.note(err)
	for _, name := range unknown {
		m.note(fmt.Errorf("%s: no such setting", name))
	}
	err = env.ParseWithOptions(&s, options)
	var all env.AggregateError
	if !errors.As(err, &all) {
		m.note(err)
		return s
	}
	for _, err := range all.Errors {
		m.note(withSettingName(err))
	}
	return s
}

// withSettingName replaces the name of the field, which the library reports, by the name of the variable.
func withSettingName(err error) error {
	var unreadable env.ParseError
	if !errors.As(err, &unreadable) {
		return err
	}
	field, _ := reflect.TypeFor[settings]().FieldByName(unreadable.Name)
	return fmt.Errorf("%s%s: %w", prefix, field.Tag.Get("env"), unreadable.Err)
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
