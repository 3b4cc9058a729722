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
// observe adds what watches the client.
func Connect(codec *seal.Codec, logger *slog.Logger, observe func(*client.Options) error) (client.Client, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, fmt.Errorf("the TEMPORAL_* settings cannot be read: %w", err)
	}
	options = Sealed(options, codec, logger)
	if err := observe(&options); err != nil {
		return nil, err
	}
	return client.NewLazyClient(options)
}

// Sealed sets what every client of Hourglass has in common.
func Sealed(options client.Options, codec *seal.Codec, logger *slog.Logger) client.Options {
	options.DataConverter = seal.DataConverter(codec)
	options.FailureConverter = seal.FailureConverter(codec)
	options.Logger = log.NewStructuredLogger(logger)
	return options
}
