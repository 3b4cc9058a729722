package containers

import (
	"debug/elf"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/onemachine"
)

const docker = "../../docker/"

// prepared is a folder as docker/prepare leaves it.
func prepared(t *testing.T, product string) string {
	t.Helper()
	dir := t.TempDir()
	for range 2 { // the second time it changes nothing
		before := snapshot(t, dir)
		cmd := exec.Command("bash", docker+"prepare")
		cmd.Env = append(os.Environ(), "DIR="+dir, "HOURGLASS="+product)
		said, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", said)
		if len(before) > 0 {
			assert.Equal(t, before, snapshot(t, dir))
		}
	}
	return dir
}

func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir+"/")] = string(content)
		return err
	}))
	return files
}

func build(t *testing.T) string {
	t.Helper()
	product, err := onemachine.Build(t.Context(), t.TempDir())
	require.NoError(t, err)
	return product
}

func TestPrepareMakesEverySecretOnceAndForItsOwnerAlone(t *testing.T) {
	product := build(t)
	dir := prepared(t, product)
	files := snapshot(t, dir)
	for _, name := range []string{
		".env", "secrets/hourglass/database-url", "secrets/hourglass/keyset.json", "secrets/hourglass/codec-keyset.json",
		"secrets/postgres/postgres-password", "secrets/postgres/hourglass-password", "secrets/postgres/temporal-password",
	} {
		require.NotEmpty(t, files[name], name)
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, name)
	}
	assert.NotEqual(t, files["secrets/postgres/hourglass-password"], files["secrets/postgres/temporal-password"])
	assert.Contains(t, files["secrets/hourglass/database-url"], ":"+files["secrets/postgres/hourglass-password"]+"@postgres:")
	assert.Contains(t, files[".env"], "TEMPORAL_DB_PASSWORD="+files["secrets/postgres/temporal-password"])
}

func project(t *testing.T) *types.Project {
	t.Helper()
	p, err := load(t,
		"PORTAL_NAME=hourglass.msp.example", "TEMPORAL_NAME=temporal.msp.example", "OPERATORS=192.0.2.0/24",
		"ENTRA_CLIENT_ID=6f1d7c1e-5a4b-4d0e-9c57-00000000000a", "TEMPORAL_DB_PASSWORD=canary")
	require.NoError(t, err)
	return p
}

func load(t *testing.T, environment ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{docker + "compose.yaml"}, cli.WithEnv(environment))
	require.NoError(t, err)
	return options.LoadProject(t.Context())
}

// The guide's first commands work in their order: compose reads nothing, for whichever command, before docker/.env is filled in.
func TestTheGuideBeginsWithWhatIsThere(t *testing.T) {
	_, err := load(t)
	require.ErrorContains(t, err, "docker/.env")
	page, err := os.ReadFile("../../docs/operate.md")
	require.NoError(t, err)
	_, begin, _ := strings.Cut(string(page), "```\n")
	begin, _, _ = strings.Cut(begin, "```")
	commands := strings.Split(strings.TrimSpace(begin), "\n")
	at := func(beginning string) int {
		i := slices.IndexFunc(commands, func(c string) bool { return strings.HasPrefix(c, beginning) })
		require.GreaterOrEqual(t, i, 0, beginning)
		return i
	}
	image, prepare, edit, compose := at("docker build"), at("docker/prepare"), at("$EDITOR docker/.env"), at("docker compose")
	assert.Equal(t, []int{image, prepare, edit, compose}, slices.Sorted(slices.Values([]int{image, prepare, edit, compose})))
	assert.Contains(t, commands[image], "--tag hourglass:latest", "which docker/prepare runs")
}

// Where the product is an image, docker/prepare runs that one and none that a registry might have under its name.
func TestPrepareRunsOurImageAlone(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	said := filepath.Join(dir, "said")
	require.NoError(t, os.WriteFile(filepath.Join(bin, "docker"), []byte("#!/bin/sh\necho \"$@\" >>"+said+"\n"), 0o755))
	cmd := exec.Command("bash", docker+"prepare")
	cmd.Env = append(os.Environ(), "DIR="+dir, "HOURGLASS=", "PATH="+bin+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	ran, err := os.ReadFile(said)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(ran)), "\n")
	require.Len(t, lines, 2)
	for _, line := range lines {
		assert.Contains(t, line, "--pull never")
		assert.Contains(t, line, "--network none")
		assert.Contains(t, line, " hourglass:latest keys create ")
	}
}

