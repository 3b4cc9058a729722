package architecture

// A pattern is an import path in which "..." stands for anything, as in `go list`; "x/..." includes x itself,
// and "std" is every package of the standard library.
type pattern = string

// rule is one sentence of the design, and what it forbids. Its subjects are packages of this module.
type rule struct {
	name     string
	sentence string

	of     []pattern // the subjects; or, with within, every package of ours that these contain
	within bool
	except []pattern
	tests  bool // what the subjects' tests import counts too
	deep   bool // what they contain through others counts too

	never []pattern // what may not be imported
	only  []pattern // nil: anything else may be
}

const ours = "hourglass/"

var microsoft = []pattern{
	"github.com/microsoftgraph/...", "github.com/microsoft/kiota-...",
	"github.com/Azure/azure-sdk-for-go/...", "github.com/AzureAD/...",
}

var rules = []rule{
	{
		name:     "access is pure",
		sentence: "internal/access imports the standard library alone",
		of:       []pattern{ours + "internal/access/..."},
		only:     []pattern{"std", ours + "internal/access/..."},
	},
	{
		name:     "workflows know the domain and Temporal",
		sentence: "workflows imports internal/access and the Temporal SDK",
		of:       []pattern{ours + "workflows/..."},
		only:     []pattern{"std", ours + "internal/access/...", ours + "workflows/...", "go.temporal.io/sdk/...", "go.temporal.io/api/..."},
	},
	{
		name:     "workflows are deterministic",
		sentence: "workflows imports […] never store, entra, net/http, crypto/rand or gorm",
		of:       []pattern{ours + "workflows/..."},
		never: []pattern{
			ours + "internal/store/...", ours + "internal/entra/...", "gorm.io/...",
			"net", "net/http/...", "crypto/rand", "math/rand/...", "os/...", "database/sql/...", "sync/...",
			"go.temporal.io/sdk/client", "go.temporal.io/sdk/worker/...",
		},
	},
	{
		name:     "Microsoft is one room's business",
		sentence: "Only internal/entra imports the Microsoft SDK",
		of:       []pattern{ours + "..."},
		except:   []pattern{ours + "internal/entra/..."},
		tests:    true,
		never:    microsoft,
	},
	{
		name:     "only the parts of Graph that are called",
		sentence: "and only the sub-packages that it calls (users, rolemanagement, domains, organization, auditlogs, policies, models)",
		of:       []pattern{ours + "internal/entra/..."},
		tests:    true,
		only: []pattern{
			"std", ours + "...", "github.com/google/...", "golang.org/x/...", "github.com/stretchr/...", "pgregory.net/...",
			"github.com/Azure/azure-sdk-for-go/sdk/azcore/...", "github.com/Azure/azure-sdk-for-go/sdk/azidentity/...",
			"github.com/microsoft/kiota-...", "github.com/microsoftgraph/msgraph-sdk-go-core/...",
			graph + "users/...", graph + "rolemanagement/...", graph + "domains/...", graph + "organization/...",
			graph + "auditlogs/...", graph + "policies/...", graph + "models/...",
			graph + "subscribedskus", // tells whether a tenant has Entra ID P2: docs/decisions
		},
	},
	{
		name:     "never Graph's root package",
		sentence: "never its root package, which costs minutes of compile time",
		of:       []pattern{ours + "..."},
		tests:    true,
		deep:     true,
		never:    []pattern{"github.com/microsoftgraph/msgraph-sdk-go"},
	},
	{
		name:     "the API does not reach Microsoft",
		sentence: "api never calls Microsoft for a grant; it speaks to the store and to workflows",
		of:       []pattern{ours + "api/..."},
		deep:     true,
		never:    append([]pattern{ours + "internal/entra/...", ours + "activities/..."}, microsoft...),
	},
	{
		name:     "activities do not know the API",
		sentence: "activities never import api",
		of:       []pattern{ours + "activities/..."},
		tests:    true,
		deep:     true,
		never:    []pattern{ours + "api/..."},
	},
	{
		name:     "the product has no stand-ins",
		sentence: "cmd/hourglass does not contain entrasim, a Temporal server or a test helper",
		of:       []pattern{ours + "cmd/hourglass"},
		deep:     true,
		never: []pattern{
			ours + "internal/entrasim/...", ours + "internal/temporalserver/...", ours + "internal/onemachine/...", ours + "internal/process/...",
			"go.temporal.io/server/...",
			ours + "...test", ours + "...test/...", "github.com/descope/virtualwebauthn/...", "pgregory.net/rapid/...",
		},
	},
	{
		// Of what the product contains, because the Temporal SDK itself contains testify.
		name:     "the product's own code has no test helpers",
		sentence: "cmd/hourglass does not contain […] a test helper",
		of:       []pattern{ours + "cmd/hourglass"},
		within:   true,
		never:    []pattern{"testing/...", "net/http/httptest", "github.com/stretchr/...", "go.temporal.io/sdk/testsuite"},
	},
	{
		name:     "who is watched does not know the watcher",
		sentence: "nobody but cmd/hourglass knows internal/telemetry",
		of:       []pattern{ours + "..."},
		except:   []pattern{ours + "cmd/hourglass", ours + "internal/telemetry"},
		tests:    true,
		never:    []pattern{ours + "internal/telemetry"},
	},
	{
		name:     "no drawer for odds and ends",
		sentence: "no utils package, no pass-through layers",
		of:       []pattern{ours + "..."},
		tests:    true,
		never: []pattern{
			ours + "...utils", ours + "...util", ours + "...common", ours + "...helpers", ours + "...helper", ours + "...misc",
		},
	},
}

const graph = "github.com/microsoftgraph/msgraph-sdk-go/"
