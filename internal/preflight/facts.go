package preflight

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/store"
)

// mostExtra bounds the permissions that are named although nobody asked for them.
const mostExtra = 50

// reading is one check of a tenant, while it is made.
type reading struct {
	*Checker
	task   store.PreflightTask
	tenant *entra.Tenant
	log    *slog.Logger
	// soon is how long after this check the next one is made where that cannot wait for tomorrow.
	soon time.Duration
}

// facts reads everything. What cannot be read is left out, and logged with its cause.
func (r *reading) facts(ctx context.Context) (f access.TenantFacts) {
	r.tenant.ReadAnew()
	app, err := r.tenant.App(ctx)
	answer, known := answerTo(err)
	if known && answer != access.AppAccepted {
		r.log.InfoContext(ctx, "the app was refused once", "answer", answer, "error", err)
		if !r.wait(ctx, r.confirmAfter) {
			return f
		}
		// A refusal stops every grant, so that one is not enough: another key may have been given to us a moment ago.
		app, err = r.tenant.App(ctx)
		answer, known = answerTo(err)
	}
	if !known {
		r.unread(ctx, access.FactApp, err)
		return f
	}
	f.App = r.app(answer)
	if end := f.App.Credential.ExpiresAt; answer == access.AppCredentialRefused && !end.IsZero() && !r.clock().Before(end) {
		f.App.Answer = access.AppCredentialExpired // what Microsoft says of a certificate does not tell the two apart
	}
	if answer != access.AppAccepted {
		r.log.WarnContext(ctx, "the app is not accepted in the tenant", "answer", answer, "error", err)
		return f
	}
	permissions := access.ComparePermissions(app.PrincipalID, entra.Permissions, app.Permissions, r.task.AtConnect)
	permissions.Extra = permissions.Extra[:min(len(permissions.Extra), mostExtra)]
	f.Permissions = &permissions
	var policy *entra.PassPolicy
	r.all(
		func() { r.domains(ctx, &f) },
		func() { r.licence(ctx, &f) },
		func() { r.securityDefaults(ctx, &f) },
		func() { r.roles(ctx, &f) },
		func() { policy = r.passPolicy(ctx, &f) },
	)
	probe := r.passwordReset(ctx, app, &f)
	r.passTargets(ctx, policy, probe, &f)
	return f
}

// wait reports whether the time has passed before ctx ended.
func (r *reading) wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// app is what is known of the app itself: Microsoft does not tell it when its secret ends, but who gave it to us did.
func (r *reading) app(answer access.AppAnswer) *access.AppFacts {
	facts := &access.AppFacts{Answer: answer}
	if app := r.task.App; app != nil {
		facts.ClientID, facts.Credential.Kind = app.ClientID, app.Kind
		if app.ExpiresAt != nil {
			facts.Credential.ExpiresAt = app.ExpiresAt.UTC()
		}
	}
	return facts
}

// all runs reads side by side; each sets a field of its own.
func (r *reading) all(reads ...func()) {
	var running sync.WaitGroup
	for _, read := range reads {
		running.Go(read)
	}
	running.Wait()
}

func (r *reading) unread(ctx context.Context, fact access.Fact, err error) {
	r.log.WarnContext(ctx, "a fact of the tenant could not be read", "fact", fact, "error", err)
}

// refusals are the codes of the token endpoint that are an answer, and not a bad moment (microsoft-graph.md, section 3;
// 7000112: the service principal is disabled).
var refusals = map[string]access.AppAnswer{
	"AADSTS700016":        access.AppUnknown,
	"AADSTS7000229":       access.AppUnknown,
	"AADSTS7000112":       access.AppDisabled,
	"AADSTS90002":         access.AppTenantGone,
	"AADSTS7000222":       access.AppCredentialExpired,
	"AADSTS7000215":       access.AppCredentialRefused,
	"AADSTS7000218":       access.AppCredentialRefused,
	"AADSTS700024":        access.AppCredentialRefused,
	"AADSTS700027":        access.AppCredentialRefused,
	entra.CodeWrongTenant: access.AppWrongTenant,
	entra.CodeWrongApp:    access.AppWrongTenant,
}

// answerTo says what the end of a request for a token means; known is false where it means nothing.
func answerTo(err error) (answer access.AppAnswer, known bool) {
	if err == nil {
		return access.AppAccepted, true
	}
	var e *entra.Error
	if !errors.As(err, &e) {
		return "", false
	}
	answer, known = refusals[e.Code]
	return answer, known
}

func (r *reading) domains(ctx context.Context, f *access.TenantFacts) {
	organization, err := r.tenant.Organization(ctx)
	if err != nil {
		r.unread(ctx, access.FactDomains, err)
		return
	}
	domains := []access.TenantDomain{}
	for _, d := range organization.Domains {
		// What is no domain name could not be an account domain either, and does not belong on a page.
		if name, err := access.ParseDomain(d.Name); err == nil {
			domains = append(domains, access.TenantDomain{Name: name, Managed: d.Managed, Initial: d.Initial})
		}
	}
	f.Domains = domains
}

func (r *reading) licence(ctx context.Context, f *access.TenantFacts) {
	licence, err := r.tenant.Licence(ctx)
	if err != nil {
		r.unread(ctx, access.FactLicence, err)
		return
	}
	f.Licence = licence
}

func (r *reading) securityDefaults(ctx context.Context, f *access.TenantFacts) {
	on, err := r.tenant.SecurityDefaults(ctx)
	if err != nil {
		r.unread(ctx, access.FactSecurityDefaults, err)
		return
	}
	f.SecurityDefaults = &on
}

func (r *reading) roles(ctx context.Context, f *access.TenantFacts) {
	defined, err := r.tenant.DefinedRoles(ctx)
	if err != nil {
		r.unread(ctx, access.FactRoles, err)
		return
	}
	missing := []access.RoleID{}
	for _, role := range r.task.Roles {
		if !slices.Contains(defined, role) {
			missing = append(missing, role)
		}
	}
	f.MissingRoles = missing
}

func (r *reading) passPolicy(ctx context.Context, f *access.TenantFacts) *entra.PassPolicy {
	policy, err := r.tenant.PassPolicy(ctx)
	if err != nil {
		r.unread(ctx, access.FactPassPolicy, err)
		return nil
	}
	f.PassPolicy = &access.PassPolicyFacts{
		Enabled: policy.Enabled, MinMinutes: policy.MinMinutes, MaxMinutes: policy.MaxMinutes, OneTimeOnly: policy.OneTimeOnly,
	}
	return &policy
}

// passTargets: does the policy include the accounts that Hourglass makes? The probe stands for them; where everybody is
// included it is not needed.
func (r *reading) passTargets(ctx context.Context, policy *entra.PassPolicy, probe access.ObjectID, f *access.TenantFacts) {
	switch {
	case policy == nil:
		return
	case policy.Targets == nil:
		r.unread(ctx, access.FactPassTargets, errors.New("the policy names a target that is not understood"))
		return
	case policy.Targets.Everybody && len(policy.Targets.Exclude) == 0:
		f.PassTargeted = new(true)
		return
	case probe.IsZero():
		return
	}
	groups, err := r.tenant.MemberOf(ctx, probe)
	if err != nil {
		r.unread(ctx, access.FactPassTargets, err)
		return
	}
	f.PassTargeted = new(policy.Targets.Has(groups))
}