func TestComposeIsCarefulAndComplete(t *testing.T) {
	p := project(t)
	page, err := os.ReadFile("../../docs/configuration.md")
	require.NoError(t, err)
	pinned := regexp.MustCompile(`:v?\d`)
	for name, s := range p.Services {
		assert.Contains(t, s.SecurityOpt, "no-new-privileges:true", name)
		assert.False(t, s.Privileged, name)
		if name != "postgres" {
			assert.Contains(t, s.CapDrop, "ALL", name)
		}
		if name != "postgres" && name != "temporal-ui" {
			assert.True(t, s.ReadOnly, "%s: its root cannot be written", name)
		}
		if name != "caddy" {
			assert.Empty(t, s.Ports, "%s: only Caddy is reached from outside", name)
		}
		if !strings.HasPrefix(s.Image, "hourglass:") {
			assert.Regexp(t, pinned, s.Image, name)
		}
		for setting := range s.Environment {
			if strings.HasPrefix(setting, "HOURGLASS_") && name != "postgres" {
				assert.Contains(t, string(page), "`"+setting+"`", "%s: no such setting", name)
			}
		}
		for _, mount := range s.Volumes {
			if mount.Type == "bind" && !strings.Contains(mount.Source, "/docker/secrets/") {
				assert.FileExists(t, mount.Source, name)
				assert.True(t, mount.ReadOnly, "%s: %s", name, mount.Source)
			}
		}
		for network := range s.Networks {
			assert.Contains(t, p.Networks, network, name)
		}
	}
	assert.True(t, bool(p.Networks["data"].Internal), "databases and Temporal have no way out")
	_, appKey := p.Services["api"].Environment["HOURGLASS_ENTRA_CLIENT_CERTIFICATE_FILE"]
	assert.False(t, appKey, "the API has no need of the app's key")
	for _, isolated := range []string{"postgres", "temporal", "temporal-schema", "migrate"} {
		assert.Equal(t, []string{"data"}, slices.Collect(maps.Keys(p.Services[isolated].Networks)), isolated)
	}
	for _, disabled := range []string{"TERMINATE", "RESET", "CANCEL", "PAUSE"} {
		assert.Equal(t, "true", *p.Services["temporal-ui"].Environment["TEMPORAL_WORKFLOW_"+disabled+"_DISABLED"])
	}
	assert.Equal(t, "true", *p.Services["temporal-ui"].Environment["TEMPORAL_BATCH_ACTIONS_DISABLED"])
	assert.Equal(t, "https://hourglass.msp.example/api/v1/codec", *p.Services["temporal-ui"].Environment["TEMPORAL_CODEC_ENDPOINT"])
	assert.Equal(t, "https://temporal.msp.example", *p.Services["api"].Environment["HOURGLASS_TEMPORAL_UI_ORIGIN"])
}

func TestDockerfilesEndAsNobody(t *testing.T) {
	for name, context := range map[string]string{"Dockerfile": "../..", "temporal/Dockerfile": docker + "temporal"} {
		t.Run(name, func(t *testing.T) {
			file, err := os.Open(docker + name)
			require.NoError(t, err)
			defer file.Close()
			parsed, err := parser.Parse(file)
			require.NoError(t, err)
			assert.Empty(t, parsed.Warnings)
			stages, _, err := instructions.Parse(parsed.AST, nil)
			require.NoError(t, err)
			last := stages[len(stages)-1]
			user, checked := "", false
			for _, command := range last.Commands {
				switch c := command.(type) {
				case *instructions.UserCommand:
					user = c.User
				case *instructions.HealthCheckCommand:
					checked = true
				}
			}
			assert.Equal(t, "65532:65532", user)
			assert.True(t, checked || name != "Dockerfile", "our image has a health check")
			for _, stage := range stages {
				for _, command := range stage.Commands {
					copied, ok := command.(*instructions.CopyCommand)
					if !ok || copied.From != "" {
						continue
					}
					for _, source := range copied.SourcePaths {
						_, err := os.Stat(filepath.Join(context, source))
						assert.NoError(t, err, "%s copies %s", name, source)
					}
				}
			}
		})
	}
}

// The image is this binary, as this user, in a root that holds nothing else and that it cannot write.
func TestTheProductNeedsNothingBesideItself(t *testing.T) {
	product := build(t)
	binary, err := elf.Open(product)
	require.NoError(t, err)
	defer binary.Close()
	for _, program := range binary.Progs {
		assert.NotEqual(t, elf.PT_INTERP, program.Type, "it is linked statically")
	}
	if os.Getuid() != 0 {
		t.Skip("only root can give it another root and user")
	}
	root := t.TempDir()
	require.NoError(t, os.Chmod(root, 0o755))
	require.NoError(t, os.Link(product, filepath.Join(root, "hourglass")))
	require.NoError(t, os.Chmod(filepath.Join(root, "hourglass"), 0o755))
	run := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), "/hourglass", args...)
		cmd.Dir, cmd.Env = "/", []string{"HOURGLASS_DATABASE_URL=postgres://h@127.0.0.1:1/h", "HOURGLASS_LISTEN=127.0.0.1:1"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
		return cmd.Output()
	}
	said, err := run("--version")
	require.NoError(t, err)
	assert.NotEmpty(t, said)
	said, _ = run("doctor", "--json")
	assert.True(t, json.Valid(said), "%s", said)
	_, err = run("healthy")
	assert.Error(t, err, "nobody answers")
	_, err = run("keys", "create", "/keyset.json")
	assert.Error(t, err, "it cannot write its root")
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}
