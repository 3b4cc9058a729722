package entra_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

// administrator does and sees in a real tenant, by plain HTTP, what a customer's administrator could. It shares nothing
// with the client but the app's credential.
type administrator struct {
	graph      string
	http       *http.Client
	credential azcore.TokenCredential
}

var errNotThere = errors.New("Microsoft knows no such object")

func newAdministrator(t *testing.T, s liveSettings) *administrator {
	pool, err := x509.SystemCertPool()
	require.NoError(t, err)
	if s.app.CAFile != "" {
		pem, err := os.ReadFile(s.app.CAFile)
		require.NoError(t, err)
		require.True(t, pool.AppendCertsFromPEM(pem), "HOURGLASS_LIVE_CA_FILE")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	a := &administrator{graph: s.app.GraphURL, http: &http.Client{Transport: transport, Timeout: 30 * time.Second}}
	options := policy.ClientOptions{
		Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: s.app.AuthorityURL + "/"}, Transport: a.http,
	}
	if s.app.ClientCertificateFile == "" {
		a.credential, err = azidentity.NewClientSecretCredential(s.tenant, s.app.ClientID, s.app.ClientSecret.Reveal(),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		require.NoError(t, err)
		return a
	}
	pem, err := os.ReadFile(s.app.ClientCertificateFile)
	require.NoError(t, err)
	chain, private, err := azidentity.ParseCertificates(pem, nil)
	require.NoError(t, err)
	a.credential, err = azidentity.NewClientCertificateCredential(s.tenant, s.app.ClientID, chain, private,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	require.NoError(t, err)
	return a
}

// call sends one request; path may be an address that Graph gave. Where Microsoft is busy it waits as long as told.
func (a *administrator) call(ctx context.Context, method, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	address := path
	if !strings.HasPrefix(path, a.graph+"/") {
		address = a.graph + path
	}
	for {
		token, err := a.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{"https://graph.microsoft.com/.default"}})
		if err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(ctx, method, address, nil)
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer "+token.Token)
		if body != nil {
			request.Body = io.NopCloser(bytes.NewReader(raw))
			request.Header.Set("Content-Type", "application/json")
		}
		response, err := a.http.Do(request)
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(response.Body)
		response.Body.Close()
		switch {
		case err != nil:
			return err
		case response.StatusCode == http.StatusNotFound:
			return errNotThere
		case response.StatusCode == http.StatusTooManyRequests:
			wait, _ := time.ParseDuration(response.Header.Get("Retry-After") + "s")
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(max(wait, time.Second)):
				continue
			}
		case response.StatusCode >= 300:
			return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
		case into == nil:
			return nil
		}
		return json.Unmarshal(answer, into)
	}
}

func (a *administrator) get(ctx context.Context, path string, into any) error {
	return a.call(ctx, http.MethodGet, path, nil, into)
}

// give repeats while the other side does not know the account yet.
func (a *administrator) give(ctx context.Context, path string, body map[string]any) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		err := a.call(ctx, http.MethodPost, path, body, nil)
		if !errors.Is(err, errNotThere) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Second):
		}
	}
}

// accountSeen is an account of the tenant, whoever made it.
type accountSeen struct {
	ID                access.ObjectID
	UserName          string    `json:"userPrincipalName"`
	DisplayName       string    `json:"displayName"`
	EmployeeID        string    `json:"employeeId"`
	Enabled           bool      `json:"accountEnabled"`
	PasswordSet       time.Time `json:"lastPasswordChangeDateTime"`
	SessionsValidFrom time.Time `json:"signInSessionsValidFromDateTime"`
}

const seenProperties = "id,userPrincipalName,displayName,employeeId,accountEnabled,lastPasswordChangeDateTime,signInSessionsValidFromDateTime"

// ours: only these are ever deleted.
func (a accountSeen) ours() bool {
	_, err := access.ParseMarker(a.EmployeeID)
	return err == nil && strings.HasPrefix(a.UserName, accountPrefix) && a.DisplayName == accountName
}

