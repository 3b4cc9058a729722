package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/workflows"
)

// check goes through all promises, prints what each rests on, and fails if one was not kept.
func (v *visit) check(ctx context.Context, out io.Writer) error {
	records, err := v.m.Records(ctx, v.grant.Id)
	if err != nil {
		return err
	}
	broken := 0
	for _, promise := range []struct {
		name string
		kept func(context.Context, []audit.Record) (evidence string, err error)
	}{
		{"end-before-beginning", v.endBeforeBeginning},
		{"proof-of-off", v.proofOfOff},
		{"one-live-grant", v.oneLiveGrant},
		{"no-audit-no-secret", v.noAuditNoSecret},
		{"two-keys", v.twoKeys},
		{"right-tenant", v.rightTenant},
		{"least-power", v.leastPower},
		{"nothing-forgotten", v.nothingForgotten},
	} {
		evidence, err := promise.kept(ctx, records)
		mark := "✓"
		if err != nil {
			mark, evidence = "✗", err.Error()
			broken++
		}
		fmt.Fprintf(out, "  %s %-21s %s\n", mark, promise.name, evidence)
	}
	if broken > 0 {
		return fmt.Errorf("%d promises were not kept", broken)
	}
	fmt.Fprintf(out, "\nEvery promise was kept.\n")
	return nil
}

// endBeforeBeginning: the request with its deadline, and the workflow with its clean-up, before the first write.
func (v *visit) endBeforeBeginning(ctx context.Context, records []audit.Record) (string, error) {
	writes := v.m.Sim.Writes("")
	if len(writes) == 0 {
		return "", errors.New("nothing was written at Microsoft")
	}
	// The stand-in notes when it answered; it began that much earlier.
	first := writes[0].At.Add(-writes[0].Took)
	requested, found := record(records, audit.GrantRequested)
	if !found {
		return "", errors.New("the request is not in the audit log")
	}
	begun, err := v.beginAnswered(ctx)
	if err != nil {
		return "", err
	}
	if !requested.At.Before(first) || !begun.Before(first) || v.grant.Deadline.IsZero() {
		return "", fmt.Errorf("request %s, workflow %s, first write %s, deadline %s", v.timeline.offset(requested.At),
			v.timeline.offset(begun), v.timeline.offset(first), v.grant.Deadline)
	}
	return fmt.Sprintf("request recorded at %s, its workflow ready at %s, first write to Microsoft at %s",
		v.timeline.offset(requested.At), v.timeline.offset(begun), v.timeline.offset(first)), nil
}

// beginAnswered is when the workflow had answered that its handlers and clean-up are in place.
func (v *visit) beginAnswered(ctx context.Context) (time.Time, error) {
	history, err := v.m.History(ctx, onemachine.Fabrikam, onemachine.Grace)
	if err != nil {
		return time.Time{}, err
	}
	var accepted int64
	for _, event := range history.Events {
		switch event.GetEventType() {
		case enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
			if event.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput().GetName() == workflows.UpdateBegin {
				accepted = event.GetEventId()
			}
		case enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
			if accepted > 0 && event.GetWorkflowExecutionUpdateCompletedEventAttributes().GetAcceptedEventId() == accepted {
				return event.GetEventTime().AsTime(), nil
			}
		}
	}
	return time.Time{}, errors.New("the workflow never answered that it had begun")
}

func (v *visit) proofOfOff(context.Context, []audit.Record) (string, error) {
	account, found := v.m.Sim.User(v.tenant, v.grant.UserName)
	if !found {
		return "", errors.New("the account is gone")
	}
	open := 0
	for _, session := range account.Sessions {
		if session.Ended == "" {
			open++
		}
	}
	if account.AccountEnabled || len(account.Roles)+len(account.Eligible)+len(account.Groups)+len(account.Methods)+open > 0 {
		return "", fmt.Errorf("enabled %t, roles %v, eligible for %v, groups %v, %d methods, %d open sessions",
			account.AccountEnabled, account.Roles, account.Eligible, account.Groups, len(account.Methods), open)
	}
	for name, secret := range v.secrets() {
		if _, err := v.m.Sim.TrySignIn(v.tenant, v.grant.UserName, secret); err == nil {
			return "", fmt.Errorf("the %s still opens the account", name)
		}
	}
	if v.grant.Outcome != access.Expired || v.grant.Proof.ReadAt.Before(v.grant.ExpiresAt) {
		return "", fmt.Errorf("outcome %s, proof of %s", v.grant.Outcome, v.grant.Proof.ReadAt)
	}
	return fmt.Sprintf("disabled; no role, schedule, group or method; %d sign-ins ended; pass and password refused; proven %s after the end",
		len(account.Sessions), v.grant.EndedAt.Sub(v.grant.ExpiresAt).Round(time.Millisecond)), nil
}

