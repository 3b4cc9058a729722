package onemachine

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
)

// balancer is the plainest reverse proxy that stands before several APIs: it sends requests to one after the other, also to one
// that is gone, and answers 502 for it. What people do then has to mend that.
type balancer struct{ server *http.Server }

// balance listens on the port of the portal.
func balance(port int, backends []string) (*balancer, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, err
	}
	var next atomic.Uint64
	proxy := &httputil.ReverseProxy{
		// No connection is kept: one that a restart broke would count as a failure of the next request.
		Transport: &http.Transport{DisableKeepAlives: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: backends[next.Add(1)%uint64(len(backends))]})
			r.Out.Host = r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	b := &balancer{&http.Server{Handler: proxy}}
	go b.server.Serve(listener) // until stop
	return b, nil
}

func (b *balancer) stop() error { return b.server.Close() }