// accounts lists those whose name begins so, to the end.
func (a *administrator) accounts(ctx context.Context, prefix string) ([]accountSeen, error) {
	path := "/users?$top=999&$select=" + seenProperties
	if prefix != "" {
		path += "&$filter=" + url.PathEscape("startswith(userPrincipalName,'"+prefix+"')")
	}
	return list[accountSeen](ctx, a, path)
}

func (a *administrator) account(ctx context.Context, key string) (seen accountSeen, err error) {
	err = a.get(ctx, "/users/"+url.PathEscape(key)+"?$select="+seenProperties, &seen)
	return seen, err
}

func list[T any](ctx context.Context, a *administrator, path string) (all []T, err error) {
	for path != "" {
		var page struct {
			Value []T    `json:"value"`
			Next  string `json:"@odata.nextLink"`
		}
		if err := a.get(ctx, path, &page); err != nil {
			return nil, err
		}
		all, path = append(all, page.Value...), page.Next
	}
	return all, nil
}

type roleSeen struct {
	ID     string `json:"id"`
	RoleID string `json:"roleDefinitionId"`
}

func (a *administrator) roles(ctx context.Context, collection string, id access.ObjectID) ([]roleSeen, error) {
	filter := url.PathEscape("principalId eq '" + id.String() + "'")
	return list[roleSeen](ctx, a, "/roleManagement/directory/"+collection+"?$filter="+filter)
}

func (a *administrator) look(ctx context.Context, id access.ObjectID, pim bool) (sight, error) {
	seen, err := a.account(ctx, id.String())
	if err != nil {
		return sight{}, err
	}
	held, err := a.roles(ctx, "roleAssignments", id)
	if err != nil {
		return sight{}, err
	}
	var eligible []roleSeen
	if pim {
		if eligible, err = a.roles(ctx, "roleEligibilitySchedules", id); err != nil {
			return sight{}, err
		}
	}
	methods, err := list[struct {
		Type string `json:"@odata.type"`
	}](ctx, a, "/users/"+id.String()+"/authentication/methods")
	if err != nil {
		return sight{}, err
	}
	s := sight{
		enabled: seen.Enabled, roles: len(held), eligible: len(eligible),
		sessionsFrom: seen.SessionsValidFrom, passwordSet: seen.PasswordSet,
	}
	for _, m := range methods {
		if m.Type != "#microsoft.graph.passwordAuthenticationMethod" {
			s.methods++
		}
	}
	return s, nil
}

// remove takes away every role that the account holds, and then the account. errNotThere: it is gone.
func (a *administrator) remove(ctx context.Context, id access.ObjectID, pim bool) error {
	if pim {
		for schedules, requests := range map[string]string{
			"roleAssignmentSchedules":  "roleAssignmentScheduleRequests",
			"roleEligibilitySchedules": "roleEligibilityScheduleRequests",
		} {
			scheduled, err := a.roles(ctx, schedules, id)
			if err != nil {
				return err
			}
			for _, r := range scheduled {
				err := a.call(ctx, http.MethodPost, "/roleManagement/directory/"+requests, map[string]any{
					"action": "adminRemove", "justification": "Hourglass conformance", "principalId": id.String(),
					"roleDefinitionId": r.RoleID, "directoryScopeId": "/",
				}, nil)
				if err != nil && !errors.Is(err, errNotThere) {
					return err
				}
			}
		}
	}
	held, err := a.roles(ctx, "roleAssignments", id)
	if err != nil {
		return err
	}
	for _, r := range held {
		if err := a.call(ctx, http.MethodDelete, "/roleManagement/directory/roleAssignments/"+r.ID, nil, nil); err != nil && !errors.Is(err, errNotThere) {
			return err
		}
	}
	return a.call(ctx, http.MethodDelete, "/users/"+id.String(), nil, nil)
}
