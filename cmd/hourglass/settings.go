package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"hourglass/internal/access"
	"hourglass/internal/secretfile"
)

const prefix = "HOURGLASS_"

// settings come from the environment alone. What each one is for stands in its help tag, and what can go wrong with it
// in its danger tag: `hourglass --help` and docs/configuration.md are made from them.
//
//go:generate go test -run ^TestConfigurationPage$ . -update
type settings struct {
	DatabaseURL     string `env:"DATABASE_URL" envDefault:"sqlite:hourglass.db" help:"postgres://… or sqlite:FILE" danger:"Everything rests on it: back it up. SQLite is for one process on one machine. A PostgreSQL that is not on this machine needs sslmode=verify-full in the URL."`
	DatabaseURLFile string `env:"DATABASE_URL_FILE" help:"file that holds the same URL, which as a rule has a password in it" danger:"Readable by its owner alone, or it is refused."`
	PublicURL       string `env:"PUBLIC_URL" help:"address under which people reach the portals, such as https://hourglass.msp.example" danger:"Passkeys belong to its host name: after a change of the name nobody can sign in. It is the origin that browsers must come from."`
	Listen          string `env:"LISTEN" envDefault:"127.0.0.1:8080" help:"address that the API listens on" danger:"It speaks HTTP: a reverse proxy with TLS stands before it. Beyond this machine, only that proxy may reach it."`
	TemporalUI      string `env:"TEMPORAL_UI_ORIGIN" help:"origin of Temporal's web UI, whose pages may ask PUBLIC_URL/api/v1/codec to make workflows readable, such as https://temporal.msp.example" danger:"Pages of that origin read what admins and auditors may read, by their session. It has to be of the same site as PUBLIC_URL, or the browser sends no session."`
	// ExtensionIDs are of the builds that extension/ makes with its own keys.
	ExtensionIDs []string `env:"EXTENSION_IDS" envDefault:"fpdhfjlgiaikedijghaphjaoekbdaaaj,3ca1ec29b8102e3871df85b10b3156574d694474" help:"browser extensions that people may pair: ids in Chrome and Edge (32 letters), and for Firefox the 40 digits of its redirect address, separated by commas; none: nobody can pair" danger:"What is paired gets the credentials of live grants, one by one, after its person agreed with a passkey. Name no extension that is not yours."`
	// TrustedProxies are believed when they say for whom they ask.
	TrustedProxies []string   `env:"TRUSTED_PROXIES" help:"addresses or networks of reverse proxies, separated by commas" danger:"Whoever asks from there chooses the address that limits on attempts count by. Without it, everybody behind a proxy shares one limit."`
	MetricsListen  string     `env:"METRICS_LISTEN" help:"address on which this process answers /metrics (for Prometheus) and /readyz; without it, no metrics" danger:"Nobody has to sign in there. It shows numbers and no names, but it is not for the public."`
	LogLevel       slog.Level `env:"LOG_LEVEL" envDefault:"INFO" help:"DEBUG, INFO, WARN or ERROR" danger:"DEBUG writes a line for every call to Microsoft. No level writes a secret."`

	KeysetFile      string `env:"KEYSET_FILE" help:"keyset that wraps the data keys of grants (hourglass keys create)" danger:"Lost, no credential of a live grant can be shown again; grants still end, but at customers with an app registration of their own only after its secret was given again. Known to somebody who also has the database, the keys of those apps are; with Temporal's as well, every live credential. Keep it apart from both, and from their backups."`
	Keyset          string `env:"KEYSET,unset" help:"the same keyset itself, instead of a file" danger:"The environment of a process is shown by more tools than a file is. Prefer the file."`
	CodecKeysetFile string `env:"CODEC_KEYSET_FILE" help:"another keyset, for what Temporal stores" danger:"Lost, no running workflow can go on, and no grant ends until it is found. Keep a copy in a safe place."`
	CodecKeyset     string `env:"CODEC_KEYSET,unset" help:"the same keyset itself, instead of a file" danger:"The environment of a process is shown by more tools than a file is. Prefer the file."`

	Entra struct {
		AuthorityURL          string `env:"AUTHORITY_URL" envDefault:"https://login.microsoftonline.com" help:"Microsoft's sign-in" danger:"The app's secret is sent there. Other values are for national clouds and for tests."`
		GraphURL              string `env:"GRAPH_URL" envDefault:"https://graph.microsoft.com/v1.0" help:"Microsoft Graph" danger:"Passwords of administrators are sent there."`
		AdminCentreURL        string `env:"ADMIN_CENTRE_URL" envDefault:"https://entra.microsoft.com" help:"Microsoft's admin centre, which the portal opens for technicians" danger:"Technicians are sent there to sign in as administrators. Other values are for national clouds and for tests."`
		CAFile                string `env:"CA_FILE" help:"PEM file with further certificate authorities to trust" danger:"Whoever holds one of them can read and change what is said to Microsoft. Leave it out unless a proxy that inspects TLS leaves no choice."`
		ClientID              string `env:"CLIENT_ID" help:"client id of the app registration, of which PUBLIC_URL/connect is a redirect URI" danger:"Another id is another app: every customer has to consent again."`
		ClientSecret          string `env:"CLIENT_SECRET,unset" help:"its client secret, for the worker alone; better: a certificate" danger:"As strong as a Global Administrator of every customer. It expires: then no grant begins and none ends."`
		ClientSecretFile      string `env:"CLIENT_SECRET_FILE" help:"file that holds the client secret" danger:"Readable by its owner alone, or it is refused."`
		ClientSecretExpires   day    `env:"CLIENT_SECRET_EXPIRES" help:"day on which the client secret expires, as Microsoft shows it (2027-05-31), to be warned 60, 30 and 7 days ahead; a certificate says it itself" danger:"Without it nobody is warned."`
		ClientCertificateFile string `env:"CLIENT_CERTIFICATE_FILE" help:"PEM file with its certificate and private key, for the worker alone" danger:"As strong as a Global Administrator of every customer. Readable by its owner alone, or it is refused. It expires: then no grant begins and none ends."`
	} `envPrefix:"ENTRA_"`

	Worker struct {
		StickyTimeout time.Duration `env:"STICKY_TIMEOUT" envDefault:"20s" help:"how long a step waits for the worker that has its grant in memory before any worker may take it" danger:"Longer: where a worker was killed and none is started in its place, its steps wait that long. Shorter: many ends at one time are later."`
	} `envPrefix:"WORKER_"`
}

