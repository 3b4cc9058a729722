package engine

import (
	"cmp"
	"fmt"
	"log/slog"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"hourglass/internal/seal"
)

// Connect makes a client from Temporal's own TEMPORAL_* variables and files, and says for which namespace. It does
// not wait for the server: the first call does. Everything that the client sends or stores is sealed by the codec,
// failures included (two-keys). observe adds what watches the client.
func Connect(codec *seal.Codec, logger *slog.Logger, observe func(*client.Options) error) (temporal client.Client, namespace string, err error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, "", fmt.Errorf("the TEMPORAL_* settings cannot be read: %w", err)
	}
	options = Sealed(options, codec, logger)
	if err := observe(&options); err != nil {
		return nil, "", err
	}
	temporal, err = client.NewLazyClient(options)
	return temporal, cmp.Or(options.Namespace, client.DefaultNamespace), err
}

// CheckSettings says what is wrong with the TEMPORAL_* settings.
func CheckSettings() error {
	if _, err := envconfig.LoadDefaultClientOptions(); err != nil {
		return fmt.Errorf("the TEMPORAL_* settings cannot be read: %w", err)
	}
	return nil
}

// Plain is for what holds no payloads: a namespace and its settings.
func Plain() (temporal client.Client, namespace string, err error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, "", fmt.Errorf("the TEMPORAL_* settings cannot be read: %w", err)
	}
	options.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	temporal, err = client.NewLazyClient(options)
	return temporal, cmp.Or(options.Namespace, client.DefaultNamespace), err
}

// Sealed sets what every client of Hourglass has in common.
func Sealed(options client.Options, codec *seal.Codec, logger *slog.Logger) client.Options {
	options.DataConverter = seal.DataConverter(codec)
	options.FailureConverter = seal.FailureConverter(codec)
	options.Logger = log.NewStructuredLogger(logger)
	// What is encrypted does not get smaller, and trying costs both sides as much as a tenth of their processor time.
	options.ConnectionOptions.GrpcCompression = &client.GrpcCompressionNone{}
	return options
}
