package activities

import (
	"context"
	"slices"
	"strings"

	"hourglass/internal/access"
	"hourglass/internal/entra"
)

// federated reports whether the account's domain explains why Microsoft refused to set its password, or to make it without an id of the
// customer's own sign-in service: in a federated domain it does both (decision 0038). The tenant is asked only after such a
// refusal, so that other accounts cost nothing more; one that cannot be read explains nothing.
func federated(ctx context.Context, tenant *entra.Tenant, upn string, refusal error) bool {
	switch entra.KindOf(refusal) {
	case entra.Invalid, entra.Forbidden:
	default:
		return false
	}
	name, err := access.ParseUPN(upn)
	if err != nil {
		return false
	}
	organization, err := tenant.Organization(ctx)
	return err == nil && slices.ContainsFunc(organization.Domains, func(d entra.Domain) bool {
		return !d.Managed && strings.EqualFold(d.Name, name.Domain())
	})
}

// setPassword sets the password of an account that is about to be enabled. A pass alone does without, where no password opens the
// account anyway.
func setPassword(ctx context.Context, tenant *entra.Tenant, id access.ObjectID, upn string, kind access.CredentialKind, password access.Secret) error {
	err := tenant.SetPassword(ctx, id, password)
	if !kind.HasPassword() && federated(ctx, tenant, upn, err) {
		return nil
	}
	return err
}