// readSettings refuses names that nobody reads, too: a misspelt setting would silently keep its default.
func readSettings(m *mistakes) settings {
	var s settings
	for _, name := range unknownNames() {
		m.note(fmt.Errorf("%s: no such setting", name))
	}
	urlSet := os.Getenv(prefix+"DATABASE_URL") != "" // what is parsed has the default
	err := env.ParseWithOptions(&s, env.Options{Prefix: prefix})
	var all env.AggregateError
	if errors.As(err, &all) {
		for _, err := range all.Errors {
			m.note(withSettingName(err))
		}
	} else {
		m.note(err)
	}
	s.PublicURL = strings.TrimSuffix(s.PublicURL, "/") // paths are put behind it
	s.Entra.AdminCentreURL = strings.TrimSuffix(s.Entra.AdminCentreURL, "/")
	if s.Worker.StickyTimeout < 0 {
		m.note(named("WORKER_STICKY_TIMEOUT", errors.New("a time is not less than none")))
	}
	s.DatabaseURL = fromFile(m, "DATABASE_URL", s.DatabaseURL, urlSet, s.DatabaseURLFile)
	s.Entra.ClientSecret = fromFile(m, "ENTRA_CLIENT_SECRET", s.Entra.ClientSecret, s.Entra.ClientSecret != "", s.Entra.ClientSecretFile)
	return s
}

// longestSecret bounds a setting that is read from a file.
const longestSecret = 4 << 10

// fromFile is the setting's value, or what its file holds where one is named, without the newline that editors leave.
func fromFile(m *mistakes, name, value string, set bool, file string) string {
	if file == "" {
		return value
	}
	if set {
		m.note(bothSet(name))
		return value
	}
	content, err := secretfile.Read(file, longestSecret)
	m.note(named(name+"_FILE", err))
	return strings.TrimRight(string(content), "\r\n")
}

func bothSet(name string) error {
	return fmt.Errorf("%[1]s%[2]s and %[1]s%[2]s_FILE are both set: keep one", prefix, name)
}

// withSettingName replaces the name of the field, which the library reports, by the name of the variable.
func withSettingName(err error) error {
	var unreadable env.ParseError
	if !errors.As(err, &unreadable) {
		return err
	}
	for _, s := range allSettings() {
		if s.field == unreadable.Name {
			return fmt.Errorf("%s: %w", s.name, unreadable.Err)
		}
	}
	return err
}

// unknownNames are the variables that look like settings and are none, in order.
func unknownNames() (unknown []string) {
	known := map[string]bool{}
	for _, s := range allSettings() {
		known[s.name] = true
	}
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, prefix) && !known[name] {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// clientSecret hides the value from everything that prints settings.
func (s settings) clientSecret() access.Secret { return access.NewSecret(s.Entra.ClientSecret) }

// day is a date, which begins at midnight in UTC; the zero day is none.
type day struct{ time.Time }

// UnmarshalText reads 2006-01-02.
func (d *day) UnmarshalText(text []byte) (err error) {
	if d.Time, err = time.Parse(time.DateOnly, string(text)); err != nil {
		return errors.New("a day is written as 2027-05-31")
	}
	return nil
}
