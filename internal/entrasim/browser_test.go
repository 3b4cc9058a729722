package entrasim_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChromiumIsLedToTheStandInAndTrustsItsKeyAlone(t *testing.T) {
	w := newWorld(t)
	flags, err := w.ChromiumFlags()
	require.NoError(t, err)
	require.Len(t, flags, 2)

	admin, err := url.Parse(w.AdminURL())
	require.NoError(t, err)
	require.Contains(t, flags[0], "MAP entra.microsoft.com:443 "+admin.Host)
	require.Contains(t, flags[0], "MAP login.microsoftonline.com:443 "+strings.TrimPrefix(w.LoginURL(), "https://"))

	answer, err := w.client.Get(w.LoginURL())
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	pin := sha256.Sum256(answer.TLS.PeerCertificates[0].RawSubjectPublicKeyInfo)
	require.Equal(t, "--ignore-certificate-errors-spki-list="+base64.StdEncoding.EncodeToString(pin[:]), flags[1])
}