func (v *visit) oneLiveGrant(context.Context, []audit.Record) (string, error) {
	var problem *onemachine.Problem
	if !errors.As(v.second, &problem) || problem.Status != http.StatusConflict || !strings.HasSuffix(problem.Type, "/live-grant-exists") {
		return "", fmt.Errorf("the second request was answered with: %v", v.second)
	}
	return fmt.Sprintf("a second request was refused: %d %s", problem.Status, problem.Type), nil
}

func (v *visit) noAuditNoSecret(_ context.Context, records []audit.Record) (string, error) {
	count := onemachine.Tally(records)[audit.CredentialRevealed]
	revealed, _ := record(records, audit.CredentialRevealed)
	if count != 1 || !strings.HasSuffix(revealed.Key, v.revealed.RevealId) || !revealed.At.Before(v.answered) || revealed.Actor != onemachine.Grace {
		return "", fmt.Errorf("%d reveals in the audit log for 1, recorded at %s, answered at %s", count, revealed.At, v.answered)
	}
	return fmt.Sprintf("1 reveal, recorded as number %d at %s, answered at %s",
		revealed.Seq, v.timeline.offset(revealed.At), v.timeline.offset(v.answered)), nil
}

func (v *visit) twoKeys(ctx context.Context, _ []audit.Record) (string, error) {
	// The grant's id must be found, else the search would prove nothing.
	sought := append(slices.Collect(maps.Values(v.secrets())), v.grant.Id.String())
	found, err := v.m.Search(ctx, sought...)
	if err != nil {
		return "", err
	}
	for name, secret := range v.secrets() {
		if places := found.In[secret]; secret == "" || len(places) > 0 {
			return "", fmt.Errorf("the %s stands in %v", name, places)
		}
	}
	if len(found.In[v.grant.Id.String()]) == 0 {
		return "", errors.New("the search finds nothing, not even the grant's id")
	}
	if _, err := v.m.Store.DataKey(ctx, v.grant.Id); !errors.Is(err, access.ErrDataKeyDestroyed) {
		return "", fmt.Errorf("the data key is not destroyed: %v", err)
	}
	var problem *onemachine.Problem
	if _, err := v.client.Credential(ctx, v.grant.Id); !errors.As(err, &problem) || problem.Status != http.StatusConflict {
		return "", fmt.Errorf("revealing it after the end was answered with: %v", err)
	}
	return fmt.Sprintf("neither pass nor password in %d files, tables and histories (%.0f MB); data key destroyed; a reveal is refused: %d %s",
		found.Places, float64(found.Bytes)/1e6, problem.Status, problem.Type), nil
}

func (v *visit) rightTenant(context.Context, []audit.Record) (string, error) {
	// Workers ask every tenant about itself now and then; what is done to accounts is this grant's alone.
	requests := slices.DeleteFunc(v.m.Sim.Requests(""), func(r entrasim.Request) bool {
		return r.Method == http.MethodGet && !strings.HasPrefix(r.Template, "/users")
	})
	for _, r := range requests {
		if r.Tenant != v.tenant {
			return "", fmt.Errorf("%s %s went to tenant %q", r.Method, r.Template, r.Tenant)
		}
	}
	return fmt.Sprintf("all %d calls for an account carried a token of %s", len(requests), v.tenant), nil
}

func (v *visit) leastPower(ctx context.Context, _ []audit.Record) (string, error) {
	profiles, err := v.m.Store.Profiles(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(profiles, func(p access.Profile) bool { return p.ID == onemachine.ShortVisit })
	if i < 0 || !slices.Equal(v.grant.Roles, profiles[i].Roles) {
		return "", fmt.Errorf("the grant's roles %v are not the profile's", v.grant.Roles)
	}
	// The stand-in shows names, the sample profile one role.
	if !slices.Equal(v.rolesHeld, []string{"Global Administrator"}) {
		return "", fmt.Errorf("while active the account held %v", v.rolesHeld)
	}
	return fmt.Sprintf("while active the account held %s and nothing else", strings.Join(v.rolesHeld, ", ")), nil
}

// nothingForgotten: the chain is whole, and each thing that happened to the grant is in it once.
func (v *visit) nothingForgotten(ctx context.Context, records []audit.Record) (string, error) {
	if _, err := v.m.Hourglass(ctx, "audit", "verify"); err != nil {
		return "", err
	}
	want := map[audit.Action]int{
		audit.GrantRequested: 1, audit.GrantProvisioning: 1, audit.AccountCreated: 1, audit.CredentialIssued: 1,
		audit.GrantActive: 1, audit.CredentialRevealed: 1, audit.GrantEnding: 1, audit.GrantEnded: 1,
	}
	if got := onemachine.Tally(records); !maps.Equal(got, want) {
		return "", fmt.Errorf("the grant's records are %v", got)
	}
	return fmt.Sprintf("hourglass audit verify: whole; the grant's %d records are there once each", len(records)), nil
}

func record(records []audit.Record, action audit.Action) (audit.Record, bool) {
	i := slices.IndexFunc(records, func(r audit.Record) bool { return r.Action == action })
	if i < 0 {
		return audit.Record{}, false
	}
	return records[i], true
}
