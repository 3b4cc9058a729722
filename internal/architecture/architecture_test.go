package architecture

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhoMayKnowWhom(t *testing.T) {
	h, err := readHouse()
	require.NoError(t, err)
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			assert.NotEmpty(t, r.subjects(h), "the rule speaks of packages that exist")
			assert.Empty(t, r.violations(h), "%s", r.sentence)
		})
	}
}

// examples shows, in small made-up houses, what each rule must catch and what it must let pass. A house is
// written as packages with what they import; "test:" before an import makes it one of the package's tests.
var examples = map[string]struct{ caught, passes []string }{
	"access is pure": {
		caught: []string{"internal/access github.com/google/uuid", "internal/access hourglass/internal/seal"},
		passes: []string{"internal/access time test:github.com/stretchr/testify/assert"},
	},
	"workflows know the domain and Temporal": {
		caught: []string{"workflows hourglass/internal/seal", "workflows github.com/google/uuid"},
		passes: []string{"workflows fmt hourglass/internal/access go.temporal.io/sdk/workflow"},
	},
	"workflows are deterministic": {
		caught: []string{
			"workflows net/http", "workflows crypto/rand", "workflows gorm.io/gorm", "workflows math/rand/v2",
			"workflows hourglass/internal/store", "workflows hourglass/internal/entra",
		},
		passes: []string{"workflows time errors test:os"},
	},
	"Microsoft is one room's business": {
		caught: []string{
			"activities github.com/microsoftgraph/msgraph-sdk-go/models", "activities test:github.com/microsoft/kiota-abstractions-go",
			"internal/entrasim github.com/Azure/azure-sdk-for-go/sdk/azcore", "cmd/demo github.com/Azure/azure-sdk-for-go/sdk/azidentity",
		},
		passes: []string{"internal/entra github.com/microsoft/kiota-http-go"},
	},
	"only the parts of Graph that are called": {
		caught: []string{"internal/entra github.com/microsoftgraph/msgraph-sdk-go/teams", "internal/entra github.com/microsoftgraph/msgraph-sdk-go"},
		passes: []string{"internal/entra github.com/microsoftgraph/msgraph-sdk-go/users github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"},
	},
	"never Graph's root package": {
		caught: []string{"internal/entra github.com/microsoftgraph/msgraph-sdk-go", "cmd/bench test:github.com/microsoftgraph/msgraph-sdk-go"},
		passes: []string{"internal/entra github.com/microsoftgraph/msgraph-sdk-go/users"},
	},
	"the API does not reach Microsoft": {
		caught: []string{"api hourglass/internal/entra", "api hourglass/worker; worker hourglass/activities"},
		passes: []string{"api hourglass/internal/store test:hourglass/internal/entra"},
	},
	"activities do not know the API": {
		caught: []string{"activities hourglass/api", "activities test:hourglass/api", "activities hourglass/worker; worker hourglass/api"},
		passes: []string{"activities hourglass/internal/store"},
	},
	"the product has no stand-ins": {
		caught: []string{
			"cmd/hourglass hourglass/internal/entrasim", "cmd/hourglass hourglass/api; api hourglass/internal/postgrestest",
			"cmd/hourglass hourglass/internal/temporalserver", "cmd/hourglass hourglass/api; api github.com/descope/virtualwebauthn",
		},
		passes: []string{"cmd/hourglass hourglass/api; api github.com/gin-gonic/gin test:hourglass/internal/postgrestest"},
	},
	"the product's own code has no test helpers": {
		caught: []string{"cmd/hourglass testing", "cmd/hourglass hourglass/api; api net/http/httptest"},
		passes: []string{"cmd/hourglass hourglass/api; api go.temporal.io/sdk/client test:testing; internal/temporalserver testing"},
	},
	"who is watched does not know the watcher": {
		caught: []string{"api hourglass/internal/telemetry", "worker test:hourglass/internal/telemetry"},
		passes: []string{"cmd/hourglass hourglass/internal/telemetry", "internal/telemetry hourglass/internal/store"},
	},
	"no drawer for odds and ends": {
		caught: []string{"api hourglass/internal/utils", "api test:hourglass/common", "api hourglass/internal/testhelpers"},
		passes: []string{"api go.temporal.io/api/common/v1"},
	},
}

func TestEachRuleCatchesAViolation(t *testing.T) {
	var names []string
	for _, r := range rules {
		names = append(names, r.name)
		t.Run(r.name, func(t *testing.T) {
			for _, plan := range examples[r.name].caught {
				assert.NotEmpty(t, r.violations(build(plan)), plan)
			}
			for _, plan := range examples[r.name].passes {
				assert.Empty(t, r.violations(build(plan)), plan)
			}
		})
	}
	assert.ElementsMatch(t, names, slices.Collect(maps.Keys(examples)), "every rule has its examples")
}

// build makes a house of "package import import; package import".
func build(plan string) house {
	h := house{}
	for line := range strings.SplitSeq(plan, "; ") {
		words := strings.Fields(line)
		r := room{ImportPath: ours + words[0]}
		for _, imported := range words[1:] {
			if inTest, found := strings.CutPrefix(imported, "test:"); found {
				r.TestImports = append(r.TestImports, inTest)
			} else {
				r.Imports = append(r.Imports, imported)
			}
		}
		h[r.ImportPath] = r
	}
	for path, r := range h {
		r.Deps = reach(h, path)
		h[path] = r
	}
	return h
}

func reach(h house, path string) (all []string) {
	for _, imported := range h[path].Imports {
		all = append(append(all, imported), reach(h, imported)...)
	}
	return all
}
