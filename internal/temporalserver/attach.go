package temporalserver

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Attach is a server that somebody else started on a port of this machine, and will stop. It returns once the namespace answers
// and knows the search attributes. Stop and Kill leave such a server alone.
func Attach(ctx context.Context, port int, namespace string) (*Server, error) {
	s := &Server{cfg: Config{Port: port, Namespace: namespace, SearchAttributes: productSearchAttributes}}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var err error
	if s.conn, err = grpc.NewClient(s.Address(), grpc.WithTransportCredentials(insecure.NewCredentials())); err != nil {
		return nil, fmt.Errorf("temporal server: %w", err)
	}
	if err := s.ready(ctx, namespace); err != nil {
		return nil, fmt.Errorf("temporal server: %w", err)
	}
	return s, nil
}
