package engine

import (
	"fmt"
	"log/slog"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"hourglass/internal/seal"
)

// Connect makes a client from Temporal's own TEMPORAL_* variables and files. It does not wait for the
// server: the first call does. Everything that the client sends or stores is sealed by the codec,
// failures included (two-keys).
func Connect(codec *seal.Codec, logger *slog.Logger) (client.Client, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, fmt.Errorf("the TEMPORAL_* settings cannot be read: %w", err)
	}
	return client.NewLazyClient(Sealed(options, codec, logger))
}

// Sealed sets what every client of Hourglass has in common.
func Sealed(options client.Options, codec *seal.Codec, logger *slog.Logger) client.Options {
	options.DataConverter = seal.DataConverter(codec)
	options.FailureConverter = seal.FailureConverter(codec)
	options.Logger = log.NewStructuredLogger(logger)
	return options
}
