package access

import (
	"errors"
	"net/url"
	"slices"
	"strings"
)

var (
	// ErrTooMany: there are as many of them as one may have.
	ErrTooMany = errors.New("too many")
	// ErrPasskeyUnused: the person has not used a passkey for too long.
	ErrPasskeyUnused = errors.New("the passkey was not used lately")
)

// signInOrigins are where Microsoft asks for credentials: world-wide, US government, China. The extension has the same
// list (https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud).
var signInOrigins = []string{
	"https://login.microsoftonline.com",
	"https://login.microsoftonline.us",
	"https://login.partner.microsoftonline.cn",
}

// SignInOrigins are the only origins on which a credential is filled.
func SignInOrigins() []string { return slices.Clone(signInOrigins) }

// IsSignInOrigin compares letter by letter (right-tenant).
func IsSignInOrigin(origin string) bool { return slices.Contains(signInOrigins, origin) }

// Destination is a place of Microsoft's where technicians work.
type Destination string

const (
	ToEntra        Destination = "entra"
	ToMicrosoft365 Destination = "microsoft365"
	ToExchange     Destination = "exchange"
	ToIntune       Destination = "intune"
	ToAzure        Destination = "azure"
	ToTeams        Destination = "teams"
	ToSecurity     Destination = "security"
)

// place is a destination in one of Microsoft's clouds. Its address takes TENANT where the place can be told the tenant;
// elsewhere the account alone says it, which lives in one tenant.
type place struct {
	destination Destination
	address     string
}

// cloud is one of Microsoft's, known by the end of its admin centre's host name.
type cloud struct {
	suffix string
	places []place
}

// clouds are as Microsoft's own pages name them; docs/extension.md says which page stands for which. What is not there is
// left out: the Department of Defense's places, Exchange's in the US government's cloud, and what China's has none of.
var clouds = []cloud{
	{".us", []place{
		{ToEntra, "https://entra.microsoft.us/TENANT"},
		{ToMicrosoft365, "https://portal.office365.us/adminportal/home"},
		{ToIntune, "https://intune.microsoft.us/TENANT"},
		{ToAzure, "https://portal.azure.us/TENANT"},
		{ToTeams, "https://admin.gov.teams.microsoft.us/"},
		{ToSecurity, "https://security.microsoft.us/?tid=TENANT"},
	}},
	{".cn", []place{
		{ToEntra, "https://entra.microsoftonline.cn/TENANT"},
		{ToMicrosoft365, "https://portal.partner.microsoftonline.cn/adminportal/home"},
		{ToIntune, "https://intune.microsoftonline.cn/TENANT"},
		{ToAzure, "https://portal.azure.cn/TENANT"},
	}},
	{"", []place{
		{ToEntra, "https://entra.microsoft.com/TENANT"},
		{ToMicrosoft365, "https://admin.microsoft.com/"},
		{ToExchange, "https://admin.exchange.microsoft.com/"},
		{ToIntune, "https://intune.microsoft.com/TENANT"},
		{ToAzure, "https://portal.azure.com/TENANT"},
		{ToTeams, "https://admin.teams.microsoft.com/"},
		{ToSecurity, "https://security.microsoft.com/?tid=TENANT"},
	}},
}

// Destinations are those that there are in the cloud of an admin centre.
func Destinations(adminCentre string) []Destination {
	all := placesOf(adminCentre)
	names := make([]Destination, len(all))
	for i, p := range all {
		names[i] = p.destination
	}
	return names
}

// LaunchAddress is the page to open for a destination in a tenant, as an account; ErrNotFound where that cloud has none.
func LaunchAddress(adminCentre string, d Destination, tenant TenantID, userName string) (string, error) {
	all := placesOf(adminCentre)
	i := slices.IndexFunc(all, func(p place) bool { return p.destination == d })
	if i < 0 {
		return "", ErrNotFound
	}
	address, err := url.Parse(strings.Replace(all[i].address, "TENANT", tenant.String(), 1))
	if err != nil {
		return "", err
	}
	query := address.Query()
	query.Set("login_hint", userName)
	address.RawQuery = query.Encode()
	return address.String(), nil
}

func placesOf(adminCentre string) []place {
	host := ""
	if u, err := url.Parse(adminCentre); err == nil {
		host = u.Hostname()
	}
	i := slices.IndexFunc(clouds, func(c cloud) bool { return strings.HasSuffix(host, c.suffix) })
	return clouds[i].places
}
