package entra

import (
	"context"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"hourglass/internal/access"
)

// Pass is a Temporary Access Pass.
type Pass struct {
	MethodID string
	Value    access.Secret
	// EndsAt is by Microsoft's clock.
	EndsAt time.Time
}

// IssuePass issues a pass that begins now and can be used more than once, and replaces an earlier one. PolicyRefused when
// the tenant's policy is off or does not allow that many minutes.
func (t *Tenant) IssuePass(ctx context.Context, id access.ObjectID, minutes int) (pass Pass, err error) {
	body := models.NewTemporaryAccessPassAuthenticationMethod()
	body.SetLifetimeInMinutes(new(int32(minutes)))
	body.SetIsUsableOnce(new(false))
	err = t.write(ctx, "issue pass", func(ctx context.Context) error {
		answer, err := t.user(id).Authentication().TemporaryAccessPassMethods().Post(ctx, body, nil)
		if err != nil {
			return err
		}
		pass, err = readPass(answer, minutes)
		return err
	})
	switch {
	case err == nil:
		return pass, nil
	case KindOf(err) == Invalid:
		return Pass{}, t.blamePolicy(ctx, err, minutes)
	}
	return Pass{}, err
}

// readPass refuses a pass that would outlive what was asked for.
func readPass(answer models.TemporaryAccessPassAuthenticationMethodable, minutes int) (Pass, error) {
	if answer == nil || !plainID(optional(answer.GetId())) || optional(answer.GetTemporaryAccessPass()) == "" {
		return Pass{}, errShape
	}
	lifetime, err := must(answer.GetLifetimeInMinutes())
	if err != nil || lifetime < 1 || int(lifetime) > minutes {
		return Pass{}, errShape
	}
	begin := answer.GetStartDateTime()
	if begin == nil {
		begin = answer.GetCreatedDateTime()
	}
	if begin == nil {
		return Pass{}, errShape
	}
	return Pass{
		MethodID: *answer.GetId(),
		Value:    access.NewSecret(*answer.GetTemporaryAccessPass()),
		EndsAt:   begin.UTC().Add(time.Duration(lifetime) * time.Minute),
	}, nil
}

// blamePolicy finds out why a pass was refused with a code that says nothing: where the policy, read anew, does not allow
// the pass, it is the policy.
func (t *Tenant) blamePolicy(ctx context.Context, refusal error, minutes int) error {
	t.passPolicy.forget()
	policy, err := t.PassPolicy(ctx)
	if err != nil || policy.Allows(minutes) {
		return refusal
	}
	return as(PolicyRefused, refusal)
}
