package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/worker"
)

var update = flag.Bool("update", false, "write docs/configuration.md anew")

// TestConfigurationPage keeps the page equal to the tags; -update writes it.
func TestConfigurationPage(t *testing.T) {
	const path = "../../docs/configuration.md"
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(page), "go generate ./cmd/hourglass -->\n")
	require.True(t, found, "where the table begins")
	_, after, found := strings.Cut(rest, "<!-- end -->\n")
	require.True(t, found, "where the table ends")
	want := before + "go generate ./cmd/hourglass -->\n" + table() + "<!-- end -->\n" + after
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(page), "run go generate ./cmd/hourglass")
}

func table() string {
	var b strings.Builder
	b.WriteString("\n| setting | default | what it is, *and its danger* |\n|---|---|---|\n")
	for _, s := range allSettings() {
		standard := ""
		if s.standard != "" {
			standard = "`" + s.standard + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s. *%s* |\n", s.name, standard, s.help, s.danger)
	}
	b.WriteString("\n")
	return b.String()
}

func TestEverySettingSaysWhatItIsAndItsDanger(t *testing.T) {
	fields := map[string]bool{}
	for _, s := range allSettings() {
		assert.NotEmpty(t, s.help, s.name)
		assert.NotEmpty(t, s.danger, s.name)
		assert.NotContains(t, s.help+s.danger, "|", "%s: it stands in a table", s.name)
		assert.False(t, fields[s.field], "mistakes are reported by the name of the field, so it is unique: %s", s.field)
		fields[s.field] = true
	}
}

func TestAMistakeNamesItsVariable(t *testing.T) {
	t.Setenv("HOURGLASS_LOG_LEVEL", "LOUD")
	t.Setenv("HOURGLASS_WORKER_STICKY_TIMEOUT", "long")
	t.Setenv("HOURGLASS_DATABASE_ULR", "sqlite:x.db")
	var m mistakes
	readSettings(&m)
	said := m.Error()
	for _, name := range []string{"HOURGLASS_LOG_LEVEL: ", "HOURGLASS_WORKER_STICKY_TIMEOUT: ", "HOURGLASS_DATABASE_ULR: no such setting"} {
		assert.Contains(t, said, name)
	}
}

func TestEveryMistakeIsInOneList(t *testing.T) {
	onlyTheseSettings(t)
	wrong := map[string]string{
		"LISTEN":                 "8080",
		"METRICS_LISTEN":         "127.0.0.1:no-such-service",
		"PUBLIC_URL":             "https://hourglass.msp.example/portal",
		"TEMPORAL_UI_ORIGIN":     "https://temporal.msp.example/ui",
		"EXTENSION_IDS":          "abc",
		"TRUSTED_PROXIES":        "10.0.0.1,the-proxy",
		"ENTRA_ADMIN_CENTRE_URL": "http://entra.microsoft.com",
		"WORKER_STICKY_TIMEOUT":  "-1s",
	}
	for name, value := range wrong {
		t.Setenv("HOURGLASS_"+name, value)
	}
	t.Setenv("HOURGLASS_DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "hourglass.db"))
	t.Setenv("TEMPORAL_TLS_CLIENT_CERT_PATH", "no-such-file.pem")

	err := runProcesses(t.Context(), true, true)
	var m *mistakes
	require.ErrorAs(t, err, &m)
	for name := range wrong {
		assert.ErrorContains(t, err, "HOURGLASS_"+name+": ")
	}
	for _, also := range []string{"HOURGLASS_KEYSET_FILE is not set", "HOURGLASS_CODEC_KEYSET_FILE is not set", "TEMPORAL_", "HOURGLASS_ENTRA_…: ", "migrations"} {
		assert.ErrorContains(t, err, also)
	}
	assert.Len(t, m.all, len(wrong)+5, "nothing is said twice: %s", err)
}

// What is put behind the address of the portal is a path: a slash at its end would be one too many.
func TestASlashBehindAnAddressIsNoMistake(t *testing.T) {
	onlyTheseSettings(t)
	t.Setenv("HOURGLASS_PUBLIC_URL", "https://hourglass.msp.example/")
	t.Setenv("HOURGLASS_ENTRA_ADMIN_CENTRE_URL", "https://entra.microsoft.com/")
	var m mistakes
	s := readSettings(&m)
	newPasskeys(s, nil, &m)
	s.checkAPI(&m)
	require.NoError(t, m.err())
	assert.Equal(t, "https://hourglass.msp.example", s.PublicURL)
	assert.Equal(t, "https://entra.microsoft.com", s.Entra.AdminCentreURL)
}

func TestTheStickyTimeoutIsTheWorkersOwnDefault(t *testing.T) {
	t.Setenv("HOURGLASS_WORKER_STICKY_TIMEOUT", "")
	require.NoError(t, os.Unsetenv("HOURGLASS_WORKER_STICKY_TIMEOUT"))
	assert.Equal(t, worker.Defaults().StickyScheduleToStartTimeout, readSettings(&mistakes{}).Worker.StickyTimeout)
}

// onlyTheseSettings takes the test's surroundings away, which may have HOURGLASS_ variables that are no settings.
func onlyTheseSettings(t *testing.T) {
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "HOURGLASS_") {
			t.Setenv(name, value) // so that it is there again after the test
			require.NoError(t, os.Unsetenv(name))
		}
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	onlyTheseSettings(t)
	secret := func(content string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "secret")
		require.NoError(t, os.WriteFile(path, []byte(content), mode))
		return path
	}
	t.Run("read without the line break", func(t *testing.T) {
		t.Setenv("HOURGLASS_DATABASE_URL_FILE", secret("postgres://h:p@db/h\n", 0o600))
		t.Setenv("HOURGLASS_ENTRA_CLIENT_SECRET_FILE", secret("s3cret\r\n", 0o400))
		var m mistakes
		s := readSettings(&m)
		require.NoError(t, m.err())
		assert.Equal(t, "postgres://h:p@db/h", s.DatabaseURL)
		assert.Equal(t, "s3cret", s.clientSecret().Reveal())
	})
	t.Run("refused beside the value", func(t *testing.T) {
		t.Setenv("HOURGLASS_DATABASE_URL", "sqlite:other.db")
		t.Setenv("HOURGLASS_DATABASE_URL_FILE", secret("postgres://h:p@db/h", 0o600))
		t.Setenv("HOURGLASS_ENTRA_CLIENT_SECRET", "s3cret")
		t.Setenv("HOURGLASS_ENTRA_CLIENT_SECRET_FILE", secret("s3cret", 0o600))
		var m mistakes
		readSettings(&m)
		assert.ErrorContains(t, m.err(), "HOURGLASS_DATABASE_URL and HOURGLASS_DATABASE_URL_FILE are both set")
		assert.ErrorContains(t, m.err(), "HOURGLASS_ENTRA_CLIENT_SECRET and HOURGLASS_ENTRA_CLIENT_SECRET_FILE are both set")
		assert.NotContains(t, m.Error(), "s3cret")
	})
	t.Run("refused where others can read it", func(t *testing.T) {
		t.Setenv("HOURGLASS_ENTRA_CLIENT_SECRET_FILE", secret("s3cret", 0o644))
		var m mistakes
		readSettings(&m)
		assert.ErrorContains(t, m.err(), "HOURGLASS_ENTRA_CLIENT_SECRET_FILE: ")
		assert.NotContains(t, m.Error(), "s3cret")
	})
}
